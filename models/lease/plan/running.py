"""Running down the lines with rounded amounts: who pays what of interest and principal, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from models.lease.plan.growth import Growth
from models.lease.plan.lines import Line
from models.lease.plan.parts import Event
from models.lease.plan.rounding import Rest, Rounding

_ZERO: Final = Decimal(0)


@dataclass(slots=True)
class Step:
    """A row in plain decimals. Nobody changes it; see `Line`."""

    number: int
    due: date
    position: Decimal
    kind: str
    rent: Decimal
    interest: Decimal
    principal: Decimal
    balance: Decimal
    waiting: Decimal
    days: int

    @classmethod
    def of(cls, line: Line, interest: Decimal, principal: Decimal, balance: Decimal) -> Step:
        """What a line pays, where no interest waits."""
        number, due, rent = line.number, line.due, interest + principal
        return cls(
            number, due, line.position, line.kind, rent, interest, principal, balance, _ZERO, line.days
        )

    @classmethod
    def drawn(cls, event: Event, position: Decimal, balance: Decimal) -> Step:
        """A drawdown, after which the balance is what is given."""
        return cls(0, event.on, position, "drawdown", _ZERO, _ZERO, -event.draw, balance, _ZERO, 0)


@dataclass(frozen=True, slots=True)
class Course:
    """How a run is made."""

    growth: Growth
    rounding: Rounding
    rest: Rest
    stops_when_paid: bool
    """Rents are given: the debt may be paid before the last of them."""
    never_over: bool
    """Rents are rounded coarsely: none takes more than is owed."""
    upfront: bool
    """Interest of odd days is paid at the start."""
    start: date


class Run:
    """The state of a debt on its way down the lines."""

    def __init__(self, course: Course, financed: Decimal) -> None:
        self._course = course
        self.balance = financed
        self._waiting = _ZERO
        self.left = _ZERO
        """What the residual takes on the day of the last rent."""
        self.steps: list[Step] = []
        self.is_paid = False

    def down(self, lines: Sequence[Line], level: Decimal, *, last: int, events: Sequence[Event]) -> None:
        """Pay the lines at a rounded rent (or equal part); ``last`` is the number of the one that closes."""
        for line in lines:
            if self.is_paid:
                return
            if line.kind == "residual":
                self._residual(line)
                continue
            waiting, extra = self._accrue(line, events)
            self._pay(line, level, waiting, extra, closes=line.number == last)

    def _accrue(self, line: Line, events: Sequence[Event]) -> tuple[Decimal, Decimal]:
        """Interest waiting to be paid with this line, and odd days' on top of it."""
        course = self._course
        extra = _ZERO
        if line.extra_part is not None:
            extra = course.rounding.interest_of(course.growth.interest(self.balance, line.extra_part))
        if extra and course.upfront:
            self._note(0, course.start, "odd-days", Decimal(0), 0, rent=extra, interest=extra)
            extra = _ZERO
        interest, balance = self._interest(line)
        if events and balance != self.balance:
            self._draw(line, events)
        self.balance = balance
        return self._waiting + course.rounding.interest_of(interest), extra

    def _interest(self, line: Line) -> tuple[Decimal, Decimal]:
        growth, rounding = self._course.growth, self._course.rounding
        if not rounding.interest_parts:
            return growth.over(self.balance, line.parts)
        interest, balance = _ZERO, self.balance
        for part in line.parts:
            interest += rounding.interest_of(growth.interest(balance, part))
            balance += part.draw
        return interest, balance

    def _draw(self, line: Line, events: Sequence[Event]) -> None:
        for event in events:
            if event.draw and line.holds(event.on):
                self.balance += event.draw
                self._note(0, event.on, "drawdown", line.position_of(event.on), 0, principal=-event.draw)

    def _pay(self, line: Line, level: Decimal, waiting: Decimal, extra: Decimal, *, closes: bool) -> None:
        course, pay = self._course, line.pay
        owed = self.balance + waiting
        interest = waiting
        rest = course.rest
        if rest == "interest" and (pay.principal is not None or not (pay.weight or pay.fixed)):
            rest = "last"  # nothing is said of the rent, so that interest has nothing to be the rest of
        if closes and rest not in {"none", "interest"}:
            rent = owed - self.left
        elif pay.carries and not closes:
            self._waiting = waiting
            self._note(line.number, line.due, line.kind, line.position, line.days)
            return
        elif pay.principal is None:
            rent = course.rounding.rent_of(pay.weight * level + pay.fixed) + pay.prepay
        else:
            part = course.rounding.rent_of(pay.principal + pay.share * level)
            rent = waiting + part + pay.prepay
        if course.never_over and pay.is_rent and not closes:
            rent = min(rent, max(owed - self.left, _ZERO))
        if course.stops_when_paid and rent >= owed - self.left and pay.is_rent:
            rent, self.is_paid = owed - self.left, not self.left
        if closes and rest == "interest":
            interest = rent - self.balance + self.left
        self._waiting = _ZERO
        principal = rent - interest
        self.balance -= principal
        self._note(
            line.number,
            line.due,
            line.kind,
            line.position,
            line.days,
            rent=rent + extra,
            interest=interest + extra,
            principal=principal,
        )

    def leave(self, residual: Decimal) -> None:
        """Say what the last rent leaves to be taken by a residual of the same day."""
        self.left = residual

    def _residual(self, line: Line) -> None:
        """Takes what is left; what it was agreed at decides the interest of its period."""
        amount = line.pay.fixed
        interest, balance = self._course.growth.over(self.balance, line.parts)
        if line.parts and self._course.rest != "none":
            interest = amount - balance
        elif line.parts:
            interest = self._course.rounding.interest_of(interest)
        self.balance = balance + interest - amount
        self._note(
            line.number,
            line.due,
            line.kind,
            line.position,
            line.days,
            rent=amount,
            interest=interest,
            principal=amount - interest,
        )

    def _note(
        self,
        number: int,
        due: date,
        kind: str,
        position: Decimal,
        days: int,
        *,
        rent: Decimal = _ZERO,
        interest: Decimal = _ZERO,
        principal: Decimal = _ZERO,
    ) -> None:
        step = Step(number, due, position, kind, rent, interest, principal, self.balance, self._waiting, days)
        self.steps.append(step)
