"""Entries of an account report: ``Ntry`` of camt.052, camt.053 and camt.054."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from activities.adapters.bank_files.iso20022.branches import Branch
from activities.adapters.bank_files.iso20022.details import (
    EntryFacts,
    bank_transaction_code,
    read_charges,
    read_detail,
)
from activities.adapters.bank_files.iso20022.values import (
    is_yes,
    provided,
    read_amount,
    read_day,
    read_direction,
)
from activities.adapters.bank_files.notes import Notes
from models.payments.bank_files.flags import FlagCode
from models.payments.bank_files.statements import Direction, EntryStatus, StatementEntry, TransactionDetail

_STATUSES: Final = {
    "BOOK": EntryStatus.BOOKED,
    "PDNG": EntryStatus.PENDING,
    "INFO": EntryStatus.INFO,
    "FUTR": EntryStatus.FUTURE,
}


def read_entry(
    branch: Branch,
    *,
    account: str | None,
    currency: str | None,
    flipped_reversals: bool,
    unstated: EntryStatus,
    notes: Notes,
) -> StatementEntry | None:
    """One entry; None, with a flag, when it has no readable amount.

    Args:
        branch: the ``Ntry`` element.
        account: the statement's own account.
        currency: of the account, taken (and flagged) where the entry names none.
        flipped_reversals: the bank gives a reversal the direction of the entry that it reverses.
        unstated: what an entry without a status is: booked in a statement, unknown elsewhere.
        notes: takes remarks.
    """
    amount, own_currency = read_amount(branch.at("Amt"), notes)
    if amount is None:
        notes.add(FlagCode.MISSING_AMOUNT, "entry without an amount is left out", branch.line)
        return None
    if own_currency is None:
        notes.add(FlagCode.MISSING_CURRENCY, "entry without currency: the account's is taken", branch.line)
    reversal = is_yes(branch.get("RvslInd"))
    amount, direction = _signed(branch, amount, flipped=reversal and flipped_reversals, notes=notes)
    facts = EntryFacts(amount, own_currency or currency, direction, reversal, account)
    details = _details(branch, facts, notes)
    only = details[0] if len(details) == 1 else None
    return _entry(branch, facts, details, only, unstated=unstated, notes=notes)


def _entry(
    branch: Branch,
    facts: EntryFacts,
    details: tuple[TransactionDetail, ...],
    only: TransactionDetail | None,
    *,
    unstated: EntryStatus,
    notes: Notes,
) -> StatementEntry:
    own, servicer = provided(branch.get("NtryRef")), provided(branch.get("AcctSvcrRef"))
    code, proprietary = bank_transaction_code(branch)
    booked = branch.get("BookgDt", "DtTm")
    return StatementEntry(
        amount=facts.amount,
        currency=facts.currency,
        direction=facts.direction,
        status=_status(branch, unstated, notes),
        booking_date=read_day(branch.at("BookgDt"), notes),
        value_date=read_day(branch.at("ValDt"), notes),
        reference=servicer or own or (only.bank_reference if only else None),
        end_to_end_id=only.end_to_end_id if only else None,
        reversal=facts.reversal,
        details=details,
        booked_at=booked,
        entry_reference=own,
        bank_reference=servicer,
        bank_transaction_code=code,
        proprietary_code=proprietary,
        batch_size=_batch_size(branch),
        charges=read_charges(branch, notes),
        additional_information=branch.get("AddtlNtryInf"),
        line=branch.line,
    )


def _signed(
    branch: Branch, amount: Decimal, *, flipped: bool, notes: Notes
) -> tuple[Decimal, Direction | None]:
    direction = read_direction(branch)
    if direction is None:
        notes.add(FlagCode.UNKNOWN_DIRECTION, "entry says neither CRDT nor DBIT", branch.line)
    if amount < 0:
        notes.add(FlagCode.NEGATIVE_AMOUNT, f"entry of {amount}: read as the other direction", branch.line)
        amount, flipped = -amount, not flipped
    if flipped and direction is not None:
        direction = direction.opposite
    return amount, direction


def _status(branch: Branch, unstated: EntryStatus, notes: Notes) -> EntryStatus:
    text = branch.first(("Sts",), ("Sts", "Cd"), ("Sts", "Prtry"))
    if text is None and unstated is EntryStatus.BOOKED:
        return unstated
    status = _STATUSES.get((text or "").upper())
    if status is None:
        notes.add(FlagCode.UNKNOWN_STATUS, f"entry status {text!r} is not known", branch.line)
        return EntryStatus.UNKNOWN
    return status


def _details(branch: Branch, facts: EntryFacts, notes: Notes) -> tuple[TransactionDetail, ...]:
    places = [*branch.all("NtryDtls", "TxDtls"), *branch.all("TxDtls")]
    return tuple(read_detail(place, facts, notes, only=len(places) == 1) for place in places)


def _batch_size(branch: Branch) -> int | None:
    texts = (*branch.texts("NtryDtls", "Btch", "NbOfTxs"), *branch.texts("Btch", "NbOfTxs"))
    declared = [text for text in texts if text.isdecimal()]
    return sum(map(int, declared)) if declared else None
