"""Dates, amounts, parties and accounts as ISO 20022 messages hold them, in all their versions."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from activities.adapters.bank_files.iso20022.branches import Branch
from activities.adapters.bank_files.notes import Notes
from models.payments.bank_files.flags import FlagCode
from models.payments.bank_files.statements import Direction

NOT_PROVIDED: Final = "NOTPROVIDED"
_DECIMAL: Final = re.compile(r"[+-]?\d*\.?\d+|[+-]?\d+\.")
_DIRECTIONS: Final = {"CRDT": Direction.CREDIT, "DBIT": Direction.DEBIT}


def read_date(text: str | None, notes: Notes, line: int | None) -> date | None:
    """The day of an ISO date or date and time, as written: no time zone is applied."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        notes.add(FlagCode.UNREADABLE_DATE, f"date {text[:40]!r} is not a date; left empty", line)
        return None


def read_day(branch: Branch | None, notes: Notes) -> date | None:
    """The day of a choice of ``Dt`` and ``DtTm``, or of plain text."""
    if branch is None:
        return None
    return read_date(branch.get("Dt") or branch.get("DtTm") or branch.text or None, notes, branch.line)


def read_decimal(text: str | None, notes: Notes, line: int | None) -> Decimal | None:
    """A decimal number; a comma for the point is understood and flagged."""
    if text is None:
        return None
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    repaired = text.replace(" ", "").replace(",", ".", 1)
    if _DECIMAL.fullmatch(repaired):
        notes.add(FlagCode.UNREADABLE_AMOUNT, f"amount {text[:40]!r} was read as {repaired}", line)
        return Decimal(repaired)
    notes.add(FlagCode.UNREADABLE_AMOUNT, f"amount {text[:40]!r} is not a number; left out", line)
    return None


def read_amount(branch: Branch | None, notes: Notes) -> tuple[Decimal | None, str | None]:
    """An amount with the currency of its ``Ccy`` attribute."""
    if branch is None:
        return None, None
    currency = (branch.currency or "").strip().upper()
    return read_decimal(branch.text or None, notes, branch.line), currency or None


def read_direction(branch: Branch, *path: str) -> Direction | None:
    """``CRDT`` or ``DBIT``."""
    return _DIRECTIONS.get(branch.get(*(path or ("CdtDbtInd",))) or "")


def is_yes(text: str | None) -> bool:
    """An ISO indicator, which may be spelled in two ways."""
    return text in {"true", "1"}


def provided(text: str | None) -> str | None:
    """A reference, unless it says that there is none."""
    return None if text is None or text.upper().replace(" ", "") == NOT_PROVIDED else text


def account_id(branch: Branch | None) -> str | None:
    """An account's IBAN or other identification, whatever the version calls it."""
    if branch is None:
        return None
    iban = branch.get("Id", "IBAN")
    if iban:
        return iban.replace(" ", "")
    return branch.first(
        ("Id", "Othr", "Id"),
        ("Id", "BBAN"),
        ("Id", "UPIC"),
        ("Id", "PrtryAcct", "Id"),
        ("Prxy", "Id"),
        ("Id",),
    )


def bank_id(branch: Branch | None) -> str | None:
    """A bank's BIC, else its clearing code, else another identification, else its name."""
    if branch is None:
        return None
    return branch.first(
        ("FinInstnId", "BICFI"),
        ("FinInstnId", "BIC"),
        ("FinInstnId", "CmbndId", "BIC"),
        ("FinInstnId", "ClrSysMmbId", "MmbId"),
        ("FinInstnId", "ClrSysMmbId", "Prtry"),
        ("FinInstnId", "ClrSysMmbId", "Id"),
        ("FinInstnId", "Othr", "Id"),
        ("FinInstnId", "PrtryId", "Id"),
        ("FinInstnId", "Nm"),
        ("FinInstnId", "NmAndAdr", "Nm"),
    )


def party_name(branch: Branch | None) -> str | None:
    """A party's name, under ``Pty`` since version 08."""
    if branch is None:
        return None
    return branch.first(("Nm",), ("Pty", "Nm"), ("Agt", "FinInstnId", "Nm"), ("FinInstnId", "Nm"))


def party_id(branch: Branch | None) -> str | None:
    """A party's identification as a creditor."""
    if branch is None:
        return None
    return branch.first(
        ("Id", "PrvtId", "Othr", "Id"),
        ("Id", "OrgId", "Othr", "Id"),
        ("Id", "PrvtId", "OthrId", "Id"),
        ("Pty", "Id", "PrvtId", "Othr", "Id"),
        ("Pty", "Id", "OrgId", "Othr", "Id"),
    )


def structured_remittance(branch: Branch) -> tuple[str, ...]:
    """Creditor references, document numbers and additional texts of structured remittance."""
    found: list[str] = []
    for part in branch.all("RmtInf", "Strd"):
        found += part.texts("CdtrRefInf", "Ref")
        found += part.texts("CdtrRefInf", "CdtrRef")
        found += part.texts("RfrdDocInf", "Nb")
        found += part.texts("RfrdDocInf", "RfrdDocNb")
        found += part.texts("AddtlRmtInf")
    return tuple(found)
