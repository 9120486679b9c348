"""Options that receipts share, and how people write what money is for."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from models.calendar import business_date
from models.errors import InvalidInputError
from models.money import Money
from models.payments.messages import ReceiptPart

ReceiptId = Annotated[str, typer.Argument(metavar="RECEIPT", help="As shown by receipts list.")]
Number = Annotated[
    str, typer.Option("--number", help="Cheque number, trace number, trade number or bank reference.")
]
Purpose = Annotated[
    list[str] | None,
    typer.Option("--for", metavar="PRODUCT:REFERENCE[=YUAN]", help="What it is for; may be repeated."),
]
Yuan = Annotated[str, typer.Argument(metavar="YUAN", help="Like 1234.50.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


def parts_for(purposes: list[str] | None, amount: Money) -> tuple[ReceiptPart, ...]:
    """What an amount is for: one purpose takes all of it, several say how much each.

    Raises:
        InvalidInputError: a purpose is not written as PRODUCT:REFERENCE[=YUAN].
    """
    if not purposes:
        return (ReceiptPart(amount),)
    return tuple(_part(purpose, amount, alone=len(purposes) == 1) for purpose in purposes)


def _part(purpose: str, amount: Money, *, alone: bool) -> ReceiptPart:
    product, colon, rest = purpose.partition(":")
    reference, equals, share = rest.partition("=")
    if not (colon and product and reference) or not (equals or alone):
        raise InvalidInputError(
            f"--for {purpose!r} does not say what it is for",
            remedy="Write rent:L2026-0001, or with several of them rent:L2026-0001=800.00",
        )
    return ReceiptPart(Money.of(share) if equals else amount, product, reference)


def new_id(prefix: str) -> str:
    """An id for a receipt or payment that nobody gave one."""
    return f"{prefix}-{business_date(datetime.now(UTC)):%Y%m%d}-{uuid.uuid4().hex[:8].upper()}"


def as_date(given: datetime | None) -> date | None:
    return given.date() if given else None
