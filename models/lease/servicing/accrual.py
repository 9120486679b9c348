"""Time as a fraction of a year, and interest over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BeforeValidator

from models.lease.plan.day_counts import PERIODIC, count_days, day_count_name
from models.lease.plan.periods import add_months

BY_MONTH: Final = "month"
"""Odd days count by the length of the month they run in."""
_YEAR: Final = Decimal(12)


def _odd_days_name(name: object) -> str:
    if str(name).strip().lower() == BY_MONTH:
        return BY_MONTH
    known = day_count_name(str(name))
    if known == PERIODIC:
        raise ValueError("periodic counts no days; write month, 30/360, ACT/365")
    return known


DayCountName = Annotated[str, BeforeValidator(lambda name: day_count_name(str(name)))]
OddDaysName = Annotated[str, BeforeValidator(_odd_days_name)]


@dataclass(frozen=True, slots=True)
class Clock:
    """How a contract counts time."""

    day_count: str = PERIODIC
    """``periodic``: whole months are twelfths of a year, odd days count by ``odd_days``."""
    odd_days: str = BY_MONTH
    period_days: int = 0
    """``periodic`` plans whose periods are so many days, not months: each is ``1 / per_year`` of a year."""
    per_year: Decimal = _YEAR

    def fraction(self, start: date, end: date) -> Decimal:
        """The years from one day to a later one; zero where the second is not later."""
        if end <= start:
            return Decimal(0)
        if self.day_count != PERIODIC:
            return year_fraction(start, end, self.day_count)
        if self.period_days:
            return Decimal((end - start).days) / (self.period_days * self.per_year)
        return self._months(start, end)

    def _months(self, start: date, end: date) -> Decimal:
        if _is_month_end(start) and _is_month_end(end):
            return Decimal((end.year - start.year) * 12 + end.month - start.month) / _YEAR
        months = whole_months(start, end)
        reached = add_months(start, months)
        if reached >= end:
            return Decimal(months) / _YEAR
        if self.odd_days != BY_MONTH:
            return Decimal(months) / _YEAR + year_fraction(reached, end, self.odd_days)
        length = (add_months(start, months + 1) - reached).days
        return (Decimal(months) + Decimal((end - reached).days) / length) / _YEAR


@dataclass(frozen=True, slots=True)
class RateStep:
    """A contract rate that holds from a day on."""

    since: date
    rate: Decimal


def whole_months(start: date, end: date) -> int:
    """Whole months from a day to a later one; a month's last day completes it."""
    months = (end.year - start.year) * 12 + end.month - start.month
    while months > 0 and add_months(start, months) > end:
        months -= 1
    return max(months, 0)


def year_fraction(start: date, end: date, day_count: str) -> Decimal:
    """The years from one day to another by a day count that needs the dates alone."""
    span = count_days(day_count, start, end)
    return Decimal(span.numerator) / Decimal(span.denominator)


def growth(
    start: date, end: date, steps: Sequence[RateStep], clock: Clock, anchor: date | None = None
) -> Decimal:
    """Interest on one unit of balance from one day to another, over every rate that holds between.

    Args:
        start: from this day's end.
        end: to this day's end.
        steps: rates in order of their first day; before the first of them, the first holds.
        clock: of the contract.
        anchor: start of the period that both lie in, so that its pieces add up to the whole; None: ``start``.
    """
    total = Decimal(0)
    begun = anchor or start
    for at, step in enumerate(steps):
        since = start if at == 0 else max(start, step.since)
        until = min(end, steps[at + 1].since) if at + 1 < len(steps) else end
        if until > since:
            total += step.rate * (clock.fraction(begun, until) - clock.fraction(begun, since))
    return total


def _is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).month != day.month
