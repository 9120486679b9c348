"""How often, and on which dates: frequencies, due dates, business-day shifts."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from models.calendar import BusinessCalendar
from models.errors import InvalidInputError

_UNITS: Final = {
    "day": ("day", 1),
    "daily": ("day", 1),
    "week": ("week", 1),
    "weekly": ("week", 1),
    "fortnight": ("week", 2),
    "biweekly": ("week", 2),
    "fortnightly": ("week", 2),
    "semi-month": ("semi-month", 1),
    "semi-monthly": ("semi-month", 1),
    "semimonthly": ("semi-month", 1),
    "month": ("month", 1),
    "monthly": ("month", 1),
    "quarter": ("month", 3),
    "quarterly": ("month", 3),
    "half-year": ("month", 6),
    "half-yearly": ("month", 6),
    "semi-annual": ("month", 6),
    "semi-annually": ("month", 6),
    "semiannual": ("month", 6),
    "semiannually": ("month", 6),
    "year": ("month", 12),
    "yearly": ("month", 12),
    "annual": ("month", 12),
    "annually": ("month", 12),
}
_WRITTEN: Final = re.compile(r"(?:(\d+)\s*)?([a-z-]+)")
_PER_YEAR: Final = {"day": 365, "week": 52, "semi-month": 24, "month": 12}
_MIDDLE: Final = 15


_MONTH_DAYS: Final = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_EVERY_MONTH: Final = 28
_FEBRUARY: Final = 2


def last_day(year: int, month: int) -> int:
    return 29 if month == _FEBRUARY and calendar.isleap(year) else _MONTH_DAYS[month]


def add_months(day: date, months: int, *, anchor: int | None = None) -> date:
    """The same day some months later, or the month's last where there is none.

    ``anchor`` is the day wanted when ``day`` itself was cut short: 31 January, 28 February, 31 March.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    if not MINYEAR <= year <= MAXYEAR:
        raise InvalidInputError(f"{months} months from {day} are no date", remedy="Check the dates")
    wanted = anchor or day.day
    return date(year, month, wanted if wanted <= _EVERY_MONTH else min(wanted, last_day(year, month)))


@dataclass(frozen=True, slots=True)
class Frequency:
    """A regular period: so many units."""

    count: int
    unit: str
    """``day``, ``week``, ``semi-month``, ``month``."""

    @classmethod
    def parse(cls, text: str | int) -> Frequency:
        """Frequency from ``month``, ``3 months``, ``quarter``, ``2 weeks`` and the like; a number is months.

        Raises:
            InvalidInputError: it is none of these.
        """
        if isinstance(text, int) or text.isdigit():
            text = f"{text} month"
        match = _WRITTEN.fullmatch(text.strip().lower().replace("half year", "half-year"))
        word = match[2] if match else ""
        unit = _UNITS.get(word) or _UNITS.get(word.removesuffix("s"))
        if match is None or unit is None or int(match[1] or 1) < 1:
            raise InvalidInputError(
                f"every {text!r} is no frequency",
                remedy="Write month, 3 months, quarter, half-year, year, 2 weeks, semi-month or 30 days",
            )
        return cls(int(match[1] or 1) * unit[1], unit[0])

    @property
    def per_year(self) -> Decimal:
        """Periods a year, by convention: 12 months, 52 weeks, 365 days."""
        return Decimal(_PER_YEAR[self.unit]) / self.count

    @property
    def months(self) -> int:
        """Whole months of the period; 0 where it is not counted in months."""
        return self.count if self.unit == "month" else 0

    def after(self, start: date, periods: int, *, anchor: int | None = None) -> date:
        """The date so many periods after a start (before it, where negative)."""
        if self.unit == "month":
            return add_months(start, periods * self.count, anchor=anchor)
        if self.unit == "semi-month":
            return _half_months(start, periods * self.count, anchor)
        return start + timedelta(days=periods * self.count * (7 if self.unit == "week" else 1))

    def __str__(self) -> str:
        return self.unit if self.count == 1 else f"{self.count} {self.unit}s"


def _half_months(start: date, halves: int, anchor: int | None) -> date:
    months, odd = divmod(halves, 2)
    day = anchor or start.day
    if not odd:
        return add_months(start, months, anchor=day)
    if day > _MIDDLE:
        return add_months(start, months + 1, anchor=day - _MIDDLE)
    return add_months(start, months, anchor=day + _MIDDLE)


class Shift(StrEnum):
    """Where a due date goes that is no business day."""

    NONE = "none"
    FOLLOWING = "following"
    MODIFIED_FOLLOWING = "modified-following"
    """Following, unless that is in the next month: then preceding."""
    PRECEDING = "preceding"
    MODIFIED_PRECEDING = "modified-preceding"


def business_days(calendar_name: str, holidays: frozenset[date]) -> Callable[[date], bool]:
    """Says of a day whether the house works: ``weekends`` alone, or ``china`` with its published holidays."""
    if calendar_name == "china":
        return BusinessCalendar(exceptions=dict.fromkeys(holidays, False)).is_business_day
    saturday = 5
    return lambda day: day.weekday() < saturday and day not in holidays


def shifted(day: date, shift: Shift, is_business_day: Callable[[date], bool]) -> date:
    """The business day that a due date moves to."""
    if shift is Shift.NONE or is_business_day(day):
        return day
    forward = shift in {Shift.FOLLOWING, Shift.MODIFIED_FOLLOWING}
    moved = _next(day, 1 if forward else -1, is_business_day)
    modified = shift in {Shift.MODIFIED_FOLLOWING, Shift.MODIFIED_PRECEDING}
    if modified and moved.month != day.month:
        return _next(day, -1 if forward else 1, is_business_day)
    return moved


def _next(day: date, step: int, is_business_day: Callable[[date], bool]) -> date:
    while not is_business_day(day):
        day += timedelta(days=step)
    return day
