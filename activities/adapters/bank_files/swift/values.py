"""Dates, amounts and balances of SWIFT fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from activities.adapters.bank_files.notes import Notes
from activities.adapters.bank_files.swift.messages import Field
from models.payments.bank_files.flags import FlagCode

_BALANCE: Final = re.compile(r"\s*([CD])\s*(\d{6})?\s*([A-Z]{3})\s*([\d.,' ]+)\s*.*", re.DOTALL)
_CENTURY: Final = 80
"""Two-digit years from here on are of the twentieth century."""


@dataclass(frozen=True, slots=True)
class SwiftBalance:
    """A balance field: signed amount, currency and day."""

    amount: Decimal
    currency: str
    day: date | None


def swift_decimal(text: str) -> Decimal | None:
    """``1234,5`` as SWIFT writes it, ``1,234.50`` or ``1.234,50`` as some banks do; None if it is neither."""
    plain = text.strip().replace(" ", "").replace("'", "")
    point, comma = plain.rfind("."), plain.rfind(",")
    if point >= 0 and comma >= 0:
        group = "." if point < comma else ","
        plain = plain.replace(group, "")
    plain = plain.replace(",", ".")
    if not re.fullmatch(r"\d+\.?\d*|\.\d+", plain):
        return None
    return Decimal(plain.rstrip(".") if plain.endswith(".") else plain)


def swift_day(text: str, notes: Notes, line: int) -> date | None:
    """``YYMMDD``; None, with a flag, when there is no such day."""
    year = int(text[:2])
    try:
        return date(year + (1900 if year >= _CENTURY else 2000), int(text[2:4]), int(text[4:6]))
    except ValueError:
        if text != "000000":
            notes.add(FlagCode.UNREADABLE_DATE, f"date {text!r} is not a date; left empty", line)
        return None


def entry_day(text: str, value_day: date, notes: Notes, line: int) -> date | None:
    """``MMDD`` in the year that puts it nearest to the value date: entries cross the new year."""
    candidates = []
    for year in (value_day.year - 1, value_day.year, value_day.year + 1):
        try:
            candidates.append(date(year, int(text[:2]), int(text[2:])))
        except ValueError:
            continue
    if not candidates:
        notes.add(
            FlagCode.UNREADABLE_DATE, f"entry date {text!r} is not a date; the value date is taken", line
        )
        return value_day
    return min(candidates, key=lambda day: abs(day - value_day))


def read_balance(field: Field | None, notes: Notes) -> SwiftBalance | None:
    """A balance; None when it is missing, or, with a flag, unreadable."""
    if field is None:
        return None
    found = _BALANCE.fullmatch(field.text)
    amount = swift_decimal(found[4]) if found else None
    if found is None or amount is None:
        shown = field.text.partition("\n")[0][:40]
        notes.add(FlagCode.UNREADABLE_AMOUNT, f":{field.tag}: {shown!r} is no balance", field.line)
        return None
    day = swift_day(found[2], notes, field.line) if found[2] else None
    return SwiftBalance(-amount if found[1] == "D" else amount, found[3], day)
