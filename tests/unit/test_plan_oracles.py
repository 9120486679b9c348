"""Other libraries as judges: numpy-financial, pyxirr, curo."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy_financial as npf
import pytest
import pyxirr
from hypothesis import given, settings
from hypothesis import strategies as st

from models.lease.plan.quoting import quote, quote_plan
from models.lease.plan.terms import PlanTerms


@settings(max_examples=60, deadline=None)
@given(
    rate=st.integers(1, 3000),
    periods=st.integers(1, 480),
    present=st.integers(-(10**6), 10**6),
    future=st.integers(-(10**6), 10**6),
    begin=st.booleans(),
)
def test_payments_are_those_of_numpy_financial(
    rate: int, periods: int, present: int, future: int, begin: bool
) -> None:
    asked = {
        "periods": periods,
        "rate": f"{rate / 100}%",
        "payments_per_year": 12,
        "present_value": present,
        "future_value": future,
        "begin": begin,
    }
    ours = quote({"tvm": asked})["payment"]
    theirs = npf.pmt(rate / 10_000 / 12, periods, present, future, when="begin" if begin else "end")
    assert float(ours) == pytest.approx(theirs, rel=1e-9, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    gaps=st.lists(st.integers(5, 90), min_size=2, max_size=40),
    share=st.integers(20, 60),
)
def test_xirr_is_that_of_pyxirr(gaps: list[int], share: int) -> None:
    days = [date(2024, 1, 1)]
    for gap in gaps:
        days.append(date.fromordinal(days[-1].toordinal() + gap))
    amounts = [-len(gaps) * share, *([share + 5] * len(gaps))]
    flows = [{"amount": amount, "on": day} for amount, day in zip(amounts, days, strict=True)]
    ours = quote({"flows": flows})["rates"]["xirr"]
    theirs = pyxirr.xirr(days, amounts)
    assert theirs is not None
    assert float(ours) == pytest.approx(theirs, rel=1e-7)  # as near as pyxirr itself comes


@pytest.mark.parametrize("start", ["2026-01-05", "2024-01-31", "2023-12-12", "2024-02-29"])
def test_aprs_are_those_of_curo(start: str) -> None:
    import pandas as pd
    from curo.calculator import Calculator
    from curo.daycount.eu_2008_48 import EU200848EC
    from curo.daycount.us_appendix_j import USAppendixJ
    from curo.series import SeriesAdvance, SeriesPayment

    terms = PlanTerms.model_validate(
        {"amount": "10000", "rate": "9.5%", "instalments": 18, "start": start, "rounding": {"rest": "none"}}
    )
    quoted = quote_plan(terms)
    judge = Calculator()
    judge.add(SeriesAdvance(amount=10_000.0, post_date_from=pd.Timestamp(start, tz="UTC")))
    for row in quoted.plan.rows:
        judge.add(
            SeriesPayment(amount=float(row.rent.amount), post_date_from=pd.Timestamp(row.due, tz="UTC"))
        )
    ours = quoted.yields
    assert ours.apr_eu is not None
    assert ours.apr_us is not None
    assert float(ours.apr_eu) == pytest.approx(judge.solve_rate(EU200848EC()), abs=1e-7)
    assert float(ours.apr_us) == pytest.approx(judge.solve_rate(USAppendixJ()), abs=1e-7)


def test_rates_have_the_digits_they_show() -> None:
    """At the solved rate the unrounded debt is gone to 20 decimals."""
    answer = quote({"amount": "100000", "rent": "3200", "instalments": 36})
    period = Decimal(answer["solved"]["value"]) / 12
    balance = Decimal(100_000)
    for _ in range(36):
        balance = balance * (1 + period) - 3200
    assert abs(balance) < Decimal("1e-12")
