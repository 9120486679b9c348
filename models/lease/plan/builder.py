"""One plan on its way: find the unknown, run down the lines, add what is paid beside the rents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Final

from models.errors import InvalidInputError
from models.lease.plan import flat
from models.lease.plan.amounts import amounts_of, smallest
from models.lease.plan.due_dates import nominal_dates
from models.lease.plan.extras import with_extras
from models.lease.plan.growth import Growth, as_quoted, yearly
from models.lease.plan.lines import Line, TimeLine
from models.lease.plan.parts import Event
from models.lease.plan.plan import Plan
from models.lease.plan.rounding import Rest, rounded
from models.lease.plan.running import Course, Run, Step
from models.lease.plan.solving import closing, first_rent, refuse_below_zero, root, straight
from models.lease.plan.terms import Method, PlanTerms, Unknown

_ZERO: Final = Decimal(0)
_GUESS: Final = Decimal("0.08")
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
        self._drawn: dict[tuple[Event, ...], tuple[Line, ...]] = {}

    @cached_property
    def _events(self) -> tuple[Event, ...]:
        terms, dates = self._terms, []
        if terms.drawdowns or terms.rate_changes:
            dates = [terms.start, *nominal_dates(terms, self._time.rows, with_end=False)]
        events = [Event(_day(each.on, each.after, dates), draw=each.amount) for each in terms.drawdowns]
        events += [Event(_day(each.on, each.after, dates), rate=each.rate) for each in terms.rate_changes]
        for event in events:
            if not terms.start <= event.on < dates[-1]:
                raise InvalidInputError(
                    f"a drawdown or rate change on {event.on} lies outside the plan",
                    remedy=f"It runs from {terms.start} to before {dates[-1]}",
                )
        return tuple(sorted(events, key=lambda event: event.on))

    def _lines(self, events: tuple[Event, ...]) -> tuple[Line, ...]:
        amounts, unknown = self._amounts, self._unknown
        lines = self._drawn.get(events)
        if lines is None:
            with_residual = bool(amounts.residual) or unknown is Unknown.RESIDUAL
            lines = self._drawn[events] = self._time.lines(events, with_residual=with_residual)
        return self._with_ends(lines, amounts.balloon, amounts.residual)

    def _with_ends(self, lines: tuple[Line, ...], balloon: Decimal, residual: Decimal) -> tuple[Line, ...]:
        if not balloon and not residual:
            return lines
        made = list(lines)
        at = self._last - 1
        pay = made[at].pay
        if balloon and pay.principal is None:
            made[at] = replace(made[at], pay=replace(pay, fixed=pay.fixed + balloon))
        elif balloon:
            made[at] = replace(made[at], pay=replace(pay, principal=(pay.principal or _ZERO) + balloon))
        if residual:
            made[-1] = replace(made[-1], pay=replace(made[-1].pay, fixed=residual))
        return tuple(made)

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
        if terms.rounding.rest == "first":
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
            until = _line_of(lines, later[0].on) if later else len(lines)
            chosen = list(lines[at:until])
            if first and at == 0:
                pay = chosen[0].pay
                chosen[0] = replace(chosen[0], pay=replace(pay, fixed=pay.fixed + first))
            run.down(chosen, level, last=last, events=known)
            if not later:
                return run, solved
            known, at = self._events[: len(known) + 1], until
            lines = self._lines(known)

    def _course(self, growth: Growth) -> Course:
        terms = self._terms
        given = terms.method is Method.ANNUITY and self._unknown not in {Unknown.RENT, Unknown.NOTHING}
        rest: Rest = terms.rounding.rest or ("interest" if given else "last")
        return Course(
            growth=growth,
            rounding=terms.rounding,
            rest="last" if rest == "first" else rest,
            stops_when_paid=self._unknown is Unknown.NOTHING or self._may_end_sooner,
            never_over=self._unknown is Unknown.RENT and not terms.drawdowns and bool(terms.rounding.rent),
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
        return _last_rent(trial) - level - self._amounts.balloon

    def _first_absorbs(self, growth: Growth, run: Run, level: Decimal) -> Run:
        """Move the first rent by cents until the last one is like the others."""
        first = _ZERO
        period = 1 + growth.period()
        for _ in range(5):
            apart = _last_rent(run) - level - self._amounts.balloon
            more = round(apart / period ** (self._last - 1), 2)
            if not more:
                break
            first += more
            run, _ = self._run(growth, first)
        return run


def _day(on: date | None, after: int | None, dates: list[date]) -> date:
    if on is not None:
        return on
    if after is None or after >= len(dates):
        raise InvalidInputError(
            f"after {after} lies beyond the last row",
            remedy=f"There are {len(dates) - 1} rows; name one before the last",
        )
    return dates[after]


def _line_of(lines: tuple[Line, ...], day: date) -> int:
    """The first line whose period reaches beyond a day."""
    return next((at for at, line in enumerate(lines) if line.accrues_to > day), len(lines))


def _last_rent(run: Run) -> Decimal:
    return next(step.rent for step in reversed(run.steps) if step.kind == "rent")
