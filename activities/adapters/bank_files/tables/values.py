"""Numbers and dates as banks and their customers' spreadsheets write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

_ABSENT: Final = frozenset({"", "-", "--", "---", "—", "/", "n/a", "N/A", "null", "NULL", "无"})
_NUMBER: Final = re.compile(
    r"(?P<open>\()?\s*(?P<code>[A-Z]{3}(?=[\s\d+-]))?[\s¥￥$€£]*(?P<sign>[+\-−–])?[\s¥￥$€£]*(?P<open2>\()?"
    r"(?P<digits>\d[\d.,' \u2019]*|[.,]\d+)\s*(?:元|[¥￥$€£])?\s*(?P<code2>[A-Z]{3}(?![A-Za-z]))?"
    r"(?P<tail>[+\-−]|\)|CR|DR|Cr|Dr|C|D|S|H)?\s*(?:\([^()]*\)|（[^（）]*）)?\s*"
)
_MINUS: Final = frozenset({"-", "−", "–"})
_DEBIT_TAILS: Final = frozenset({"-", "−", "DR", "Dr", "D", "S", ")"})
_ISO: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]*(\d.*))?")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T\s]*(\d{2}:?\d{2}.*))?")
_EUROPEAN: Final = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?:[T,\s]+(\d.*))?")
_TIME: Final = re.compile(r"(\d{1,2}):?(\d{2})(?::?(\d{2}))?(?:\.\d+)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?")
_WRITTEN: Final = (
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %b %y",
    "%b %d %Y",
)
_THIS_CENTURY: Final = 2000
_MONTHS: Final = 12
_SHORT_WORD: Final = 3


@dataclass(frozen=True, slots=True)
class Number:
    """A signed amount, and the currency if it stood beside it."""

    amount: Decimal
    currency: str | None = None
    has_sign: bool = False


def is_absent(text: str) -> bool:
    """Whether a cell says that there is nothing."""
    return text.strip() in _ABSENT or not text.strip("-—_ ")


def begins_with(text: str, word: str) -> bool:
    """Whether a cell begins with a profile's word; short Latin words (``C``, ``DR``) must stand alone."""
    plain, known = text.strip().casefold(), word.casefold()
    if not plain.startswith(known):
        return False
    behind = plain[len(known) : len(known) + 1]
    return len(known) > _SHORT_WORD or not known.isascii() or not behind.isalpha()


def read_number(text: str, decimal_mark: str) -> Number | None:
    """An amount; None when the text is none.

    A sign may stand before or behind (``12.00-``, ``12,00 S``), or as brackets. Where both marks occur the
    last one is the decimal mark, whatever the profile says.
    """
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    digits = _plain_digits(found["digits"], decimal_mark)
    if digits is None:
        return None
    amount = Decimal(digits)
    bracketed = bool(found["open"] or found["open2"]) and found["tail"] == ")"
    negative = found["sign"] in _MINUS or bracketed or (found["tail"] in _DEBIT_TAILS - {")"})
    currency = found["code"] or found["code2"]
    return Number(-amount if negative else amount, currency, bool(found["sign"] or found["tail"]))


def _plain_digits(text: str, decimal_mark: str) -> str | None:
    """Digits with a point as the only mark."""
    plain = re.sub(r"[\s'\u2019]", "", text)
    point, comma = plain.rfind("."), plain.rfind(",")
    if point >= 0 and comma >= 0:
        decimal_mark = "." if point > comma else ","
    elif (point >= 0 or comma >= 0) and not _is_grouped(plain):
        decimal_mark = "." if point >= 0 else ","
    other = "," if decimal_mark == "." else "."
    plain = plain.replace(other, "").replace(decimal_mark, ".")
    return plain if re.fullmatch(r"\d*\.?\d+|\d+\.", plain) else None


def _is_grouped(plain: str) -> bool:
    """Whether one mark could part thousands: groups of three behind it."""
    return re.fullmatch(r"\d{1,3}([.,]\d{3})+", plain) is not None


class DateReader:
    """Reads the dates of one column, knowing from all of them whether the day or the month comes first."""

    def __init__(self, texts: Iterable[str], formats: Sequence[str] = ()) -> None:
        self._formats = tuple(formats)
        self._month_first = _is_month_first(texts)

    def read(self, text: str) -> tuple[date | None, str | None]:
        """The day, and the time as text if one stands there; no day when the text is no date."""
        plain = text.strip().strip("'\"")
        for pattern in self._formats:
            try:
                moment = datetime.strptime(plain, pattern)  # noqa: DTZ007 - the file names no zone
            except ValueError:
                continue
            has_time = "%H" in pattern or "%I" in pattern
            return moment.date(), moment.time().isoformat() if has_time else None
        if found := _ISO.fullmatch(plain) or _COMPACT.fullmatch(plain):
            return _day(found[1], found[2], found[3]), _clock(found[4])
        if found := _EUROPEAN.fullmatch(plain):
            day, month = (found[2], found[1]) if self._month_first else (found[1], found[2])
            year = found[3] if len(found[3]) > 2 else str(_THIS_CENTURY + int(found[3]))  # noqa: PLR2004
            return _day(year, month, day), _clock(found[4])
        for pattern in _WRITTEN:
            try:
                return datetime.strptime(plain, pattern).date(), None  # noqa: DTZ007
            except ValueError:
                continue
        return None, None


def read_time(text: str) -> str | None:
    """``HH:MM:SS`` from ``9:05``, ``090512`` or ``09:05:12``; None when there is no time."""
    return _clock(text.strip())


def _clock(text: str | None) -> str | None:
    found = _TIME.fullmatch(text.strip()) if text else None
    return f"{int(found[1]):02}:{found[2]}:{found[3] or '00'}{found[4] or ''}" if found else None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _is_month_first(texts: Iterable[str]) -> bool:
    """Whether more dates make sense as ``12/31/2024`` than as ``31/12/2024``."""
    votes = 0
    for text in texts:
        found = _EUROPEAN.fullmatch(text.strip())
        if found is not None:
            first, second = int(found[1]), int(found[2])
            votes += (first <= _MONTHS < second) - (second <= _MONTHS < first)
    return votes > 0
