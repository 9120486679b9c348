"""Flat interest by each period's own length, on all that has been paid out by then."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from models.errors import InvalidInputError
from models.lease.plan.amounts import Amounts
from models.lease.plan.events import events_of
from models.lease.plan.growth import Growth
from models.lease.plan.lines import Line, TimeLine, line_of
from models.lease.plan.parts import Event
from models.lease.plan.running import Step
from models.lease.plan.terms import PlanTerms

_ZERO: Final = Decimal(0)
_HALF: Final = Decimal("0.5")


def is_by_days(terms: PlanTerms) -> bool:
    """Whether interest is counted period by period; where something changes on the way, it must be.

    Raises:
        InvalidInputError: a change on the way does not go with how the interest is spread.
    """
    changes = bool(terms.drawdowns or terms.rate_changes)
    if changes and terms.interest_split not in {None, "days"}:
        raise InvalidInputError(
            f"interest_split {terms.interest_split} spreads a total that is fixed at the start",
            remedy="Leave it out where there are drawdowns or rate_changes, or write days",
        )
    if (changes or terms.interest_split == "days") and terms.flat_years is not None:
        raise InvalidInputError(
            f"flat_years {terms.flat_years} does not go with interest by days",
            remedy="Leave out flat_years, or interest_split, drawdowns and rate_changes",
        )
    by_days = changes or terms.interest_split == "days"
    if by_days and terms.in_advance:
        raise InvalidInputError(
            "rents in advance of a flat plan have no days behind them whose interest they could pay",
            remedy="Leave out advance, or interest_split, drawdowns and rate_changes",
        )
    return by_days


class FlatByDays:
    """Equal rents; they are levelled anew where more is paid out or another rate begins."""

    def __init__(
        self, terms: PlanTerms, amounts: Amounts, time: TimeLine, growth: Growth, *, all_equal: bool
    ) -> None:
        """``all_equal``: the rents are given, and the last row's interest takes the rest."""
        self._terms = terms
        self._all_equal = all_equal
        self._amounts = amounts
        self._time = time
        self._growth = growth
        self._left = amounts.balloon + amounts.residual
        self._balance = amounts.financed or _ZERO
        self.rent: Decimal | None = None
        """The first rent before rounding."""
        self._steps: list[Step] = []

    def run(self) -> list[Step]:
        """From one change to the next, to the end."""
        terms, events = self._terms, events_of(self._terms, self._time.rows)
        known = events if not terms.relevel else tuple(each for each in events if each.on <= terms.start)
        at, ends = 0, False
        while not ends:
            lines = self._time.lines(known, with_residual=bool(self._amounts.residual))
            rents = [line for line in lines if line.kind == "rent"]
            later = events[len(known) :]
            ends = not later
            until = line_of(lines, later[0].on) if later else len(rents)
            self._pay(rents, at, until, known)
            known, at = events[: len(known) + 1], until
        for line in lines:
            if line.kind != "rent":
                self._note(line, _ZERO, self._amounts.residual)
        return self._steps

    def _pay(self, rents: Sequence[Line], at: int, until: int, known: Sequence[Event]) -> None:
        """Rents from one change to the next, at a level that foresees what is known by now."""
        rounding, given = self._terms.rounding, self._terms.rent
        interests = self._interests(rents)
        paying = [place for place in range(at, len(rents)) if rents[place].pay.parts]
        ahead = sum((part.draw for line in rents[at:] for part in line.parts), _ZERO)
        due = self._balance + ahead - self._left + sum((interests[place] for place in paying), _ZERO)
        level = given if given is not None else due / max(len(paying), 1)
        if self.rent is None:
            self.rent = level
        for place in range(at, until):
            line, interest = rents[place], interests[place]
            self._draw(line, known)
            principal = _ZERO
            if place == len(rents) - 1:
                principal = self._balance - self._amounts.residual
                if self._all_equal:
                    interest = level - principal + self._amounts.balloon
            elif line.pay.parts:
                principal = rounding.rent_of(level) - interest
            self._note(line, interest, principal)

    def _interests(self, rents: Sequence[Line]) -> list[Decimal]:
        paid_out, interests = self._amounts.financed or _ZERO, []
        for line in rents:
            interest = _ZERO
            for part in line.parts:
                interest += self._growth.interest(self._bearing(paid_out), part)
                paid_out += part.draw
            interests.append(self._terms.rounding.interest_of(interest))
        return interests

    def _bearing(self, paid_out: Decimal) -> Decimal:
        """What bears interest."""
        return (paid_out + self._left) * _HALF if self._terms.flat_on == "average" else paid_out

    def _draw(self, line: Line, known: Sequence[Event]) -> None:
        for event in known:
            if event.draw and line.holds(event.on):
                self._balance += event.draw
                self._steps.append(Step.drawn(event, line.position_of(event.on), self._balance))

    def _note(self, line: Line, interest: Decimal, principal: Decimal) -> None:
        self._balance -= principal
        self._steps.append(Step.of(line, interest, principal, self._balance))
