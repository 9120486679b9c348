"""The amounts of terms in yuan: what is financed, paid down, left at the end, charged."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from models.errors import InvalidInputError
from models.lease.plan.fields import is_share, portion_of, rows_named
from models.lease.plan.rounding import rounded
from models.lease.plan.term_parts import Charge
from models.lease.plan.terms import Method, PlanTerms, Unknown
from models.money import digits_of

_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Amounts:
    """None is what is solved for."""

    financed: Decimal | None
    down_payment: Decimal
    balloon: Decimal
    residual: Decimal
    base: Decimal
    """What shares are taken of: the price, or the amount."""
    fees_charged: Decimal = _ZERO
    """Of what is financed: fees, which are a cost of credit."""
    fees_kept: Decimal = _ZERO
    """Of what is financed: fees that the lessor does not pass on, and so does not pay out."""


def amounts_of(terms: PlanTerms, unknown: Unknown) -> Amounts:
    """Shares become amounts.

    Raises:
        InvalidInputError: price and amount contradict, or a share has nothing to be a share of.
    """
    price = terms.price
    if price is not None and terms.amount is not None:
        raise InvalidInputError(
            "price and amount are both given", remedy="Give price and down_payment, or the financed amount"
        )
    base = price if price is not None else terms.amount
    for field in ("down_payment", "balloon", "residual"):
        if base is None and is_share(getattr(terms, field)):
            raise InvalidInputError(
                f"{field} {getattr(terms, field)} is a share of a price that is not given",
                remedy="Write it as an amount, or give the price",
            )
    base = base if base is not None else _ZERO
    if price is None and terms.amount is not None and portion_of(terms.down_payment, base):
        raise InvalidInputError(
            "down_payment is given without a price", remedy="Give the price; the amount is what is financed"
        )
    unit = smallest(terms)
    base = rounded(base, unit)
    down = rounded(portion_of(terms.down_payment, base), unit)
    fees = [(rounded(_financed_fee(fee, base - down, base), unit), fee) for fee in terms.fees if fee.financed]
    financed = None
    if unknown is not Unknown.AMOUNT:
        financed = base - down + sum((amount for amount, _ in fees), _ZERO)
    elif fees:
        raise InvalidInputError(
            "the amount cannot be solved for where fees are financed",
            remedy="Leave out the fees; the amount found holds them",
        )
    if financed is not None and financed <= 0:
        raise InvalidInputError(
            f"nothing is financed: {financed}", remedy="Give an amount, or a price above the down payment"
        )
    return Amounts(
        financed=financed,
        down_payment=down,
        balloon=_ZERO if unknown is Unknown.BALLOON else rounded(portion_of(terms.balloon, base), unit),
        residual=_ZERO if unknown is Unknown.RESIDUAL else rounded(portion_of(terms.residual, base), unit),
        base=base,
        fees_charged=sum((amount for amount, fee in fees if fee.in_apr), _ZERO),
        fees_kept=sum((amount for amount, fee in fees if not fee.passed_on), _ZERO),
    )


def smallest(terms: PlanTerms) -> Decimal:
    """The unit that amounts are rounded to: the currency's, or none where the terms leave amounts exact.

    Raises:
        InvalidInputError: the currency is not known.
    """
    digits = digits_of(terms.currency)
    return Decimal(1).scaleb(-digits) if terms.rounding.interest else _ZERO


def in_whole_units(terms: PlanTerms) -> PlanTerms:
    """Terms whose rounding is no finer than their currency: there are no hundredths of a yen."""
    unit = smallest(terms)
    rounding = terms.rounding
    if not unit or (unit <= rounding.rent and unit <= rounding.interest) or not rounding.rent:
        return terms
    coarser = {"rent": max(rounding.rent, unit), "interest": max(rounding.interest, unit)}
    return terms.model_copy(update={"rounding": rounding.model_copy(update=coarser)})


def _financed_fee(fee: Charge, financed: Decimal, price: Decimal) -> Decimal:
    return portion_of(fee.amount, price if fee.of == "price" else financed)


def unknown_of(terms: PlanTerms) -> Unknown:
    """What is left out, or asked for.

    Raises:
        InvalidInputError: too much is left out, or what is asked for is given.
    """
    has_amount = terms.amount is not None or terms.price is not None
    missing = [
        unknown
        for unknown, there in (
            (Unknown.AMOUNT, has_amount),
            (Unknown.RATE, terms.rate is not None),
            (Unknown.INSTALMENTS, terms.instalments is not None),
            (Unknown.RENT, terms.rent is not None),
        )
        if not there
    ]
    levelled = terms.method is Method.ANNUITY and not _all_given(terms)
    said = _all_given(terms) if Unknown.RATE in missing else not levelled
    if said and Unknown.RENT in missing:
        missing.remove(Unknown.RENT)
        missing = missing or [Unknown.RENT]
    if terms.solve in {Unknown.RESIDUAL, Unknown.BALLOON}:
        return _only(missing, terms.solve)
    if len(missing) > 1:
        raise InvalidInputError(
            f"{' and '.join(missing)} are left out",
            remedy="Give all but one of amount (or price), rate, instalments and rent",
        )
    found = missing[0] if missing else Unknown.NOTHING
    if terms.solve not in {None, found}:
        raise InvalidInputError(
            f"solve {terms.solve} but {found} is what is left out", remedy="Leave out solve"
        )
    return found


def _all_given(terms: PlanTerms) -> bool:
    """Every rent is said by the pattern: none is left to be levelled."""
    rows = terms.instalments or 0
    given: set[int] = set()
    for rule in terms.pattern:
        if rule.weight is not None:
            given -= rows_named(rule.rows or "each", rows)
        elif rule.extra is None and rule.prepay is None and not rule.months:
            given |= rows_named(rule.rows, rows)
    return bool(rows) and given >= set(range(1, rows + 1))


def _only(missing: list[Unknown], unknown: Unknown) -> Unknown:
    if missing:
        raise InvalidInputError(
            f"{' and '.join(missing)} left out, though {unknown} is to be solved for",
            remedy="Give amount (or price), rate, instalments and rent",
        )
    return unknown
