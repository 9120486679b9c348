"""The bank's JSON: orders as it wants them, answers as we understand them. Nothing is guessed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Final

from models.errors import LeaseflowError
from models.money import Money
from models.payments.banking import BankAnswer, BankOrder, BankSaid, Direction, Heard, StatementLine

_TYPES: Final = {Direction.PAY_OUT: "PAYMENT", Direction.COLLECTION: "COLLECTION"}
_SAID: Final = {
    "ACCEPTED": BankSaid.TAKEN,
    "SETTLED": BankSaid.SETTLED,
    "REJECTED": BankSaid.REJECTED,
    "CANCELLED": BankSaid.CANCELLED,
    "RETURNED": BankSaid.RETURNED,
}
UNKNOWN_REFERENCE: Final = "UNKNOWN_REFERENCE"


class UnreadableAnswerError(Exception):
    """The answer is signed, perhaps, but says nothing that can be used; the text says why."""


def order_body(order: BankOrder) -> bytes:
    """An order as the bank reads it."""
    said = {
        "reference": order.reference,
        "type": _TYPES[order.direction],
        "account": {"number": order.own_account.number, "name": order.own_account.name},
        "counterparty": {
            "number": order.counterparty.number,
            "name": order.counterparty.name,
            "bank": order.counterparty.bank,
        },
        "amount": {"value": str(order.amount), "currency": order.amount.currency},
        "execution_date": order.execution_date.isoformat(),
        "purpose": order.purpose,
        "mandate": order.mandate,
    }
    return json.dumps(said, ensure_ascii=False).encode()


def read_object(body: bytes) -> dict[str, Any]:
    """A JSON object.

    Raises:
        UnreadableAnswerError: it is something else.
    """
    try:
        said = json.loads(body)
    except ValueError as error:
        raise UnreadableAnswerError(f"the answer is no JSON: {error}") from None
    if not isinstance(said, dict):
        raise UnreadableAnswerError("the answer is no JSON object")
    return said


def read_answer(said: dict[str, Any], heard: Heard, *, about: str | None = None) -> BankAnswer:
    """What an answer about an order says.

    The amount is the one that the bank names, also where it is not the one that was ordered: whether that
    is a contradiction is not decided here.

    Args:
        said: the answer.
        heard: where it came from.
        about: the reference that was asked for; None takes any.

    Raises:
        UnreadableAnswerError: it is about another order, or a field cannot be understood.
    """
    reference = said.get("reference")
    if not isinstance(reference, str) or (about is not None and reference != about):
        raise UnreadableAnswerError(f"the answer is about {reference!r}, not about {about!r}")
    status = said.get("status")
    if status not in _SAID:
        raise UnreadableAnswerError(f"status {status!r} is none of {', '.join(_SAID)}")
    amount = _money(said, "amount")
    if amount is None and _SAID[status] in (BankSaid.SETTLED, BankSaid.RETURNED):
        raise UnreadableAnswerError(f"status {status} without an amount")
    return BankAnswer(
        said=_SAID[status],
        heard=heard,
        bank_reference=_text(said, "bank_reference"),
        amount=amount,
        fee=_money(said, "fee"),
        value_date=_day(said, "value_date") if said.get("value_date") else None,
        code=_text(said, "code"),
        reason=_text(said, "reason"),
    )


def read_line(account: str, currency: str, said: object) -> StatementLine:
    """One entry of an account.

    Raises:
        UnreadableAnswerError: a field cannot be understood.
    """
    if not isinstance(said, dict):
        raise UnreadableAnswerError(f"entry {said!r} is no JSON object")
    return StatementLine(
        account=account,
        amount=money(said.get("amount"), currency),
        booking_date=_day(said, "booking_date"),
        value_date=_day(said, "value_date"),
        reference=_text(said, "reference"),
        bank_reference=_text(said, "bank_reference"),
        text=_text(said, "text"),
    )


def money(value: object, currency: object) -> Money:
    """An amount that is written as a decimal string.

    Raises:
        UnreadableAnswerError: it is a JSON number, no number, or of a currency that we keep no books in.
    """
    if not isinstance(value, str) or not isinstance(currency, str):
        raise UnreadableAnswerError(f"amount {value!r} {currency!r} is not written as text")
    try:
        return Money.of(value, currency)
    except LeaseflowError as error:
        raise UnreadableAnswerError(error.message) from None


def _money(said: dict[str, Any], name: str) -> Money | None:
    found = said.get(name)
    if found is None:
        return None
    if not isinstance(found, dict):
        raise UnreadableAnswerError(f"{name} {found!r} is no JSON object")
    return money(found.get("value"), found.get("currency"))


def _day(said: dict[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(said[name])
    except (KeyError, TypeError, ValueError):
        raise UnreadableAnswerError(f"{name} {said.get(name)!r} is no date") from None


def _text(said: dict[str, Any], name: str) -> str:
    found = said.get(name, "")
    if not isinstance(found, str):
        raise UnreadableAnswerError(f"{name} {found!r} is no text")
    return found
