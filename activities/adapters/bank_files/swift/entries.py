"""``:61:`` with its ``:86:``: one entry of an MT940 or MT942."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Final

from activities.adapters.bank_files.notes import Notes
from activities.adapters.bank_files.swift.messages import Field
from activities.adapters.bank_files.swift.narratives import Narrative, read_narrative
from activities.adapters.bank_files.swift.values import entry_day, swift_day, swift_decimal
from models.payments.bank_files.flags import FlagCode
from models.payments.bank_files.statements import (
    Charge,
    Direction,
    EntryStatus,
    StatementEntry,
    TransactionDetail,
)

_LINE: Final = re.compile(
    r"(?P<value>\d{6})\s{0,4}(?P<entry>\d{4})?\s{0,4}(?P<mark>RC|RD|EC|ED|C|D)(?P<funds>[A-Z])?\s*"
    r"(?P<amount>\d[\d.,']*|,\d+)\s*(?P<type>[A-Z][A-Z0-9 ]{3}|)(?P<rest>.*)"
)
_NO_REFERENCE: Final = frozenset(
    {"", "NONREF", "NOREF", "EREF", "EREF+", "KREF", "KREF+", "PREF", "MARF", "NOTPROVIDED"}
)
"""Words where a reference should be: there is none, or it stands in the narrative."""
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_WITHOUT_ID: Final = frozenset({"NOTPROVIDED", "NONREF", ""})
_ORIGINAL: Final = re.compile(r"/OCMT/([A-Z]{3})([\d.,]+)")
_CHARGES: Final = re.compile(r"/CHGS/([A-Z]{3})([\d.,]+)")
_RATE: Final = re.compile(r"/EXCH/([\d.,]+)")
_MARKS: Final = {
    "C": (Direction.CREDIT, False, EntryStatus.BOOKED),
    "D": (Direction.DEBIT, False, EntryStatus.BOOKED),
    "RC": (Direction.DEBIT, True, EntryStatus.BOOKED),
    "RD": (Direction.CREDIT, True, EntryStatus.BOOKED),
    "EC": (Direction.CREDIT, False, EntryStatus.PENDING),
    "ED": (Direction.DEBIT, False, EntryStatus.PENDING),
}
"""Direction as money moves now: the reversal of a credit (RC) is a debit. EC and ED are only expected."""


def read_entry(
    line: Field, narrative: str | None, currency: str | None, notes: Notes
) -> StatementEntry | None:
    """One entry; None, with a flag, when its line cannot be understood."""
    first, _, supplement = line.text.partition("\n")
    found = _LINE.match(first.strip())
    amount = swift_decimal(found["amount"].rstrip(".,'") or found["amount"]) if found else None
    if found is None or amount is None:
        notes.add(FlagCode.UNREADABLE_LINE, f":61: {first[:60]!r} is no entry; left out", line.line)
        return None
    value_date = swift_day(found["value"], notes, line.line)
    booking_date = value_date
    if found["entry"] and value_date:
        booking_date = entry_day(found["entry"], value_date, notes, line.line)
    direction, reversal, status = _MARKS[found["mark"]]
    customer, _, bank = found["rest"].partition("//")
    own = _reference(customer)
    servicer = _reference(bank)
    told = read_narrative(narrative) if narrative else Narrative()
    detail = _detail(told, supplement, direction)
    text = narrative.replace("\n", " ").strip() if narrative else None
    return StatementEntry(
        amount=amount,
        currency=currency,
        direction=direction,
        status=status,
        booking_date=booking_date,
        value_date=value_date,
        reference=servicer or own,
        end_to_end_id=detail.end_to_end_id,
        reversal=reversal,
        details=(_with_amounts(detail, amount, currency, supplement),),
        bank_reference=servicer,
        customer_reference=own,
        proprietary_code="+".join(part for part in (found["type"].strip(), told.code) if part) or None,
        charges=_charges(supplement),
        additional_information=" ".join(
            part for part in (supplement.replace("\n", " ").strip(), text) if part
        )
        or None,
        line=line.line,
    )


def _reference(text: str) -> str | None:
    plain = text.strip()
    return None if plain.upper() in _NO_REFERENCE else plain


def _detail(told: Narrative, supplement: str, direction: Direction) -> TransactionDetail:
    end_to_end = told.end_to_end_id
    if end_to_end is not None and end_to_end.upper().replace(" ", "") in _WITHOUT_ID:
        end_to_end = None
    rate = _RATE.search(supplement)
    extra = supplement.partition("\n")[0].strip()
    return TransactionDetail(
        direction=direction,
        end_to_end_id=end_to_end,
        instruction_id=told.customer_reference,
        mandate_id=told.mandate_id,
        counterparty=told.name,
        counterparty_account=told.account or (extra if _IBAN.fullmatch(extra) else None),
        counterparty_bank=told.bank,
        ultimate_counterparty=told.ultimate,
        creditor_id=told.creditor_id,
        remittance=tuple(told.remittance),
        purpose=told.purpose,
        return_reason=told.return_reason,
        exchange_rate=swift_decimal(rate[1]) if rate else None,
        additional_information=told.kind,
    )


def _with_amounts(
    detail: TransactionDetail, amount: Decimal, currency: str | None, supplement: str
) -> TransactionDetail:
    found = _ORIGINAL.search(supplement)
    return replace(
        detail,
        amount=amount,
        currency=currency,
        original_amount=swift_decimal(found[2]) if found else None,
        original_currency=found[1] if found else None,
    )


def _charges(supplement: str) -> tuple[Charge, ...]:
    found = _CHARGES.search(supplement)
    amount = swift_decimal(found[2]) if found else None
    return (Charge(amount, found[1]),) if found and amount is not None else ()
