"""Interest that is fixed in advance: flat (add-on) plans, and totals spread by the rule of 78."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

from models.errors import InvalidInputError
from models.lease.plan.amounts import Amounts, amounts_of, smallest
from models.lease.plan.day_counts import PERIODIC, count_days
from models.lease.plan.extras import with_extras
from models.lease.plan.flat_by_days import FlatByDays, is_by_days
from models.lease.plan.growth import Growth, as_quoted, yearly
from models.lease.plan.lines import Line, TimeLine
from models.lease.plan.plan import Plan
from models.lease.plan.rounding import rounded
from models.lease.plan.running import Step
from models.lease.plan.solving import refuse_below_zero, root
from models.lease.plan.terms import PlanTerms, Unknown

_ZERO, _HALF, _ONE, _CENT = Decimal(0), Decimal("0.5"), Decimal(1), Decimal("0.01")
_BY_RENT: Final = {"rule-of-78", "actuarial"}
_SOLVABLE: Final = {Unknown.RENT, Unknown.RATE, Unknown.AMOUNT, Unknown.NOTHING}


def build(terms: PlanTerms, unknown: Unknown) -> Plan:
    """A plan whose interest is the rate on the original amount for the whole term.

    Raises:
        InvalidInputError: something is left out that cannot be solved for, or a rule has no meaning here.
    """
    if unknown not in _SOLVABLE or terms.instalments is None:
        raise InvalidInputError(
            f"{unknown} of a flat plan cannot be solved for",
            remedy="Leave out the rent, the rate or the amount",
        )
    if (terms.drawdowns or terms.rate_changes) and unknown not in {Unknown.RENT, Unknown.NOTHING}:
        raise InvalidInputError(
            f"{unknown} of a flat plan with drawdowns or rate_changes cannot be solved for",
            remedy="Leave them out, or leave out the rent",
        )
    by_days = is_by_days(terms)
    amounts = amounts_of(terms, unknown)
    time = TimeLine(terms, terms.instalments)
    lines = time.lines((), with_residual=bool(amounts.residual))
    _refuse_rules(terms, lines)
    found = _find(terms, unknown, amounts, time, _years(terms, lines, time))
    if unknown is Unknown.RENT:
        refuse_below_zero(found.solved)
    solved = found.solved
    if by_days:
        growth = Growth(terms, found.rate, time.per_year)
        all_equal = unknown in {Unknown.RATE, Unknown.AMOUNT}
        made = FlatByDays(terms, found.amounts, time, growth, all_equal=all_equal)
        steps = made.run()
        solved = made.rent if unknown is Unknown.RENT else solved
    else:
        steps = _Flat(terms, found.amounts, lines, found.interest).steps()
    return with_extras(
        terms,
        found.amounts,
        steps,
        rate=found.rate,
        per_year=time.per_year,
        unknown=unknown,
        solved=solved,
    )


def _refuse_rules(terms: PlanTerms, lines: Sequence[Line]) -> None:
    pays = [line.pay for line in lines if line.kind == "rent"]
    if any(pay.fixed or pay.principal or pay.prepay or pay.carries for pay in pays):
        raise InvalidInputError(
            "a flat plan's rents differ by weight alone",
            remedy="Write the pattern with weight or pay interest, steps with a share, grace interest-only",
        )
    if terms.grace is not None and terms.grace.kind != "interest-only":
        raise InvalidInputError(
            f"grace {terms.grace.kind} has no meaning in a flat plan", remedy="Use interest-only"
        )
    weights = {pay.weight + pay.share for pay in pays}
    if terms.interest_split == "actuarial" and weights != {1}:
        raise InvalidInputError(
            "interest_split actuarial of a flat plan needs equal rents", remedy="Use even or rule-of-78"
        )
    if is_by_days(terms) and not weights <= {0, 1}:
        raise InvalidInputError(
            "rents of a flat plan by days are equal, or interest alone",
            remedy="Leave out the weights, or interest_split, drawdowns and rate_changes",
        )


class _Found(NamedTuple):
    amounts: Amounts
    rate: Decimal
    """A year's."""
    interest: Decimal
    """Of the whole term."""
    solved: Decimal | None


def _find(terms: PlanTerms, unknown: Unknown, amounts: Amounts, time: TimeLine, years: Decimal) -> _Found:
    left = amounts.balloon + amounts.residual
    share = _HALF if terms.flat_on == "average" else _ONE
    paid = (terms.rent or _ZERO) * time.rows + left
    rate = yearly(terms, terms.rate or _ZERO, time.per_year)
    if unknown is Unknown.AMOUNT:
        solved = (paid - left * (1 - share) * rate * years) / (1 + share * rate * years)
        amounts = replace(amounts, financed=rounded(solved, smallest(terms)))
        return _Found(amounts, rate, paid - (amounts.financed or _ZERO), solved)
    financed = amounts.financed or _ZERO
    base = financed * share + left * (1 - share)
    if unknown is Unknown.RATE:
        rate = (paid - financed) / base / years
        return _Found(amounts, rate, paid - financed, as_quoted(terms, rate, time.per_year))
    total = terms.rounding.interest_of(base * rate * years)
    rent = (financed + total - left) / time.rows
    return _Found(amounts, rate, total, rent)


def _years(terms: PlanTerms, lines: Sequence[Line], time: TimeLine) -> Decimal:
    if terms.flat_years is not None:
        return terms.flat_years
    if terms.day_count == PERIODIC:
        return time.rows / time.per_year
    span = count_days(terms.day_count, terms.start, lines[-1].accrues_to)
    return Decimal(span.numerator) / Decimal(span.denominator)


class _Flat:
    """Equal parts of principal and interest, or interest by digits or by the implicit rate."""

    def __init__(self, terms: PlanTerms, amounts: Amounts, lines: Sequence[Line], total: Decimal) -> None:
        self._terms = terms
        self._rents = [line for line in lines if line.kind == "rent"]
        self._ends = [line for line in lines if line.kind != "rent"]
        self._amounts = amounts
        self._total = total
        self._unit = _smallest(terms)
        self._financed = amounts.financed or _ZERO
        self._spread = self._financed - amounts.balloon - amounts.residual

    def steps(self) -> list[Step]:
        rounding = self._terms.rounding
        weights = [line.pay.parts for line in self._rents]
        all_weights = sum(weights, _ZERO)
        part = self._spread / all_weights if all_weights else _ZERO
        even = self._total / len(self._rents)
        given = self._terms.rent
        interests = self._interests(given if given is not None else rounding.rent_of(part + even))
        by_rent = rounding.rent > self._unit or given is not None or self._terms.interest_split in _BY_RENT
        steps, balance, left = [], self._financed, self._total
        for at, line in enumerate(self._rents):
            last = at == len(self._rents) - 1
            interest = left if last else interests[at]
            principal = rounded(part * weights[at], self._unit)
            if by_rent and given is not None and weights[at]:
                principal = rounded(given * weights[at], self._unit) - interest
            elif by_rent:
                principal = rounding.rent_of(part * weights[at] + even) - interest
            if last:
                principal = balance - self._amounts.residual
            balance -= principal
            left -= interest
            steps.append(Step.of(line, interest, principal, balance))
        return steps + [Step.of(line, _ZERO, self._amounts.residual, _ZERO) for line in self._ends]

    def _interests(self, rent: Decimal) -> list[Decimal]:
        rows, rounding = len(self._rents), self._terms.rounding
        if self._terms.interest_split == "rule-of-78":
            return digits(self._total, rows, self._unit)
        if self._terms.interest_split == "actuarial":
            return self._by_implicit_rate(rent)
        each = rounding.interest_of(self._total / rows)
        return [each] * rows

    def _by_implicit_rate(self, rent: Decimal) -> list[Decimal]:
        def left(rate: Decimal) -> Decimal:
            balance = self._financed
            for _ in self._rents:
                balance = balance * (1 + rate) - rent
            return balance - self._amounts.balloon - self._amounts.residual

        period, balance, interests = root(left, _CENT), self._financed, []
        for _ in self._rents:
            interests.append(self._terms.rounding.interest_of(balance * period))
            balance += interests[-1] - rent
        return interests


def _smallest(terms: PlanTerms) -> Decimal:
    """What interest that is fixed in advance is rounded to, even where rents are left exact."""
    return smallest(terms) or _CENT


def digits(total: Decimal, rows: int, unit: Decimal) -> list[Decimal]:
    """A total spread as the rule of 78 (sum of the digits) says: n parts first, one part last."""
    whole = rows * (rows + 1) // 2
    spread = [rounded(total * (rows - at) / whole, unit) for at in range(rows)]
    spread[-1] += total - sum(spread, _ZERO)
    return spread


def by_digits(terms: PlanTerms, steps: Sequence[Step], financed: Decimal) -> list[Step]:
    """The same rents, with their interest spread anew by the rule of 78."""
    rents = [step for step in steps if step.kind == "rent"]
    total = sum((step.interest for step in rents), _ZERO)
    spread = iter(digits(total, len(rents), _smallest(terms)))
    balance, made = financed, []
    for step in steps:
        interest = next(spread) if step.kind == "rent" else step.interest
        principal = step.principal + step.interest - interest
        balance -= principal
        made.append(replace(step, interest=interest, principal=principal, balance=balance))
    return made
