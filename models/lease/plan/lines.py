"""The time line of a plan before any amount is known: due dates, what accrues up to them, what is paid on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum, auto
from typing import Final, NamedTuple

from models.lease.plan.day_counts import PERIODIC, Coupon, Span, count_days
from models.lease.plan.due_dates import nominal_dates
from models.lease.plan.patterns import Pay, payments_of
from models.lease.plan.periods import business_days, shifted
from models.lease.plan.terms import PlanTerms

_ZERO: Final = Decimal(0)


class Style(Enum):
    """How interest grows within a part of a period."""

    PLAIN = auto()
    """As the terms' compounding says."""
    SPLIT = auto()
    """Simple for the part, compound for the whole periods beside it."""
    POWER = auto()
    """One broken power of the regular period."""


class Part(NamedTuple):
    """A stretch without change: a share of a year, at one rate, after which money may be drawn."""

    numerator: Decimal
    denominator: Decimal
    rate: Decimal | None = None
    """None: the plan's own."""
    draw: Decimal = _ZERO
    style: Style = Style.PLAIN
    whole: int = 0
    """Regular periods beside the share (``SPLIT`` only)."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something changes on a day: more is drawn, or another rate holds."""

    on: date
    draw: Decimal = _ZERO
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A due date to be."""

    number: int
    due: date
    position: Decimal
    """Regular periods since the start."""
    days: int
    parts: tuple[Part, ...]
    pay: Pay
    kind: str = "rent"
    extra_part: Part | None = None
    """Odd days whose interest comes on top of this rent."""
    regular: tuple[Part, ...] = ()
    """The parts if all periods were alike."""
    accrues_from: date = date.min
    accrues_to: date = date.min


class TimeLine:
    """Makes the lines of terms. ``events`` that are not yet known are left out by the caller."""

    def __init__(self, terms: PlanTerms, instalments: int) -> None:
        self._terms = terms
        self._rows = instalments + (terms.grace.periods if terms.grace and not terms.grace.within else 0)
        self._frequency = terms.frequency
        per_year = terms.periods_per_year or self._frequency.per_year
        self.per_year = Decimal(per_year)
        self._regular = self._regular_part()
        self._is_business_day = business_days(
            terms.business_days.calendar, frozenset(terms.business_days.holidays)
        )

    def _regular_part(self) -> Part:
        if self._terms.periods_per_year is not None or self._frequency.unit != "day":
            return Part(Decimal(1), self.per_year)
        return Part(Decimal(self._frequency.count), Decimal(365))

    @property
    def rows(self) -> int:
        return self._rows

    def lines(self, events: tuple[Event, ...], *, with_residual: bool) -> tuple[Line, ...]:
        """The rents' lines, and one for the residual where there is one."""
        terms, made = self._terms, []
        dates = nominal_dates(terms, self._rows, with_end=with_residual)
        pays = payments_of(terms, dates[: self._rows])
        before, position = terms.start, _ZERO
        for number, (nominal, pay) in enumerate(zip(dates, pays, strict=False), start=1):
            ends = self._accrues_to(nominal)
            line, position = self._line(number, nominal, ends, before, position, pay, events)
            made.append(line)
            before = max(ends, before)
        if with_residual:
            made.append(self._residual_line(dates[-1], before, position, events))
        if terms.grace is not None and terms.grace.kind == "interest-free":
            free = terms.grace.periods
            made = [
                line
                if line.number > free
                else replace(line, parts=self._free(line), regular=self._free(line))
                for line in made
            ]
        return tuple(made)

    # ------------------------------------------------------------ one line

    def _line(
        self,
        number: int,
        nominal: date,
        ends: date,
        before: date,
        position: Decimal,
        pay: Pay,
        events: tuple[Event, ...],
    ) -> tuple[Line, Decimal]:
        terms = self._terms
        due = shifted(nominal, terms.business_days.shift, self._is_business_day)
        extra, days = None, 0
        if number == 1 and self._is_odd(ends):
            parts, extra, periods, days = self._first_parts(ends, events)
            position += periods
            regular: tuple[Part, ...] = (self._regular,)
        elif ends <= before:
            parts = regular = ()
        else:
            parts, days = self._parts(before, ends, events, is_last=number == self._rows)
            regular, position = (self._regular,), position + 1
        line = Line(
            number=number,
            due=due,
            position=position,
            days=days,
            parts=parts,
            pay=pay,
            extra_part=extra,
            regular=regular,
            accrues_from=before,
            accrues_to=ends,
        )
        return line, position

    def _residual_line(
        self, nominal: date, before: date, position: Decimal, events: tuple[Event, ...]
    ) -> Line:
        due = shifted(nominal, self._terms.business_days.shift, self._is_business_day)
        ends = self._accrues_to(nominal)
        parts, days = self._parts(before, ends, events, is_last=True) if ends > before else ((), 0)
        periods = Decimal(1 if parts else 0)
        if self._terms.in_advance > 1 and parts:
            # several rents fell due at the start: as many periods follow the last one
            periods = Decimal(self._terms.in_advance)
            parts = (Part(_ZERO, Decimal(1), style=Style.SPLIT, whole=self._terms.in_advance),)
        return Line(
            number=self._rows + 1,
            due=due,
            position=position + periods,
            days=days,
            parts=parts,
            pay=Pay(fixed=_ZERO, is_rent=False),
            kind="residual",
            regular=parts and (Part(_ZERO, Decimal(1), style=Style.SPLIT, whole=int(periods)),),
            accrues_from=before,
            accrues_to=ends,
        )

    def _accrues_to(self, nominal: date) -> date:
        if not self._terms.business_days.interest_follows:
            return nominal
        return shifted(nominal, self._terms.business_days.shift, self._is_business_day)

    @staticmethod
    def _free(line: Line) -> tuple[Part, ...]:
        return tuple(part._replace(numerator=_ZERO) for part in line.parts)

    # ------------------------------------------------------------ parts of a period

    def _parts(
        self, first: date, last: date, events: tuple[Event, ...], *, is_last: bool
    ) -> tuple[tuple[Part, ...], int]:
        """What accrues from one due date to the next."""
        whole = self._span(first, last, first, last, is_last=is_last)
        if not events:
            return (Part(Decimal(whole.numerator), self._denominator(whole)),), whole.days
        rate = self._rate_on(first, events)
        inside = [event for event in events if first <= event.on < last]
        parts, at = [], first
        for event in inside:
            span = self._share(at, event.on, first, last)
            parts.append(Part(span[0], span[1], rate, event.draw))
            at, rate = event.on, event.rate if event.rate is not None else rate
        span = self._share(at, last, first, last)
        return (*parts, Part(span[0], span[1], rate)), whole.days

    def _span(self, first: date, last: date, start: date, end: date, *, is_last: bool) -> Span:
        if self._terms.day_count == PERIODIC:
            return Span((last - first).days, int(self._regular.numerator), 0)
        coupon = Coupon(start, end, int(self.per_year) or 1, is_last)
        return count_days(self._terms.day_count, first, last, coupon)

    def _denominator(self, span: Span) -> Decimal:
        return Decimal(span.denominator) if span.denominator else self._regular.denominator

    def _share(self, first: date, last: date, start: date, end: date) -> tuple[Decimal, Decimal]:
        """The share of a year of a piece of a regular period."""
        if self._terms.day_count != PERIODIC:
            span = self._span(first, last, start, end, is_last=False)
            return Decimal(span.numerator), Decimal(span.denominator)
        days = Decimal((last - first).days)
        return days * self._regular.numerator, self._regular.denominator * (end - start).days

    @staticmethod
    def _rate_on(day: date, events: tuple[Event, ...]) -> Decimal | None:
        rates = [event.rate for event in events if event.on < day and event.rate is not None]
        return rates[-1] if rates else None

    # ------------------------------------------------------------ the first period

    def _is_odd(self, ends: date) -> bool:
        terms = self._terms
        if terms.first_period_days is not None:
            return True
        if terms.due_dates:
            return False
        if terms.in_advance and terms.first_due is None:
            return False
        if terms.in_advance:
            return ends > terms.start
        by_month_end = terms.end_of_month or terms.due_day == 31  # noqa: PLR2004
        anchor = 31 if by_month_end and _is_month_end(terms.start) else None
        return ends not in {
            self._frequency.after(terms.start, 1, anchor=anchor),
            self._accrues_to(self._frequency.after(terms.start, 1, anchor=anchor)),
        }

    def _first_parts(
        self, ends: date, events: tuple[Event, ...]
    ) -> tuple[tuple[Part, ...], Part | None, Decimal, int]:
        """Parts, odd days on top, length in periods, and days of an irregular first period."""
        terms = self._terms
        whole, odd, days = self._split(ends)
        share = Decimal(odd.numerator) / Decimal(odd.denominator)
        periods = whole + share * self.per_year
        if terms.odd_days == "ignored":
            return (self._regular,) * min(whole, 1), None, Decimal(min(whole, 1)), days
        numerator, denominator = Decimal(odd.numerator), Decimal(odd.denominator)
        if terms.odd_days in {"added", "upfront"} and not terms.in_advance:
            # what is more, or less, than one regular period
            more = numerator * self._regular.denominator + (whole - 1) * denominator * self._regular.numerator
            extra = Part(more, denominator * self._regular.denominator)
            return (self._regular,), extra, periods, days
        if terms.odd_days_interest == "simple-then-compound":
            return (Part(numerator, denominator, style=Style.SPLIT, whole=whole),), None, periods, days
        if terms.odd_days_interest == "compound":
            return (Part(periods, self.per_year, style=Style.POWER),), None, periods, days
        if events and terms.day_count != PERIODIC:
            parts, _ = self._parts(terms.start, ends, events, is_last=False)
            return parts, None, periods, days
        if terms.day_count != PERIODIC and terms.first_period_days is None:
            span = count_days(terms.day_count, terms.start, ends, self._coupon_before(ends))
            return (Part(Decimal(span.numerator), Decimal(span.denominator)),), None, periods, span.days
        total = numerator * self._regular.denominator + whole * denominator * self._regular.numerator
        return (Part(total, denominator * self._regular.denominator),), None, periods, days

    def _coupon_before(self, ends: date) -> Coupon:
        return Coupon(self._frequency.after(ends, -1), ends, int(self.per_year) or 1)

    def _split(self, ends: date) -> tuple[int, Span, int]:
        """Whole regular periods counted back from the first due date, the odd days before them, and all days."""
        terms = self._terms
        name = terms.odd_days_count if terms.day_count == PERIODIC else terms.day_count
        if terms.first_period_days is not None:
            year = count_days(name, terms.start, terms.start + timedelta(days=1)).denominator
            periods, odd = divmod(terms.first_period_days * self.per_year, year)
            return int(periods), Span(0, int(odd), int(year * self.per_year)), terms.first_period_days
        whole, at = 0, ends
        while (earlier := self._frequency.after(ends, -(whole + 1))) >= terms.start:
            whole, at = whole + 1, earlier
        odd_span = count_days(
            name, terms.start, at, Coupon(self._frequency.after(at, -1), at, int(self.per_year))
        )
        days = count_days(name, terms.start, ends, self._coupon_before(ends)).days
        return whole, odd_span, days


def _is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1
