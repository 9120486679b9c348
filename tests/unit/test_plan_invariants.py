"""What holds of every plan, whatever its terms."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import InvalidInputError
from models.lease.plan.build import build_plan
from models.lease.plan.terms import PlanTerms
from models.lease.plan.yields import yields
from models.money import Money

_TERMS = st.fixed_dictionaries(
    {
        "amount": st.integers(min_value=1_000, max_value=5_000_000).map(str),
        "rate": st.integers(min_value=0, max_value=3_600).map(lambda n: f"{n / 100}%"),
        "instalments": st.integers(min_value=1, max_value=72),
        "method": st.sampled_from(["annuity", "equal-principal", "interest-only", "flat"]),
        "every": st.sampled_from(["month", "quarter", "2 weeks", "year", "semi-month"]),
        "advance": st.sampled_from([False, True]),
        "start": st.dates(date(2024, 1, 1), date(2027, 12, 31)),
        "day_count": st.sampled_from(["periodic", "30/360", "30E/360", "ACT/365", "ACT/360", "ACT/ACT"]),
        "rounding": st.sampled_from(["cent-half-up", "unit-up", "ten-nearest", "cent-half-even"]),
        "balloon": st.sampled_from(["0", "10%"]),
        "residual": st.sampled_from(["0", "15%"]),
    }
)


@settings(max_examples=150, deadline=None)
@given(_TERMS)
def test_every_cent_of_principal_comes_back(terms: dict[str, object]) -> None:
    plan = build_plan(PlanTerms.model_validate(terms))
    zero = Money(0)
    assert sum((row.principal for row in plan.rows), zero) == plan.financed
    assert plan.rows[-1].balance == zero
    balance = plan.financed
    for row in plan.rows:
        assert row.rent == row.interest + row.principal
        balance -= row.principal
        assert row.balance == balance
    assert [row.due for row in plan.rows] == sorted(row.due for row in plan.rows)


@settings(max_examples=60, deadline=None)
@given(_TERMS.filter(lambda t: t["method"] == "annuity" and t["rate"] != "0.0%"))
def test_the_rate_is_found_again_from_the_unrounded_rent(terms: dict[str, object]) -> None:
    asked = {**terms, "rounding": "none", "balloon": "0", "residual": "0", "instalments": 12}
    rent = build_plan(PlanTerms.model_validate(asked)).solved
    found = build_plan(PlanTerms.model_validate({**asked, "rent": rent, "rate": None}))
    assert found.solved is not None
    assert abs(found.solved - Decimal(str(terms["rate"]).rstrip("%")) / 100) < Decimal("1e-15")


def test_amount_residual_and_balloon_are_found_again() -> None:
    base = {"rate": "8.88%", "instalments": 36, "rounding": "none"}
    rent = build_plan(PlanTerms.model_validate({**base, "amount": "100000", "residual": "20000"})).solved
    known = {**base, "rent": rent}
    residual = build_plan(PlanTerms.model_validate({**known, "amount": "100000", "solve": "residual"}))
    assert residual.solved is not None
    assert round(residual.solved, 8) == 20_000
    balloon = build_plan(PlanTerms.model_validate({**known, "amount": "100000", "solve": "balloon"}))
    assert balloon.solved is not None
    assert round(balloon.solved, 8) == 20_000
    amount = build_plan(PlanTerms.model_validate({**known, "residual": "20000"}))
    assert amount.solved is not None
    assert round(amount.solved, 8) == 100_000


def test_a_regular_plan_yields_its_rate() -> None:
    plan = build_plan(PlanTerms.model_validate({"amount": "1000000", "rate": "6%", "instalments": 120}))
    found = yields(plan)
    assert found.irr_nominal is not None
    assert round(found.irr_nominal, 7) == Decimal("0.06")  # the rent is in whole cents
    assert found.apr_us == found.irr_nominal
    assert found.apr_eu == found.irr_effective


def test_a_deposit_raises_the_yield_and_leaves_with_the_last_rents() -> None:
    terms = {
        "amount": "100000",
        "rate": "8%",
        "instalments": 12,
        "deposit": {"amount": "20%", "settle": "offset"},
    }
    plan = build_plan(PlanTerms.model_validate(terms))
    assert sum((row.deposit for row in plan.rows if row.deposit), Money(0)) == Money(0)
    assert plan.rows[-1].payable == Money(0)
    found = yields(plan)
    assert found.irr_nominal is not None
    assert found.irr_nominal > Decimal("0.08")


def test_a_subsidy_is_income_of_the_lessor_and_no_cost_of_the_lessee() -> None:
    terms = {"amount": "100000", "rate": "0", "instalments": 12, "subsidies": [{"amount": "3000"}]}
    found = yields(build_plan(PlanTerms.model_validate(terms)))
    assert found.apr_eu == 0
    assert found.irr_nominal is not None
    assert found.irr_nominal > Decimal("0.05")


def test_grace_capitalises_or_carries_interest() -> None:
    base = {"amount": "12000", "rate": "12%", "instalments": 6}
    capitalised = build_plan(
        PlanTerms.model_validate({**base, "grace": {"periods": 2, "kind": "capitalised"}})
    )
    assert [str(row.balance) for row in capitalised.rows[:2]] == ["12120.00", "12241.20"]
    carried = build_plan(PlanTerms.model_validate({**base, "grace": {"periods": 2, "kind": "carried"}}))
    assert [str(row.accrued) for row in carried.rows[:2]] == ["120.00", "240.00"]
    assert str(carried.rows[2].interest) == "360.00"


@pytest.mark.parametrize(
    ("rest", "first", "last"),
    [("last", "33.33", "33.34"), ("first", "33.34", "33.33"), ("none", "33.33", "33.33")],
)
def test_who_absorbs_the_rest_is_data(rest: str, first: str, last: str) -> None:
    terms = {"amount": "100", "rate": "0", "instalments": 3, "rounding": {"rest": rest}}
    rows = build_plan(PlanTerms.model_validate(terms)).rows
    assert (str(rows[0].rent), str(rows[-1].rent)) == (first, last)


@pytest.mark.parametrize(
    ("terms", "names"),
    [
        ({"amount": "1000"}, "rate and instalments and rent"),
        ({"amount": "1000", "price": "1000", "rate": "1%", "instalments": 3}, "price and amount"),
        ({"amount": "1000", "rate": "50%", "rent": "10"}, "never repays"),
        ({"amount": "1000", "rent": "10", "instalments": 3, "currency": "XXX", "rate": "1%"}, "XXX"),
        ({"amount": "1000", "rate": "1%", "instalments": 3, "first_due": "2020-01-01"}, "first_due"),
        ({"price": "1000", "down_payment": "100%", "rate": "1%", "instalments": 3}, "nothing is financed"),
    ],
)
def test_what_cannot_be_is_refused_by_name(terms: dict[str, object], names: str) -> None:
    with pytest.raises(InvalidInputError, match=names):
        build_plan(PlanTerms.model_validate(terms))
