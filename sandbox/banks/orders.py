"""What the played banks are asked to do, and the rules by which they judge it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from operator import attrgetter
from typing import Final

DIGITS: Final = {"CNY": 2, "USD": 2, "EUR": 2, "HKD": 2, "JPY": 0}
"""Decimal places of the currencies that the banks keep accounts in."""

PAY_OUT: Final = "pay-out"
COLLECTION: Final = "collection"
KINDS: Final = (PAY_OUT, COLLECTION)


class Status(StrEnum):
    """How far an order has come."""

    ACCEPTED = "ACCEPTED"
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"
    RETURNED = "RETURNED"


@dataclass(frozen=True, slots=True)
class Order:
    """One instruction, whichever way it came."""

    reference: str
    kind: str
    account: str
    account_name: str
    counterparty: str
    counterparty_name: str
    counterparty_bank: str
    minor: int
    currency: str
    execution_date: str
    purpose: str = ""
    mandate: str = ""

    def digest(self) -> str:
        """Equal for equal instructions."""
        return hashlib.sha256(repr(_ALL_FIELDS(self)).encode()).hexdigest()


_ALL_FIELDS: Final = attrgetter(*(field.name for field in fields(Order)))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order is not executed: a code of ISO 20022's external code list, and words."""

    code: str
    reason: str


STUCK: Final = "99905"
"""Accounts of this ending: the order stays accepted until the admin settles it."""
COMES_BACK: Final = "99904"
"""Accounts of this ending: booked, and returned a little later."""

_BY_ENDING: Final = {
    "99901": Refusal("AC04", "the account is closed"),
    "99902": Refusal("AM04", "insufficient funds"),
    "99903": Refusal("BE01", "the name does not belong to the account"),
    "99906": Refusal("AC06", "the account is blocked"),
    "99907": Refusal("MD01", "there is no such mandate"),
}
_COLLECTIONS_ONLY: Final = ("99902", "99907")


def refusal_by_account(order: Order) -> Refusal | None:
    """What the ending of the counterparty's account number makes of an order.

    Five digits, so that arbitrary account numbers hit one of them about once in 20,000 items.
    """
    ending = order.counterparty[-5:]
    if ending in _COLLECTIONS_ONLY and order.kind != COLLECTION:
        return None
    return _BY_ENDING.get(ending)


def defect(order: Order) -> str:
    """What is missing or impossible in an instruction; empty when it can be judged."""
    if order.kind not in KINDS:
        return f"kind {order.kind!r} is none of {', '.join(KINDS)}"
    if order.minor <= 0:
        return "the amount must be greater than zero"
    missing = [name for name in ("reference", "account", "counterparty") if not getattr(order, name)]
    return f"{missing[0]} is missing" if missing else ""


def minor_units(amount: str, currency: str) -> int:
    """Whole minor units of an amount that is written in major units.

    Raises:
        ValueError: an unknown currency, no number, or too many decimals.
    """
    if currency not in DIGITS:
        raise ValueError(f"currency {currency!r} is not known here")
    try:
        scaled = Decimal(amount).scaleb(DIGITS[currency])
    except InvalidOperation:
        raise ValueError(f"amount {amount!r} is not a number") from None
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"amount {amount} has more decimals than {currency} knows")
    return int(scaled)


def written(minor: int, currency: str) -> str:
    """An amount in major units, as messages carry it."""
    digits = DIGITS[currency]
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}"
