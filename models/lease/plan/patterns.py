"""What each rent pays before any amount is known: the method, then grace, steps and the pattern's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from models.lease.plan.fields import is_share, portion_of, rows_named
from models.lease.plan.term_parts import PatternRule
from models.lease.plan.terms import Method, PlanTerms

_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Pay:
    """A rent is ``weight`` times the unknown, plus ``fixed``; or the interest, plus principal."""

    weight: Decimal = _ZERO
    fixed: Decimal = _ZERO
    is_rent: bool = True
    """Covers interest first; what is short is added to the debt."""
    principal: Decimal | None = None
    """Interest, and so much principal (``share`` times the equal part as well)."""
    share: Decimal = _ZERO
    prepay: Decimal = _ZERO
    """Paid beside, and not foreseen when the unknown is solved for."""
    carries: bool = False
    """Nothing is paid, and interest waits without bearing interest."""

    @property
    def is_unknown(self) -> bool:
        """Moves with what is levelled."""
        return bool(self.weight or self.share)

    @property
    def parts(self) -> Decimal:
        """How many of the equal rents, or of the equal parts of principal, it takes."""
        return self.weight if self.principal is None else self.share


RENT: Final = Pay(weight=Decimal(1))
PART: Final = Pay(principal=_ZERO, share=Decimal(1))
INTEREST: Final = Pay(principal=_ZERO)
NOTHING: Final = Pay()
CARRY: Final = Pay(carries=True, is_rent=False)


def payments_of(terms: PlanTerms, dates: Sequence[date]) -> list[Pay]:
    """One for each rent, in order."""
    usual = {Method.ANNUITY: RENT, Method.INTEREST_ONLY: INTEREST}.get(terms.method, PART)
    pays = [usual] * len(dates)
    if terms.principal_every > 1:
        pays = [
            pay if number % terms.principal_every == 0 or number == len(dates) else INTEREST
            for number, pay in enumerate(pays, start=1)
        ]
    if terms.steps is not None:
        most = terms.steps.times or len(dates)
        pays = [
            _stepped(pay, min(at // terms.steps.every, most), terms.steps.by) for at, pay in enumerate(pays)
        ]
    if terms.grace is not None:
        in_grace = {"capitalised": NOTHING, "carried": CARRY}.get(terms.grace.kind, INTEREST)
        pays[: terms.grace.periods] = [in_grace] * min(terms.grace.periods, len(pays))
    for rule in terms.pattern:
        rows = rows_named(rule.rows or "each", len(dates))
        for at, due in enumerate(dates):
            if at + 1 in rows and (not rule.months or due.month in rule.months):
                pays[at] = _ruled(pays[at], rule)
    return pays


def _stepped(pay: Pay, step: int, by: str) -> Pay:
    if not step or not pay.is_unknown:
        return pay
    if is_share(by):
        factor = (1 + portion_of(by, Decimal(1))) ** step
        return replace(pay, weight=pay.weight * factor, share=pay.share * factor)
    more = portion_of(by, Decimal(1)) * step
    if pay.principal is not None:
        return replace(pay, principal=pay.principal + more)
    return replace(pay, fixed=pay.fixed + more)


def _ruled(pay: Pay, rule: PatternRule) -> Pay:
    if rule.prepay is not None:
        return replace(pay, prepay=pay.prepay + rule.prepay)
    if rule.extra is not None and pay.principal is not None:
        return replace(pay, principal=pay.principal + rule.extra)
    if rule.extra is not None:
        return replace(pay, fixed=pay.fixed + rule.extra)
    return _instead(pay, rule)


def _instead(pay: Pay, rule: PatternRule) -> Pay:
    """What a rule puts in the place of the method's rent."""
    if rule.weight is not None:
        return (
            replace(RENT, weight=rule.weight) if pay.principal is None else replace(PART, share=rule.weight)
        )
    if rule.amount is not None:
        return Pay(fixed=rule.amount)
    if rule.principal is not None:
        return Pay(principal=rule.principal)
    return {"interest": INTEREST, "carry": CARRY}.get(rule.pay or "", NOTHING)
