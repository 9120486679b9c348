"""Documents as people write them who know other systems: understood, or told what to write instead."""

from __future__ import annotations

from typing import Any

import pytest

from models.errors import InvalidInputError
from models.lease.plan.quoting import quote

LOAN: dict[str, Any] = {"amount": "10000", "instalments": 12, "rate": "12%", "start": "2026-01-01"}


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ({"amount": "10,000.00"}, {}),
        ({"rate": "0.12"}, {}),
        ({"rate": 0.12}, {}),
        ({"instalments": "12"}, {}),
        ({"currency": "cny"}, {}),
        ({"method": "EQUAL_PRINCIPAL"}, {"method": "equal-principal"}),
        ({"method": "等额本金"}, {"method": "equal-principal"}),
        ({"method": "等额本息"}, {"method": "annuity"}),
        ({"method": "先息后本"}, {"method": "interest-only"}),
        ({"method": "bullet"}, {"method": "interest-only"}),
        ({"method": "等本等息"}, {"method": "flat"}),
        ({"every": "half year"}, {"every": "half-year"}),
        ({"every": "semimonthly"}, {"every": "semi-month"}),
        ({"day_count": "Actual/365 (Fixed)"}, {"day_count": "ACT/365"}),
        ({"grace": "3:carried"}, {"grace": {"periods": 3, "kind": "carried"}}),
        ({"grace": "3"}, {"grace": {"periods": 3, "kind": "interest-only"}}),
        ({"pattern": [{"rows": 3, "weight": 0}]}, {"pattern": [{"rows": "3", "weight": "0"}]}),
        ({"pattern": {"rows": "3", "weight": 0}}, {"pattern": [{"rows": "3", "weight": "0"}]}),
        ({"rate_changes": {"after": 3, "rate": "5%"}}, {"rate_changes": [{"after": 3, "rate": "5%"}]}),
        ({"drawdowns": {"after": 3, "amount": 5}}, {"drawdowns": [{"after": 3, "amount": "5"}]}),
        ({"fees": 5}, {"fees": ["5"]}),
        ({"fees": [5, "1%"]}, {"fees": [{"amount": "5"}, {"amount": "1%"}]}),
        ({"deposit": 500.5}, {"deposit": {"amount": "500.5"}}),
    ],
)
def test_other_spellings_mean_the_same(written: dict[str, Any], plain: dict[str, Any]) -> None:
    assert quote(LOAN | written) == quote(LOAN | plain)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (LOAN | {"rate": "8,88%"}, "rate '8,88%': '8,88%' is not a number"),
        (LOAN | {"amount": "10,00"}, "amount '10,00'"),
        (LOAN | {"installments": 12}, "installments '12': there is no such field. Did you mean instalments?"),
        (LOAN | {"principal": 5}, "Did you mean amount?"),
        (LOAN | {"payment": 5}, "Did you mean rent?"),
        (LOAN | {"frequency": "month"}, "Did you mean every?"),
        (LOAN | {"colour": "red"}, "Fields are name, currency"),
        (
            LOAN | {"rounding": {"rents": "1"}},
            "rounding.rents '1': there is no such field. Did you mean rent?",
        ),
        (LOAN | {"pattern": [{"row": "1", "weight": 0}]}, "Did you mean rows?"),
        (LOAN | {"drawdowns": [{"date": "2026-02-01", "amount": 1}]}, "Did you mean on?"),
        ({"tvm": {"nper": 12, "rate": "1%"}}, "tvm.nper '12': there is no such field. Did you mean periods?"),
        ({"flows": [{"amount": -1, "date": "2026-01-01"}]}, "flows.0.date '2026-01-01'"),
        ({"flows": [{"amount": -100}, {"amount": 110}]}, "neither on nor period"),
        (LOAN | {"start": "2026/01/01"}, "start '2026/01/01': is no date. Write it like 2026-12-31"),
        (LOAN | {"start": "20260101"}, "start '20260101': is no date"),
        (LOAN | {"rounding": 2}, "rounding '2': must be an object"),
        ({"flows": {}}, "flows: must be a list"),
        (LOAN | {"wrong": 2}, "Fields are name"),
        (LOAN | {"advance": -1}, "advance '-1': Input should be greater than or equal to 0"),
        (LOAN | {"due_dates": ["2026-02-01"] * 12, "first_due": "2026-02-01"}, "leave out first_due"),
        (LOAN | {"start": 1767225600}, "start '1767225600': is no date"),
    ],
)
def test_what_is_not_understood_is_named_with_what_to_write(document: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        quote(document)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("keys", "found", "value"),
    [
        ({"periods": 12, "rate": "1%", "present_value": 100}, "payment", "-8.8848"),
        ({"periods": 12, "present_value": 100, "payment": "-8.884879"}, "rate", "0.0100"),
        ({"rate": "1%", "present_value": 100, "payment": "-8.884879"}, "periods", "12.000"),
    ],
)
def test_nothing_remains_where_a_calculator_is_told_no_future_value(
    keys: dict[str, Any], found: str, value: str
) -> None:
    answer = quote({"tvm": keys})
    assert f"{float(answer[found]):.6f}".startswith(value)
    assert answer["future_value"] == "0"


def test_what_remains_is_not_guessed_beside_a_present_value() -> None:
    with pytest.raises(InvalidInputError, match="2 of periods"):
        quote({"tvm": {"periods": 12, "rate": "1%", "payment": 5}})
