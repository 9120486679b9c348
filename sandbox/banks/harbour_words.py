"""The HTTP bank's JSON: orders as it reads them, answers as it writes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from sandbox.banks.orders import COLLECTION, PAY_OUT, Order, Status, minor_units, written

if TYPE_CHECKING:
    from sandbox.banks.books import Kept

WORDS: Final = {
    "AC04": "ACCOUNT_CLOSED",
    "AC06": "ACCOUNT_BLOCKED",
    "AC01": "RETURNED_BY_RECEIVER",
    "AM04": "INSUFFICIENT_FUNDS",
    "BE01": "NAME_MISMATCH",
    "MD01": "NO_MANDATE",
    "MS03": "REFUSED",
    "FF05": "INVALID_ORDER",
}
"""This bank's own reason codes for those of ISO 20022."""

_TYPES: Final = {"PAYMENT": PAY_OUT, "COLLECTION": COLLECTION}


def order_of(body: bytes) -> Order:
    """Read an order.

    Raises:
        ValueError: it cannot be read; the message names the field.
    """
    try:
        said = json.loads(body)
        counterparty, amount = said["counterparty"], said["amount"]
        return Order(
            reference=str(said["reference"]),
            kind=_TYPES[said["type"]],
            account=str(said["account"]["number"]),
            account_name=str(said["account"]["name"]),
            counterparty=str(counterparty["number"]),
            counterparty_name=str(counterparty["name"]),
            counterparty_bank=str(counterparty.get("bank", "")),
            minor=minor_units(str(amount["value"]), str(amount["currency"])),
            currency=str(amount["currency"]),
            execution_date=str(said["execution_date"]),
            purpose=str(said.get("purpose", "")),
            mandate=str(said.get("mandate", "")),
        )
    except KeyError as error:
        raise ValueError(f"field {error.args[0]!r} is missing or not known") from None
    except (TypeError, AttributeError, UnicodeDecodeError):
        raise ValueError("the order is no JSON object of the expected form") from None


def answer_of(kept: Kept) -> dict[str, Any]:
    """What the bank says about an order."""
    order = kept.order
    return {
        "reference": order.reference,
        "bank_reference": kept.bank_reference,
        "status": kept.status,
        "amount": {"value": written(order.minor, order.currency), "currency": order.currency},
        "fee": {"value": written(kept.fee, order.currency), "currency": order.currency},
        "value_date": kept.value_date or None,
        "code": WORDS.get(kept.code, kept.code),
        "reason": kept.reason,
    }


def unheard_of(reference: str) -> dict[str, Any]:
    """What the bank says about an order that it does not know."""
    return {"reference": reference, "code": "UNKNOWN_REFERENCE", "reason": f"no order {reference}"}


FINAL: Final = (Status.SETTLED, Status.REJECTED, Status.CANCELLED, Status.RETURNED)
