"""The time line of a plan before any amount is known: due dates, and what accrues up to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from models.lease.plan.day_counts import PERIODIC, Coupon, count_days
from models.lease.plan.due_dates import nominal_dates
from models.lease.plan.first_period import is_odd, odd_first_period
from models.lease.plan.parts import Event, Part, Style, counted, divided
from models.lease.plan.patterns import Pay, payments_of
from models.lease.plan.periods import business_days, shifted
from models.lease.plan.terms import PlanTerms

_ZERO: Final = Decimal(0)


@dataclass(slots=True)
class Line:
    """A due date to be. Nobody changes it; freezing it would cost a plan a tenth of its time."""

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

    def position_of(self, day: date) -> Decimal:
        """Where a day of its period stands, in regular periods since the start."""
        share = Decimal((day - self.accrues_from).days) / Decimal((self.accrues_to - self.accrues_from).days)
        return self.position - 1 + share

    def holds(self, day: date) -> bool:
        """Whether a day is of its period."""
        return self.accrues_from <= day < self.accrues_to


class TimeLine:
    """Makes the lines of terms. ``events`` that are not yet known are left out by the caller."""

    def __init__(self, terms: PlanTerms, instalments: int) -> None:
        self._terms = terms
        self._rows = instalments + (terms.grace.periods if terms.grace and not terms.grace.within else 0)
        self._frequency = terms.frequency
        per_year = terms.periods_per_year or self._frequency.per_year
        self.per_year = Decimal(per_year)
        self._regular = self._regular_part()
        self._shares: dict[tuple[int, int], tuple[Part, ...]] = {}
        self._holidays = frozenset(terms.business_days.holidays)
        self._is_business_day = business_days(terms.business_days.calendar, self._holidays)

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
            line = self._line(number, nominal, before, position=position, pay=pay, events=events)
            made.append(line)
            position, before = line.position, max(line.accrues_to, before)
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
        before: date,
        *,
        position: Decimal,
        pay: Pay,
        events: tuple[Event, ...],
    ) -> Line:
        terms, ends = self._terms, self._accrues_to(nominal)
        due = shifted(nominal, terms.business_days.shift, self._is_business_day)
        extra, days = None, 0
        if number == 1 and is_odd(terms, ends, self._accrues_to):
            first = odd_first_period(terms, ends, self._regular, events)
            parts, extra, days = first.parts, first.extra, first.days
            position += first.periods
            regular = divided(self._regular, before, ends, events)
        elif ends <= before:
            parts = regular = ()
        else:
            parts, days = self._parts(before, ends, events, is_last=number == self._rows)
            regular, position = divided(self._regular, before, ends, events), position + 1
        return Line(
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

    def _counted(self, numerator: int, denominator: int) -> tuple[Part, ...]:
        """One part; the same one for periods of the same length, so that its interest is known already."""
        share = (numerator, denominator)
        if share not in self._shares:
            self._shares[share] = (Part(Decimal(numerator), Decimal(denominator)),)
        return self._shares[share]

    def _parts(
        self, first: date, last: date, events: tuple[Event, ...], *, is_last: bool
    ) -> tuple[tuple[Part, ...], int]:
        """What accrues from one due date to the next."""
        if self._terms.day_count == PERIODIC:
            return divided(self._regular, first, last, events), (last - first).days
        coupon = Coupon(first, last, int(self.per_year) or 1, is_last, self._holidays)
        span = count_days(self._terms.day_count, first, last, coupon)
        if not events:
            return self._counted(span.numerator, span.denominator), span.days
        return counted(self._terms.day_count, first, last, coupon, events), span.days


def line_of(lines: Sequence[Line], day: date) -> int:
    """The first line whose period reaches beyond a day."""
    return next((at for at, line in enumerate(lines) if line.accrues_to > day), len(lines))


def with_ends(lines: tuple[Line, ...], last: int, balloon: Decimal, residual: Decimal) -> tuple[Line, ...]:
    """The lines with a balloon on the last rent, and a residual in the line after it."""
    if not balloon and not residual:
        return lines
    made = list(lines)
    pay = made[last].pay
    if balloon and pay.principal is None:
        made[last] = replace(made[last], pay=replace(pay, fixed=pay.fixed + balloon))
    elif balloon:
        made[last] = replace(made[last], pay=replace(pay, principal=(pay.principal or _ZERO) + balloon))
    if residual:
        made[-1] = replace(made[-1], pay=replace(made[-1].pay, fixed=residual))
    return tuple(made)
