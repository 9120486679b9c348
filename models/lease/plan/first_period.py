"""A first period that is longer or shorter than the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from models.errors import InvalidInputError
from models.lease.plan.day_counts import PERIODIC, Coupon, Span, count_days
from models.lease.plan.parts import Event, Part, Style, counted, divided
from models.lease.plan.terms import PlanTerms

_LAST_DAY = 31


@dataclass(frozen=True, slots=True)
class FirstPeriod:
    """How an odd first period accrues."""

    parts: tuple[Part, ...]
    extra: Part | None
    """Interest that comes on top of the first rent."""
    periods: Decimal
    """Its length in regular periods."""
    days: int


def is_odd(terms: PlanTerms, ends: date, accrues_to: Callable[[date], date]) -> bool:
    """Whether the first rent is not due after one regular period (in advance: at the start)."""
    if terms.first_period_days is not None:
        return True
    if terms.due_dates or (terms.in_advance and terms.first_due is None):
        return False
    if terms.in_advance:
        return ends > terms.start
    by_month_end = terms.end_of_month or terms.due_day == _LAST_DAY
    anchor = _LAST_DAY if by_month_end and (terms.start + timedelta(days=1)).day == 1 else None
    regular = terms.frequency.after(terms.start, 1, anchor=anchor)
    return ends not in {regular, accrues_to(regular)}


def odd_first_period(terms: PlanTerms, ends: date, regular: Part, events: Sequence[Event]) -> FirstPeriod:
    """What accrues from the start to the first due date, as the terms treat odd days."""
    per_year = regular.denominator / regular.numerator
    if terms.odd_days_interest != "simple" and any(terms.start <= each.on < ends for each in events):
        raise InvalidInputError(
            f"a drawdown or rate change before {ends} falls into an odd first period whose interest is"
            f" {terms.odd_days_interest}",
            remedy="Let odd_days_interest be simple, or the change come later",
        )
    whole, odd, days = _split(terms, ends, per_year)
    numerator, denominator = Decimal(odd.numerator), Decimal(odd.denominator)
    periods = whole + numerator / denominator * per_year
    if terms.odd_days == "ignored":
        return FirstPeriod(divided(regular, terms.start, ends, events), None, Decimal(1), days)
    if terms.odd_days in {"added", "upfront"} and not terms.in_advance:
        # what is more, or less, than one regular period
        more = numerator * regular.denominator + (whole - 1) * denominator * regular.numerator
        extra = Part(more, denominator * regular.denominator)
        return FirstPeriod(divided(regular, terms.start, ends, events), extra, periods, days)
    if terms.odd_days_interest == "simple-then-compound":
        parts: tuple[Part, ...] = (Part(numerator, denominator, style=Style.SPLIT, whole=whole),)
    elif terms.odd_days_interest == "compound":
        parts = (Part(periods, per_year, style=Style.POWER),)
    elif terms.day_count != PERIODIC and terms.first_period_days is None:
        parts = counted(terms.day_count, terms.start, ends, _coupon(terms, ends, per_year), events)
    else:
        total = numerator * regular.denominator + whole * denominator * regular.numerator
        parts = divided(Part(total, denominator * regular.denominator), terms.start, ends, events)
    return FirstPeriod(parts, None, periods, days)


def _coupon(terms: PlanTerms, ends: date, per_year: Decimal) -> Coupon:
    return Coupon(
        terms.frequency.after(ends, -1),
        ends,
        int(per_year) or 1,
        is_last=terms.instalments == 1,
        holidays=frozenset(terms.business_days.holidays),
    )


def _split(terms: PlanTerms, ends: date, per_year: Decimal) -> tuple[int, Span, int]:
    """Whole regular periods counted back from the first due date, the odd days before them, and all days."""
    name = terms.odd_days_count if terms.day_count == PERIODIC else terms.day_count
    if terms.first_period_days is not None:
        year = count_days(name, terms.start, terms.start + timedelta(days=1)).denominator
        periods, odd = divmod(terms.first_period_days * per_year, year)
        return int(periods), Span(0, int(odd), int(year * per_year)), terms.first_period_days
    whole, at = 0, ends
    while (earlier := terms.frequency.after(ends, -(whole + 1))) >= terms.start:
        whole, at = whole + 1, earlier
    odd_span = count_days(name, terms.start, at, _coupon(terms, at, per_year))
    return whole, odd_span, count_days(name, terms.start, ends, _coupon(terms, ends, per_year)).days
