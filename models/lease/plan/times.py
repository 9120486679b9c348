"""Times as the law measures them: Directive 2008/48/EC Annex I, and Regulation Z Appendix J (b)(3) to (5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Final

from models.lease.plan.periods import Frequency, add_months

_ZERO: Final = Decimal(0)
_HALF_MONTH: Final = 15
_MONTHS_A_YEAR, _DAYS_A_YEAR, _DAYS_A_MONTH = 12, 365, 30
MONTH: Final = Frequency(1, "month")
HALF_MONTH: Final = Frequency(1, "semi-month")


def is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


@lru_cache(maxsize=4096)
def whole_months(first: date, last: date) -> tuple[int, date]:
    """Whole months counted back from the last date, and the date they lead to, on or after the first.

    A month's last day stands for the days that the month lacks.
    """
    anchor = max(first.day, last.day) if is_month_end(last) else last.day
    months = (last.year - first.year) * 12 + last.month - first.month
    back = add_months(last, -months, anchor=anchor)
    if back < first:
        months -= 1
        back = add_months(last, -months, anchor=anchor)
    return months, back


def _whole(first: date, last: date, frequency: Frequency) -> tuple[int, date]:
    if frequency.unit == "month":
        months, back = whole_months(first, last)
        whole, rest = divmod(months, frequency.count)
        if not rest:
            return whole, back
        anchor = max(first.day, last.day) if is_month_end(last) else last.day
        return whole, add_months(last, -whole * frequency.count, anchor=anchor)
    length = frequency.count * (7 if frequency.unit == "week" else 1)
    whole = (last - first).days // length
    return whole, last - timedelta(days=whole * length)


# ------------------------------------------------------------------ European Union


def eu_unit(frequency: Frequency) -> tuple[Frequency, int]:
    """What the directive measures in, and how many of it make a year: years, months or weeks."""
    if frequency.unit == "week":
        return Frequency(1, "week"), 52
    return MONTH, _MONTHS_A_YEAR


def eu_time(first: date, last: date, unit: Frequency) -> tuple[int, Decimal]:
    """Whole months (weeks), and the days before them as a share of the year that ends with them.

    The share is of a year. Annex I, remark (c): counted back from the last date to the first drawdown.
    """
    whole, back = _whole(first, last, unit)
    days = (back - first).days
    if not days:
        return whole, _ZERO
    year = (back - add_months(back, -12)).days
    return whole, Decimal(days) / Decimal(year)


# ------------------------------------------------------------------ United States


def us_unit_period(days: Sequence[date]) -> Frequency:
    """(b)(4): the interval that occurs most often, the shortest of these; at most a year."""
    apart = Counter[Frequency]()
    together = sorted(set(days))
    pairs = list(pairwise(together))
    twice_a_month = sum(1 for first, last in pairs if HALF_MONTH.after(first, 1) == last)
    if twice_a_month > max(1, len(pairs) // 2):
        return HALF_MONTH
    for first, last in pairs:
        months, back = whole_months(first, last)
        gap = (last - first).days
        if months and back == first:
            apart[Frequency(min(months, 12), "month")] += 1
        elif gap % 7 == 0:
            apart[Frequency(gap // 7, "week")] += 1
        else:
            apart[Frequency(min(gap, _DAYS_A_YEAR), "day")] += 1
    if not apart:
        return MONTH
    best = max(apart.values())
    if best == 1 and len(apart) > 1:
        return MONTH
    return min((each for each, times in apart.items() if times == best), key=lambda each: -each.per_year)


def us_per_year(unit: Frequency) -> Decimal:
    return unit.per_year


def us_time(first: date, last: date, unit: Frequency) -> tuple[int, Decimal]:
    """(b)(5): whole unit-periods counted back, and odd days as a share of a unit-period.

    Of several months, those beyond whole unit-periods have 30 days each.
    """
    if unit.unit == "semi-month":
        months, back = whole_months(first, last)
        days = (back - first).days
        more = 1 if days >= _HALF_MONTH else 0
        return months * 2 + more, Decimal(days - more * _HALF_MONTH) / _HALF_MONTH
    whole, back = _whole(first, last, unit)
    days = (back - first).days
    if unit.unit != "month":
        return whole, Decimal(days) / (unit.count * (7 if unit.unit == "week" else 1))
    months, to_month = whole_months(first, last)
    rest, odd = months - whole * unit.count, (to_month - first).days
    if unit.count == _MONTHS_A_YEAR:
        return whole, Decimal(days) / _DAYS_A_YEAR if odd else Decimal(rest) / _MONTHS_A_YEAR
    return whole, Decimal(rest * _DAYS_A_MONTH + odd) / (_DAYS_A_MONTH * unit.count)


def us_single_payment(first: date, last: date) -> tuple[Decimal, int, Decimal]:
    """(b)(5)(v): one advance, one payment. Unit-periods a year, whole ones, and the share besides."""
    months, back = whole_months(first, last)
    in_months = back == first
    if last <= add_months(first, 12):
        if in_months:
            return Decimal(12) / months, 1, _ZERO
        return Decimal(_DAYS_A_YEAR) / (last - first).days, 1, _ZERO
    years, rest = divmod(months, 12)
    if in_months:
        return Decimal(1), years, Decimal(rest) / 12
    _, back = _whole(first, last, Frequency(12, "month"))
    return Decimal(1), years, Decimal((back - first).days) / _DAYS_A_YEAR
