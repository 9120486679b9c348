"""From terms to a plan: by the method, and by what is left out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

from models.errors import InvalidInputError
from models.lease.plan import flat
from models.lease.plan.amounts import amounts_of, in_whole_units, unknown_of
from models.lease.plan.builder import Builder
from models.lease.plan.growth import Growth
from models.lease.plan.plan import Plan
from models.lease.plan.solving import within_reach
from models.lease.plan.terms import MOST_INSTALMENTS, Method, PlanTerms, Unknown

_ZERO: Final = Decimal(0)


def build_plan(terms: PlanTerms) -> Plan:
    """Compute a plan.

    Raises:
        InvalidInputError: the terms contradict themselves, leave out too much, or cannot be met at any rate.
    """
    with within_reach():
        unknown = unknown_of(terms)
        terms = in_whole_units(terms)
        if terms.method is Method.FLAT:
            return flat.build(terms, unknown)
        if terms.method is not Method.ANNUITY and unknown in {Unknown.INSTALMENTS, Unknown.NOTHING}:
            raise InvalidInputError(
                f"the rents of method {terms.method} follow from amount, rate and instalments",
                remedy="Give instalments, and leave out rent (or the rate, or the amount, to solve for it)",
            )
        if unknown is Unknown.INSTALMENTS:
            return _with_instalments(terms)
        return Builder(terms, unknown).plan()


def _with_instalments(terms: PlanTerms) -> Plan:
    """The fewest instalments with which given rents repay the debt; the last one is what is left."""
    fewest, most = 1, MOST_INSTALMENTS
    if _left_after(terms, most) > 0:
        raise InvalidInputError(
            f"rent {terms.rent} never repays the debt",
            remedy=f"It must exceed the interest; {most} rents at most",
        )
    while fewest < most:
        middle = (fewest + most) // 2
        if _left_after(terms, middle) <= 0:
            most = middle
        else:
            fewest = middle + 1
    plan = Builder(terms.model_copy(update={"instalments": fewest}), Unknown.NOTHING).plan()
    before, after = (
        _left_after(terms, fewest - 1) if fewest > 1 else plan.financed.amount,
        _left_after(terms, fewest),
    )
    return replace(plan, unknown=Unknown.INSTALMENTS, solved=_broken(terms, plan, fewest, before, after))


def _broken(terms: PlanTerms, plan: Plan, fewest: int, before: Decimal, after: Decimal) -> Decimal:
    """The number of periods as a calculator's NPER gives it: by logarithms where all periods are alike."""
    growth = Growth(terms, plan.rate, plan.periods_per_year)
    period, rent = growth.period(), terms.rent or _ZERO
    alike = not (terms.pattern or terms.steps or terms.grace or terms.drawdowns or terms.rate_changes)
    if not alike or terms.in_advance > 1:
        return fewest - 1 + before / (before - after)
    end = amounts_of(terms, Unknown.INSTALMENTS)
    left = end.residual or end.balloon
    if not period:
        return (plan.financed.amount - left) / rent
    due = rent * (1 + period) if terms.in_advance else rent
    return ((due - left * period) / (due - plan.financed.amount * period)).ln() / (1 + period).ln()


def _left_after(terms: PlanTerms, instalments: int) -> Decimal:
    return Builder(terms.model_copy(update={"instalments": instalments}), Unknown.NOTHING).left()
