"""One plan on its way: find the unknown, run down the lines, add what is paid beside the rents."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Final

from models.lease.plan import flat
from models.lease.plan.amounts import amounts_of, smallest
from models.lease.plan.events import events_of
from models.lease.plan.extras import with_extras
from models.lease.plan.growth import Growth, as_quoted, yearly
from models.lease.plan.lines import Line, TimeLine, line_of, with_ends
from models.lease.plan.parts import Event
from models.lease.plan.patterns import Pay
from models.lease.plan.plan import Plan
from models.lease.plan.rounding import Rest, rounded
from models.lease.plan.running import Course, Run, Step
from models.lease.plan.solving import closing, first_rent, refuse_below_zero, root, straight
from models.lease.plan.terms import Method, PlanTerms, Unknown

_ZERO: Final = Decimal(0)
_GUESS: Final = Decimal("0.08")
_TRIES: Final = 8
_LOWEST: Final = Decimal("-0.99")
"""Of a period."""


class Builder:
    """One plan on its way."""

    def __init__(self, terms: PlanTerms, unknown: Unknown) -> None:
        self._terms = terms
        self._unknown = unknown
        self._time = TimeLine(terms, terms.instalments or 1)
        self._amounts = amounts_of(terms, unknown)
        self._solved: Decimal | None = None
        self._last = self._time.rows
        self._all_equal = False
        """The first rent has absorbed what it can."""
        self._drawn: dict[tuple[Event, ...], tuple[Line, ...]] = {}

    @cached_property
    def _events(self) -> tuple[Event, ...]:
        return events_of(self._terms, self._time.rows)

    def _lines(self, events: tuple[Event, ...]) -> tuple[Line, ...]:
        amounts, unknown = self._amounts, self._unknown
        lines = self._drawn.get(events)
        if lines is None:
            with_residual = bool(amounts.residual) or unknown is Unknown.RESIDUAL
            lines = self._drawn[events] = self._time.lines(events, with_residual=with_residual)
        return self._with_ends(lines, amounts.balloon, amounts.residual)

    def _with_ends(self, lines: tuple[Line, ...], balloon: Decimal, residual: Decimal) -> tuple[Line, ...]:
        return with_ends(lines, self._last - 1, balloon, residual)

    # ------------------------------------------------------------ unknowns

    def left(self) -> Decimal:
        """What given rents leave owing."""
        growth = self._growth(self._yearly(self._terms.rate or _ZERO))
        return closing(self._lines(self._events), self._financed, self._terms.rent or _ZERO, growth)

    @property
    def _financed(self) -> Decimal:
        return self._amounts.financed or _ZERO

    def _yearly(self, rate: Decimal) -> Decimal:
        return yearly(self._terms, rate, self._time.per_year)

    def _growth(self, rate: Decimal) -> Growth:
        return Growth(self._terms, rate, self._time.per_year)

    def _find(self) -> tuple[Growth, Decimal]:
        """Solve for everything but the rent; gives the growth at the rate, and the rate itself."""
        terms, unknown = self._terms, self._unknown
        rate = self._yearly(terms.rate or _ZERO)
        lines = self._lines(self._events)
        if unknown is Unknown.RATE:
            rate = root(
                lambda tried: self._gap(lines, self._financed, self._growth(tried)),
                _GUESS,
                lowest=_LOWEST * self._time.per_year,
            )
            self._solved = as_quoted(terms, rate, self._time.per_year)
        growth, unit = self._growth(rate), smallest(terms)
        if unknown is Unknown.AMOUNT:
            self._solved = straight(lambda tried: self._gap(lines, tried, growth), unknown)
            self._amounts = replace(self._amounts, financed=rounded(self._solved, unit))
        elif unknown is Unknown.RESIDUAL:
            self._solved = straight(
                lambda tried: self._gap(self._with_ends(lines, _ZERO, tried), self._financed, growth), unknown
            )
            self._amounts = replace(self._amounts, residual=rounded(self._solved, unit))
        elif unknown is Unknown.BALLOON:
            self._solved = straight(
                lambda tried: self._gap(self._with_ends(lines, tried, _ZERO), self._financed, growth), unknown
            )
            self._amounts = replace(self._amounts, balloon=rounded(self._solved, unit))
        return growth, rate

    def _gap(self, lines: tuple[Line, ...], opening: Decimal, growth: Growth) -> Decimal:
        """How far the given rent is from fitting: what it leaves owing, or by how much the first differs."""
        rent = self._terms.rent or _ZERO
        if self._terms.method is Method.ANNUITY or self._terms.rent is None:
            return closing(lines, opening, rent, growth)
        return first_rent(lines, opening, self._part(lines, opening), growth) - rent

    def _part(self, lines: tuple[Line, ...], balance: Decimal) -> Decimal:
        """The equal part of principal, which does not depend on interest."""
        if not any(line.pay.is_unknown for line in lines):
            return _ZERO
        still = self._growth(_ZERO)
        return straight(lambda tried: closing(lines, balance, tried, still), "principal")

    def _level(self, lines: tuple[Line, ...], balance: Decimal, growth: Growth) -> Decimal:
        """The rent, or the equal part of principal, that repays a balance over lines."""
        if self._terms.method is not Method.ANNUITY:
            level = self._part(lines, balance)
        elif self._terms.rent is not None:
            return self._terms.rent
        elif not any(line.pay.is_unknown for line in lines):
            return _ZERO
        else:
            regular = self._terms.level == "regular"
            level = straight(lambda tried: closing(lines, balance, tried, growth, regular=regular), "rent")
        refuse_below_zero(level)
        return level

    # ------------------------------------------------------------ rows

    def plan(self) -> Plan:
        growth, rate = self._find()
        steps = self._steps(growth)
        if self._terms.interest_split == "rule-of-78":
            steps = flat.by_digits(self._terms, steps, self._financed)
        return with_extras(
            self._terms,
            self._amounts,
            steps,
            rate=rate,
            per_year=self._time.per_year,
            unknown=self._unknown,
            solved=self._solved,
        )

    def _steps(self, growth: Growth) -> list[Step]:
        run, level = self._run(growth, _ZERO)
        terms = self._terms
        if self._unknown is not Unknown.RENT or terms.method is not Method.ANNUITY or not terms.rounding.rent:
            return run.steps
        one_level = not self._events or not terms.relevel
        if terms.rounding.rest == "first" and one_level and self._last_pay.weight:
            run = self._first_absorbs(growth, run, level)
        return run.steps

    def _run(self, growth: Growth, first: Decimal) -> tuple[Run, Decimal]:
        """Run down all lines, levelling anew where something changes; ``first`` moves the first rent."""
        terms = self._terms
        run = Run(self._course(growth), self._financed)
        known = self._events if not terms.relevel else tuple(e for e in self._events if e.on <= terms.start)
        lines = self._lines(known)
        last = self._last
        if lines[-1].kind == "residual" and not lines[-1].parts:
            run.leave(self._amounts.residual)
        elif lines[-1].kind == "residual" and (self._rest == "last" or terms.method is not Method.ANNUITY):
            run.leave(self._worth_of_residual(growth))
        elif lines[-1].kind == "residual":
            last = 0  # no rent closes: the interest of the last period does
        at, solved = 0, _ZERO
        while True:
            exact = self._level(lines[at:], run.balance, growth)
            level = (
                exact  # each rent is rounded on its own, so that weights do not multiply what rounding moved
            )
            if terms.rounding.closest_last and terms.rounding.rent and self._unknown is Unknown.RENT:
                level = self._closest(lines[at:], run, terms.rounding.rent_of(exact), growth, known)
            if at == 0:
                solved = terms.rounding.rent_of(level)
                if self._solved is None and self._unknown is Unknown.RENT:
                    self._solved = exact
            later = self._events[len(known) :]
            until = line_of(lines, later[0].on) if later else len(lines)
            chosen = list(lines[at:until])
            moved = _first_unknown(lines)
            if first and at <= moved < until:
                pay = chosen[moved - at].pay
                chosen[moved - at] = replace(chosen[moved - at], pay=replace(pay, prepay=pay.prepay + first))
            run.down(chosen, level, last=last, events=known)
            if not later:
                return run, solved
            known, at = self._events[: len(known) + 1], until
            lines = self._lines(known)

    def _worth_of_residual(self, growth: Growth) -> Decimal:
        """What the last rent leaves, one period or more before the residual falls due."""
        interest, _ = growth.over(Decimal(1), self._lines(self._events)[-1].parts)
        return rounded(self._amounts.residual / (1 + interest), smallest(self._terms))

    @cached_property
    def _rest(self) -> Rest:
        terms = self._terms
        given = terms.method is Method.ANNUITY and self._unknown not in {Unknown.RENT, Unknown.NOTHING}
        rest: Rest = terms.rounding.rest or ("interest" if given else "last")
        return "last" if rest == "first" else rest

    def _course(self, growth: Growth) -> Course:
        terms = self._terms
        return Course(
            growth=growth,
            rounding=terms.rounding,
            rest="interest" if self._all_equal else self._rest,
            stops_when_paid=self._unknown is Unknown.NOTHING or self._may_end_sooner,
            never_over=self._unknown is Unknown.RENT
            and bool(terms.rounding.rent)
            and (terms.relevel or not terms.drawdowns),
            upfront=terms.odd_days == "upfront",
            start=terms.start,
        )

    @cached_property
    def _may_end_sooner(self) -> bool:
        pays = [line.pay for line in self._lines(self._events)]
        return any(pay.prepay for pay in pays) or not any(pay.is_unknown for pay in pays)

    def _closest(
        self, lines: tuple[Line, ...], run: Run, level: Decimal, growth: Growth, events: tuple[Event, ...]
    ) -> Decimal:
        """The rent moved by units until the last one, if nothing else happened, differs least."""
        unit, rents = self._terms.rounding.rent, sum(1 for line in lines if line.kind == "rent")
        apart = self._last_apart(lines, run, level, growth, events)
        while more := (apart / rents / unit).to_integral_value() * unit:
            other = self._last_apart(lines, run, level + more, growth, events)
            if abs(other) >= abs(apart):
                return level
            level, apart = level + more, other
        return level

    def _last_apart(
        self, lines: tuple[Line, ...], run: Run, level: Decimal, growth: Growth, events: tuple[Event, ...]
    ) -> Decimal:
        trial = Run(self._course(growth), run.balance)
        trial.leave(run.left)
        trial.down(lines, level, last=self._last, events=events)
        return self._apart(trial, level)

    def _first_absorbs(self, growth: Growth, run: Run, level: Decimal) -> Run:
        """Move the first rent by cents until the last one is like the others, as far as cents go."""
        unit = smallest(self._terms)
        first = found = _ZERO
        at = _first_unknown(self._lines(self._events))
        period = (1 + growth.period()) ** max(self._last - 1 - at, 0)
        least = abs(self._apart(run, level))
        for _ in range(_TRIES if unit else 0):
            apart = self._apart(run, level)
            if abs(apart) <= least:
                found, least = first, abs(apart)
            more = rounded(apart / period, unit)
            if not more:
                break
            first += more
            run, _ = self._run(growth, first)
        if unit:
            self._all_equal = True
            run, _ = self._run(growth, found)
        return run

    @property
    def _last_pay(self) -> Pay:
        return self._lines(self._events)[self._last - 1].pay

    def _apart(self, run: Run, level: Decimal) -> Decimal:
        """By how much the last rent differs from what it would be like the others."""
        rent = next(step.rent for step in reversed(run.steps) if step.kind == "rent")
        own = self._last_pay
        return rent - self._terms.rounding.rent_of(own.weight * level + own.fixed)


def _first_unknown(lines: tuple[Line, ...]) -> int:
    return next((at for at, line in enumerate(lines) if line.pay.is_unknown), 0)
