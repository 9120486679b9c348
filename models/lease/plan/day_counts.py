"""Day counts: how long a period is, as an exact fraction of a year.

Sources: ISDA 2006 Definitions § 4.16; ICMA Rule 251; ISO 20022 code set InterestComputationMethod.
A fraction stays a pair of whole numbers, so that interest of exactly half
a cent is rounded as exactly half a cent.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final, NamedTuple

from models.errors import InvalidInputError
from models.lease.plan.periods import add_months


class Span(NamedTuple):
    """A length of time: ``days`` as counted, and the share of a year as numerator and denominator."""

    days: int
    numerator: int
    denominator: int


@dataclass(slots=True)
class Coupon:
    """What ACT/ACT-ICMA, ACT/365L and 30E/360-ISDA must know besides the two dates."""

    start: date
    """Start of the regular period that holds the dates."""
    end: date
    per_year: int = 1
    is_last: bool = False
    """The second date is the last of the whole plan."""
    holidays: frozenset[date] = frozenset()
    """Not counted by BUS/252."""


_MONTHS: Final = 12
_FEBRUARY: Final = 2
_LAST_OF_THIRTY: Final = 30


def _february_end(day: date) -> bool:
    return day.month == _FEBRUARY and day.day == calendar.monthrange(day.year, 2)[1]


def _thirty(first: date, last: date, day1: int, day2: int) -> int:
    return (last.year - first.year) * 360 + (last.month - first.month) * 30 + day2 - day1


def _bond_basis(first: date, last: date) -> int:
    """ISDA 4.16(f): the 31st becomes the 30th, at the end only after a start on the 30th or 31st."""
    day1 = min(first.day, _LAST_OF_THIRTY)
    day2 = _LAST_OF_THIRTY if last.day > _LAST_OF_THIRTY and day1 == _LAST_OF_THIRTY else last.day
    return _thirty(first, last, day1, day2)


def _us(first: date, last: date) -> int:
    """SIA / NASD with the rule for the end of February; Excel's DAYS360 is the variant without it."""
    day1, day2 = first.day, last.day
    if _february_end(first):
        if _february_end(last):
            day2 = _LAST_OF_THIRTY
        day1 = _LAST_OF_THIRTY
    if day2 > _LAST_OF_THIRTY and day1 >= _LAST_OF_THIRTY:
        day2 = _LAST_OF_THIRTY
    return _thirty(first, last, min(day1, _LAST_OF_THIRTY), day2)


def _european(first: date, last: date) -> int:
    """ISDA 4.16(g), Eurobond basis: every 31st becomes the 30th."""
    return _thirty(first, last, min(first.day, _LAST_OF_THIRTY), min(last.day, _LAST_OF_THIRTY))


def _european_plus(first: date, last: date) -> int:
    """30E+/360: an end on the 31st becomes the first of the next month."""
    if last.day > _LAST_OF_THIRTY:
        last += timedelta(days=1)
    return _thirty(first, last, min(first.day, _LAST_OF_THIRTY), last.day)


def _european_isda(first: date, last: date, coupon: Coupon | None) -> int:
    """ISDA 4.16(h): the last day of any month is the 30th, but not of February at the end of all."""
    day1 = _LAST_OF_THIRTY if _february_end(first) else min(first.day, _LAST_OF_THIRTY)
    at_the_end = coupon is not None and coupon.is_last
    day2 = _LAST_OF_THIRTY if _february_end(last) and not at_the_end else min(last.day, _LAST_OF_THIRTY)
    return _thirty(first, last, day1, day2)


def _leap_days(first: date, last: date) -> int:
    """29ths of February after the first date, up to and including the last."""
    return sum(
        1
        for year in range(first.year, last.year + 1)
        if calendar.isleap(year) and first < date(year, 2, 29) <= last
    )


def _actual_isda(first: date, last: date, coupon: Coupon | None) -> Span:
    """ISDA 4.16(b): days in leap years over 366, the others over 365."""
    del coupon
    in_leap = sum(
        (min(last, date(year + 1, 1, 1)) - max(first, date(year, 1, 1))).days
        for year in range(first.year, last.year + 1)
        if calendar.isleap(year)
    )
    days = (last - first).days
    if in_leap == 0:
        return Span(days, days, 365)
    if in_leap == days:
        return Span(days, days, 366)
    return Span(days, (days - in_leap) * 366 + in_leap * 365, 365 * 366)


def _actual_by_end(first: date, last: date, coupon: Coupon | None) -> Span:
    """As ISDA's, but the night to 1 January counts in the new year (Apache Fineract)."""
    night = timedelta(days=1)
    return _actual_isda(first + night, last + night, coupon)


def _actual_icma(first: date, last: date, coupon: Coupon | None) -> Span:
    """ICMA 251.1: days over the days of the regular period times the periods a year.

    What lies before or after that period is counted by notional ones of the same length.
    """
    days = (last - first).days
    if coupon is None:
        return _actual_afb(first, last, None)
    if (coupon.start <= first and last <= coupon.end) or _MONTHS % coupon.per_year:
        return Span(days, days, (coupon.end - coupon.start).days * coupon.per_year)
    share, months = Fraction(0), _MONTHS // coupon.per_year
    at = _periods_to(coupon.start, first, months)
    anchor = max(coupon.start.day, coupon.end.day)
    while (start := add_months(coupon.start, at * months, anchor=anchor)) < last:
        end = add_months(coupon.start, (at + 1) * months, anchor=anchor)
        held = (min(end, last) - max(start, first)).days
        share += Fraction(held, (end - start).days * coupon.per_year)
        at += 1
    return Span(days, share.numerator, share.denominator)


def _periods_to(anchor: date, day: date, months: int) -> int:
    """How many whole periods after (before, if negative) an anchor the one begins that holds a day."""
    apart = (day.year - anchor.year) * _MONTHS + day.month - anchor.month
    return apart // months - 1 if add_months(anchor, apart // months * months) > day else apart // months


def _years_back(day: date, years: int) -> date:
    if day.month == _FEBRUARY and day.day == 29 and not calendar.isleap(day.year - years):  # noqa: PLR2004
        return date(day.year - years, 2, 28)
    return day.replace(year=day.year - years)


def _actual_afb(first: date, last: date, coupon: Coupon | None) -> Span:
    """FBF / AFB: whole years back from the end, the rest over 365, or 366 where it holds a 29 February."""
    del coupon
    years, end = 0, last
    while (earlier := _years_back(last, years + 1)) >= first:
        years, end = years + 1, earlier
        if end.month == _FEBRUARY and end.day == 28 and calendar.isleap(end.year):  # noqa: PLR2004
            end = end.replace(day=29)
    year = 366 if _leap_days(first - timedelta(days=1), end - timedelta(days=1)) else 365
    return Span((last - first).days, (end - first).days + years * year, year)


def _actual_365l(first: date, last: date, coupon: Coupon | None) -> Span:
    """ICMA 251.1(i): over 366 where the period ends in a leap year (yearly: holds a 29 February)."""
    days = (last - first).days
    yearly = coupon is None or coupon.per_year == 1
    leap = bool(_leap_days(first, last)) if yearly else calendar.isleap(last.year)
    return Span(days, days, 366 if leap else 365)


def _actual_start_year(first: date, last: date, coupon: Coupon | None) -> Span:
    """All days over the days of the calendar year in which the period starts."""
    del coupon
    days = (last - first).days
    return Span(days, days, 366 if calendar.isleap(first.year) else 365)


def _no_leap(first: date, last: date, coupon: Coupon | None) -> Span:
    """NL/365: 29 February does not count."""
    del coupon
    days = (last - first).days - _leap_days(first, last)
    return Span(days, days, 365)


def _weekdays(first: date, last: date, coupon: Coupon | None) -> Span:
    """BUS/252: Monday to Friday, without the last day and the holidays that are known."""
    holidays = coupon.holidays if coupon is not None else frozenset()
    weeks, rest = divmod((last - first).days, 7)
    saturday = 5
    days = weeks * saturday + sum((first + timedelta(days=at)).weekday() < saturday for at in range(rest))
    days -= sum(first <= day < last and day.weekday() < saturday for day in holidays)
    return Span(days, days, 252)


Count = Callable[[date, date, Coupon | None], Span]


def _plain(count: Callable[[date, date], int], year: int, *, times: int = 1) -> Count:
    def counted(first: date, last: date, coupon: Coupon | None) -> Span:
        del coupon
        days = count(first, last)
        return Span(days, days * times, year)

    return counted


def _isda_360(first: date, last: date, coupon: Coupon | None) -> Span:
    days = _european_isda(first, last, coupon)
    return Span(days, days, 360)


def _thirty_actual(first: date, last: date, coupon: Coupon | None) -> Span:
    """Months of 30 days, years of 365 or 366 by the year of the start."""
    del coupon
    days = _bond_basis(first, last)
    return Span(days, days, 366 if calendar.isleap(first.year) else 365)


def _actual(first: date, last: date) -> int:
    return (last - first).days


DAY_COUNTS: Final[Mapping[str, Count]] = {
    "30/360": _plain(_bond_basis, 360),
    "30U/360": _plain(_us, 360),
    "30E/360": _plain(_european, 360),
    "30E+/360": _plain(_european_plus, 360),
    "30E/360-ISDA": _isda_360,
    "30/365": _plain(_bond_basis, 365),
    "30/ACT": _thirty_actual,
    "ACT/360": _plain(_actual, 360),
    "ACT/364": _plain(_actual, 364),
    "ACT/365": _plain(_actual, 365),
    "ACT/365.25": _plain(_actual, 1461, times=4),
    "ACT/366": _plain(_actual, 366),
    "ACT/365L": _actual_365l,
    "ACT/ACT": _actual_isda,
    "ACT/ACT-ICMA": _actual_icma,
    "ACT/ACT-AFB": _actual_afb,
    "ACT/ACT-START": _actual_start_year,
    "ACT/ACT-BY-END": _actual_by_end,
    "NL/365": _no_leap,
    "BUS/252": _weekdays,
}
"""Every day count by the name that terms use."""

PERIODIC: Final = "periodic"
"""Not a count of days: every regular period is the same share of a year."""

_ALIASES: Final[Mapping[str, str]] = {
    "30/360 US": "30U/360",
    "30/360-US": "30U/360",
    "30US/360": "30U/360",
    "30/360 EU": "30E/360",
    "30/360-EU": "30E/360",
    "30/360 BOND BASIS": "30/360",
    "30A/360": "30/360",
    "30E/360 ISDA": "30E/360-ISDA",
    "ACT/365F": "ACT/365",
    "ACT/365 FIXED": "ACT/365",
    "ACT/ACT ISDA": "ACT/ACT",
    "ACT/ACT-ISDA": "ACT/ACT",
    "ACT/ACT ICMA": "ACT/ACT-ICMA",
    "ACT/ACT ISMA": "ACT/ACT-ICMA",
    "ACT/ACT AFB": "ACT/ACT-AFB",
    "ACT/365.NL": "NL/365",
}


def day_count_name(name: str) -> str:
    """The house's spelling of a day count.

    Raises:
        InvalidInputError: nobody knows it.
    """
    spelt = name.strip().upper().replace("ACTUAL", "ACT").replace("(", "").replace(")", "")
    if spelt.lower() == PERIODIC:
        return PERIODIC
    spelt = _ALIASES.get(spelt, spelt)
    if spelt not in DAY_COUNTS:
        raise InvalidInputError(
            f"day_count {name!r} is not known", remedy=f"Use one of {', '.join([PERIODIC, *DAY_COUNTS])}"
        )
    return spelt


def count_days(name: str, first: date, last: date, coupon: Coupon | None = None) -> Span:
    """How long it is from one date to another.

    >>> count_days("ACT/ACT", date(2003, 11, 1), date(2004, 5, 1))[1:]
    (66430, 133590)
    """
    return DAY_COUNTS[name](first, last, coupon)
