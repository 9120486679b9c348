"""Comparing with the list before, and grading."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.bill_monitoring.rules import Change, Grade, Standing, compare, grade
from models.money import Money
from models.parameters.bill_monitoring import GradeThreshold, GradingParameters

EXACT = Decimal(0)


def standing(overdue: str | None, cumulative: str | None = None) -> Standing:
    return Standing(Money.of(overdue) if overdue else None, Money.of(cumulative) if cumulative else None)


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (None, standing("5"), Change.NEW),
        (standing("5"), None, Change.CLEARED),
        (standing("5"), standing("6"), Change.WORSE),
        (standing("5"), standing("4"), Change.BETTER),
        (standing("5"), standing("5"), Change.UNCHANGED),
        (standing(None, "5"), standing("9", "6"), Change.WORSE),  # the earlier list named no balance
        (standing(None), standing(None), Change.UNCHANGED),
        (standing("5"), standing(None), Change.UNCHANGED),
    ],
)
def test_change(before: Standing | None, now: Standing | None, change: Change) -> None:
    assert compare(before, now, material_change=EXACT) is change


@pytest.mark.parametrize(
    ("now", "change"), [("104.99", Change.UNCHANGED), ("105.01", Change.WORSE), ("94.99", Change.BETTER)]
)
def test_small_moves_do_not_count(now: str, change: Change) -> None:
    assert compare(standing("100"), standing(now), material_change=Decimal("0.05")) is change


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_worse_one_way_is_better_the_other(one: int, other: int) -> None:
    mirrored = {Change.WORSE: Change.BETTER, Change.BETTER: Change.WORSE, Change.UNCHANGED: Change.UNCHANGED}
    left, right = Standing(Money(one), None), Standing(Money(other), None)
    forth = compare(left, right, material_change=EXACT)
    assert compare(right, left, material_change=EXACT) is mirrored[forth]


@pytest.mark.parametrize(
    ("overdue", "exposure", "expected"),
    [
        ("60000000", None, Grade.CRITICAL),
        ("100", "150000000", Grade.CRITICAL),
        ("10000000", None, Grade.HIGH),
        ("1000000", "100", Grade.ELEVATED),
        ("999999.99", "4999999.99", Grade.WATCH),
        (None, None, Grade.WATCH),
    ],
)
def test_grade(overdue: str | None, exposure: str | None, expected: Grade) -> None:
    graded = grade(
        overdue_balance=Money.of(overdue) if overdue else None,
        exposure=Money.of(exposure) if exposure else None,
        parameters=GradingParameters(),
    )
    assert graded is expected


def test_thresholds_must_descend() -> None:
    watch = GradeThreshold(grade="watch", overdue_balance=Decimal(0), exposure=Decimal(0))
    high = GradeThreshold(grade="high", overdue_balance=Decimal(1), exposure=Decimal(1))
    with pytest.raises(ValidationError, match="from critical down to watch"):
        GradingParameters(thresholds=(watch, high))
