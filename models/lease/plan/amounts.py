"""The amounts of terms in yuan: what is financed, paid down, left at the end, charged."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from models.errors import InvalidInputError
from models.lease.plan.fields import is_share, portion_of
from models.lease.plan.terms import Charge, PlanTerms, Unknown

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
    down = portion_of(terms.down_payment, base)
    financed = None
    if unknown is not Unknown.AMOUNT:
        financed = base - down
        financed += sum((_financed_fee(fee, financed, base) for fee in terms.fees if fee.financed), _ZERO)
    if financed is not None and financed <= 0:
        raise InvalidInputError(
            f"nothing is financed: {financed}", remedy="Give an amount, or a price above the down payment"
        )
    return Amounts(
        financed=financed,
        down_payment=down,
        balloon=_ZERO if unknown is Unknown.BALLOON else portion_of(terms.balloon, base),
        residual=_ZERO if unknown is Unknown.RESIDUAL else portion_of(terms.residual, base),
        base=base,
    )


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
    levelled = terms.method.value == "annuity"
    if not levelled and Unknown.RENT in missing:
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


def _only(missing: list[Unknown], unknown: Unknown) -> Unknown:
    if missing:
        raise InvalidInputError(
            f"{' and '.join(missing)} left out, though {unknown} is to be solved for",
            remedy="Give amount (or price), rate, instalments and rent",
        )
    return unknown
