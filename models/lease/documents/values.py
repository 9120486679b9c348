"""Values as papers print them: dates, amounts, codes; each as plain text, or None where there is none."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from models.bill_monitoring.printed_text import tidy, tidy_name
from models.bill_monitoring.uscc_repair import read_uscc
from models.identifiers import (
    is_valid_resident_id,
    is_valid_vin,
)
from models.lease.documents.paper import PlacedLine
from models.lease.documents.reading import ReadField

_DATE: Final = re.compile(r"(\d{4})[年./-]?(\d{1,2})[月./-]?(\d{1,2})日?")
_AMOUNT: Final = re.compile(r"[¥￥YV羊]?\s*(-?\d[\d,，]*[.。]\d{2})(?!\d)")
_UNSURE: Final = 0.9
"""A character less sure than this may be replaced by one that looks like it."""
_DIGIT_LOOKS: Final = {
    "0": "8OD6",
    "1": "7",
    "2": "7",
    "3": "8",
    "4": "1",
    "5": "6",
    "6": "58",
    "7": "1",
    "8": "3096",
    "9": "8",
}
_TO_DIGIT: Final = str.maketrans("OoDQIl|ZSBGTL", "0000111258671")
_TO_VIN: Final = str.maketrans("OQI|", "0011")
_DOUBTED: Final = 0.6
"""Confidence given to a value whose check character does not agree."""


def plain(found: PlacedLine | None) -> ReadField | None:
    """The text itself."""
    return ReadField(found.text, _rounded(found)) if found and found.text else None


def name(found: PlacedLine | None) -> ReadField | None:
    """The name of an enterprise or a person."""
    text = tidy_name(found.line.text) if found else ""
    return ReadField(text, _rounded(found)) if found and text else None


def day(found: PlacedLine | None) -> ReadField | None:
    """A date: ``2026年11月22日``, ``2026.11.22`` or ``20261122``."""
    if found is None or not (match := _DATE.search(_closed(found.text))):
        return None
    try:
        value = date(*(int(part) for part in match.groups()))
    except ValueError:
        return None
    return ReadField(value.isoformat(), _rounded(found))


def amount(found: PlacedLine | None) -> ReadField | None:
    """An amount with its two decimals: ``¥12,345.00``."""
    if found is None or not (match := _AMOUNT.search(found.text)):
        return None
    value = Decimal(match[1].replace(",", "").replace("，", "").replace("。", "."))
    return ReadField(f"{value:.2f}", _rounded(found))


def uscc(found: PlacedLine | None) -> ReadField | None:
    """A unified social credit code, mended where both check characters leave one possibility only."""
    if found is None:
        return None
    read = read_uscc(found.line)
    if not read.code:
        return None
    confidence = _rounded(found) if read.valid else min(_rounded(found), _DOUBTED)
    return ReadField(read.code, 0.97 if read.repaired else confidence, repaired=read.repaired)


def resident_number(found: PlacedLine | None) -> ReadField | None:
    """A resident identity number; one misread digit is mended if only one candidate checks."""
    if found is None:
        return None
    text = _closed(found.text).upper().translate(_TO_DIGIT)
    match = re.search(r"\d{17}[\dX]|\d{6,19}X?", text)
    if not match:
        return None
    if is_valid_resident_id(match[0]):
        return ReadField(match[0], _rounded(found))
    mended = {each for each in _mended(match[0], _confidences(found, match[0])) if is_valid_resident_id(each)}
    if len(mended) == 1:
        return ReadField(mended.pop(), 0.95, repaired=True)
    return ReadField(match[0], min(_rounded(found), _DOUBTED))


def vin(found: PlacedLine | None) -> ReadField | None:
    """A VIN: letters that no VIN has are read as what they look like; the check digit must agree."""
    if found is None:
        return None
    match = re.search(r"[A-Z0-9|]{17}", _closed(found.text).upper())
    if not match:
        return None
    text = match[0].translate(_TO_VIN)
    if is_valid_vin(text):
        return ReadField(text, _rounded(found), repaired=text != match[0])
    return ReadField(text, min(_rounded(found), _DOUBTED))


def _mended(text: str, confidences: list[float]) -> list[str]:
    """Candidates with one doubtful digit replaced by one that looks like it."""
    return [
        text[:place] + other + text[place + 1 :]
        for place, confidence in enumerate(confidences)
        if confidence < _UNSURE
        for other in _DIGIT_LOOKS.get(text[place], "")
        if other.isdigit()
    ]


def _confidences(found: PlacedLine, text: str) -> list[float]:
    """Of each character of a number; the line's own where the engine tells no characters apart."""
    glyphs = [glyph for glyph in found.line.glyphs if tidy(glyph.text)]
    if len(glyphs) < len(text):
        return [found.line.confidence] * len(text)
    return [glyph.confidence for glyph in glyphs[-len(text) :]]


def _closed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _rounded(found: PlacedLine) -> float:
    return round(found.line.confidence, 4)
