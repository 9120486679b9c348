"""Due dates: month ends, odd first periods, business days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from models.lease.plan.build import build_plan
from models.lease.plan.periods import Frequency
from models.lease.plan.plan import Plan
from models.lease.plan.terms import PlanTerms


def _plan(**terms: object) -> Plan:
    return build_plan(PlanTerms.model_validate({"amount": "12000", "rate": "12%", "instalments": 4, **terms}))


def _days(plan: Plan) -> list[str]:
    return [f"{row.due:%m-%d}" for row in plan.rows]


def test_the_31st_comes_back_after_february() -> None:
    assert _days(_plan(start="2026-12-31")) == ["01-31", "02-28", "03-31", "04-30"]


def test_a_month_end_stays_one_where_the_terms_say_so() -> None:
    assert _days(_plan(start="2026-01-31", first_due="2026-02-28")) == ["02-28", "03-28", "04-28", "05-28"]
    assert _days(_plan(start="2026-01-31", end_of_month=True)) == ["02-28", "03-31", "04-30", "05-31"]


def test_due_days_and_half_months() -> None:
    assert _days(_plan(start="2026-01-10", due_day=25)) == ["02-25", "03-25", "04-25", "05-25"]
    assert _days(_plan(start="2026-01-01", every="semi-month")) == ["01-16", "02-01", "02-16", "03-01"]


def test_holidays_move_due_dates_and_interest_only_if_it_follows() -> None:
    china = {"shift": "following", "calendar": "china"}
    moved = _plan(start="2024-09-01", business_days=china, day_count="ACT/360")
    assert _days(moved)[0] == "10-08"  # the National Day holiday ends on the 7th
    assert str(moved.rows[0].interest) == "120.00"
    follows = _plan(
        start="2024-09-01", business_days={**china, "interest_follows": True}, day_count="ACT/360"
    )
    assert str(follows.rows[0].interest) == "148.00"


@pytest.mark.parametrize(
    ("odd_days", "first_rent", "rows"),
    [("added", "3135.37", 4), ("upfront", "3075.37", 5), ("ignored", "3075.37", 4)],
)
def test_odd_days_are_paid_as_the_terms_say(odd_days: str, first_rent: str, rows: int) -> None:
    plan = _plan(start="2026-01-01", first_due="2026-02-16", odd_days=odd_days)
    assert len(plan.rows) == rows
    assert str(plan.rents[0].rent) == first_rent


@pytest.mark.parametrize(
    ("text", "per_year"),
    [("month", "12"), ("3 months", "4"), ("quarter", "4"), ("2 weeks", "26"), ("biweekly", "26"), (6, "2")],
)
def test_frequencies_are_read(text: str | int, per_year: str) -> None:
    assert Frequency.parse(text).per_year == Decimal(per_year)


def test_a_plan_in_advance_starts_at_once_and_its_residual_falls_at_the_end() -> None:
    plan = _plan(start="2026-01-15", advance=True, residual="1000")
    assert _days(plan) == ["01-15", "02-15", "03-15", "04-15", "05-15"]
    assert plan.rows[0].interest.minor == 0
    assert plan.rows[-1].due == date(2026, 5, 15)
