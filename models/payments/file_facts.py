"""What a bank's file says about orders of ours, item by item: the part of a file that moves states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from models.errors import InvalidInputError
from models.money import Money
from models.payments.bank_files.instructions import PaymentStatusRead, StatusReason
from models.payments.bank_files.statements import (
    BankFile,
    Direction,
    EntryStatus,
    StatementEntry,
    TransactionDetail,
)
from models.payments.banking import BankSaid

_DUPLICATE_FILE: Final = frozenset({"AM05", "DU01", "DU02", "DUPL"})
"""ISO 20022 reasons for "this message came before": its first copy stands, so nothing is rejected."""


@dataclass(frozen=True, slots=True)
class FileFact:
    """One thing that a file says about one order."""

    reference: str
    """Our end-to-end reference; or, for a whole file, our message id."""
    said: BankSaid
    """`SETTLED` for a booking; whether money coming back makes it `RETURNED` depends on the order."""
    credit: bool | None = None
    """Whether our account was credited; None for a status, which books nothing."""
    amount: Decimal | None = None
    currency: str = ""
    bank_reference: str = ""
    value_date: date | None = None
    code: str = ""
    reason: str = ""
    returns: bool = False
    """The file calls it a return or a reversal."""
    whole_file: bool = False

    @property
    def booked(self) -> str:
        """The amount as the file tells it; empty where it tells none."""
        return str(self.amount) if self.amount is not None and self.currency else ""

    @property
    def money(self) -> Money | None:
        """The amount; None where the file tells none, or one that our books cannot hold.

        A file speaks of others' money too, in any currency of the world: such a line is no reason to leave
        the rest of its file unread.
        """
        if self.amount is None or not self.currency:
            return None
        try:
            return Money.of(self.amount, self.currency)
        except InvalidInputError:
            return None


def file_facts(file: BankFile) -> Iterator[FileFact]:
    """Every statement about an order, in the order of the file.

    Only booked entries count: pending and information entries are never money.
    """
    for status in file.statuses:
        yield from _of_status(status)
    for statement in file.statements:
        for entry in statement.entries:
            if entry.status is EntryStatus.BOOKED:
                yield from _of_entry(entry)


def _of_status(status: PaymentStatusRead) -> Iterator[FileFact]:
    rejected = status.status == "RJCT"
    code, reason = _told(status.reasons)
    if status.level == "transaction" and status.original_end_to_end_id:
        yield FileFact(
            reference=status.original_end_to_end_id,
            said=BankSaid.REJECTED if rejected else BankSaid.TAKEN,
            amount=status.amount,
            currency=status.currency or "",
            bank_reference=status.bank_reference or "",
            code=code,
            reason=reason,
        )
    elif status.level == "group" and rejected and status.original_message_id and code not in _DUPLICATE_FILE:
        yield FileFact(
            reference=status.original_message_id,
            said=BankSaid.REJECTED,
            code=code,
            reason=reason,
            whole_file=True,
        )


def _of_entry(entry: StatementEntry) -> Iterator[FileFact]:
    details = entry.details or (TransactionDetail(end_to_end_id=entry.end_to_end_id),)
    for detail in details:
        reference = detail.end_to_end_id or (entry.end_to_end_id if len(details) == 1 else None)
        if reference:
            yield _booking(entry, detail, reference, alone=len(details) == 1)


def _booking(entry: StatementEntry, detail: TransactionDetail, reference: str, *, alone: bool) -> FileFact:
    direction = detail.direction or entry.direction
    return FileFact(
        reference=reference,
        said=BankSaid.SETTLED,
        credit=None if direction is None else direction is Direction.CREDIT,
        amount=detail.amount if detail.amount is not None else (entry.amount if alone else None),
        currency=detail.currency or entry.currency or "",
        bank_reference=detail.bank_reference or detail.transaction_id or entry.reference or "",
        value_date=entry.value_date or entry.booking_date,
        code=detail.return_reason or "",
        reason=detail.return_information or detail.additional_information or "",
        returns=entry.reversal or detail.return_reason is not None,
    )


def _told(reasons: tuple[StatusReason, ...]) -> tuple[str, str]:
    codes = [each.code for each in reasons if each.code]
    words = [text for each in reasons for text in each.information]
    return (codes[0] if codes else ""), "; ".join(words)
