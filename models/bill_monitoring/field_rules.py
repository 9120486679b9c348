"""What a printed amount or date says, and whether it can be trusted as it was read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from models.bill_monitoring.printed_text import tidy
from models.money import Money

_ABSENT: Final = re.compile(r"[-—–_/\\.*~ ]*|无|暂无|不适用|N/?A|n/?a|nil|none", re.IGNORECASE)
_CURRENCY: Final = re.compile(r"人民币|RMB|CNY|[¥￥]|^[YV](?=\d)", re.IGNORECASE)
_UNIT_SUFFIX: Final = re.compile(r"(亿元?|百万元?|万元?|千元|元|圆)(整)?$")
UNITS: Final = {
    "亿元": 10**8, "亿": 10**8, "百万元": 10**6, "百万": 10**6, "万元": 10**4, "万": 10**4,
    "千元": 10**3, "元": 1, "圆": 1,
}  # fmt: skip
"""Units of amounts in lists, in yuan."""

_LOOK_ALIKES: Final = str.maketrans(
    {"O": "0", "o": "0", "Q": "0", "D": "0", "l": "1", "I": "1", "|": "1", "i": "1", "Z": "2", "z": "2",
     "S": "5", "s": "5", "B": "8", "G": "6", "b": "6", "q": "9", "g": "9"}
)  # fmt: skip
PUNCTUATION: Final = str.maketrans(
    {"，": ",", "、": ",", "'": ",", "’": ",", "`": ",", "·": ".", "。": ".", "•": ".", ";": ",", ":": "."}
)
"""What commas and points in amounts are misread as."""
_PLAIN: Final = re.compile(r"\d+(\.\d+)?")
_GROUPED: Final = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
_MIXED: Final = re.compile(r"\d{1,3}([.,]\d{3})*[.,]\d{2}")
_LOST_SEPARATORS: Final = re.compile(r"\d{1,3}(,?\d{3})+(\.\d+)?")
_FEN_DIGITS: Final = 2


@dataclass(frozen=True, slots=True)
class AmountReading:
    """An amount in yuan as read; None if the cell is empty or says that there is none."""

    value: Money | None
    repaired: bool = False
    doubts: tuple[str, ...] = ()
    decimals: int | None = None
    """Decimal places as printed, to compare with the rest of the column."""
    grouped: bool = False
    """Whether thousands separators are printed."""


def read_amount(text: str, *, unit: int = 1) -> AmountReading:
    """The amount that a cell shows.

    A decimal point read as a comma is told from a thousands separator by the two digits after it; a
    text that fits neither grouping is kept out rather than guessed.

    Args:
        text: the cell as read.
        unit: yuan per printed unit (10,000 under a heading of 万元); a unit in the cell itself wins.

    >>> str(read_amount("1,234,567,89").value)
    '1234567.89'
    >>> read_amount("1,2345.67").value is None
    True
    """
    body = _CURRENCY.sub("", tidy(text).translate(PUNCTUATION)).strip()
    if suffix := _UNIT_SUFFIX.search(body):
        unit, body = UNITS[suffix[1]], body[: suffix.start()].strip()
    if _ABSENT.fullmatch(body):
        return AmountReading(None)
    digits, repaired = _digits(body)
    number, doubts, irregular = _number(digits)
    if number is None:
        return AmountReading(None, doubts=doubts)
    decimals = len(number.partition(".")[2])
    yuan = Decimal(number) * unit
    if yuan.as_tuple().exponent < -_FEN_DIGITS and yuan != yuan.quantize(Decimal("0.01")):  # type: ignore[operator]
        doubts = (*doubts, f"amount {text!r} has more decimals than fen")
    return AmountReading(Money.rounded(yuan), repaired or irregular, doubts, decimals, grouped="," in digits)


def _digits(body: str) -> tuple[str, bool]:
    """Body with look-alikes of digits replaced and spaces closed, and whether a look-alike was there."""
    body = re.sub(r"\s*([.,])\s*", r"\1", body)
    mended = body.translate(_LOOK_ALIKES)
    if re.fullmatch(r"\d{1,3}( \d{3})+([.,]\d+)?", mended):
        mended = mended.replace(" ", ",")
    return mended.replace(" ", "").strip(",."), body.translate(_LOOK_ALIKES) != body


def _number(digits: str) -> tuple[str | None, tuple[str, ...], bool]:
    """The plain decimal number, doubts about it, and whether its punctuation was irregular."""
    if _GROUPED.fullmatch(digits):
        return digits.replace(",", ""), (), False
    if _PLAIN.fullmatch(digits):
        return _plain(digits)
    if _MIXED.fullmatch(digits):
        return re.sub(r"[.,]", "", digits[:-3]) + "." + digits[-2:], (), True
    if re.fullmatch(r"\d{1,3}(\.\d{3}){2,}", digits):
        return digits.replace(".", ""), (f"amount {digits!r} has points where commas belong",), True
    if _LOST_SEPARATORS.fullmatch(digits):
        return digits.replace(",", ""), (), True
    return None, (f"amount {digits!r} is not a number in any usual grouping",), False


def _plain(digits: str) -> tuple[str | None, tuple[str, ...], bool]:
    whole, _, decimals = digits.partition(".")
    if len(whole) > 1 and whole.startswith("0"):
        return digits, (f"amount {digits!r} begins with a zero",), False
    if len(decimals) == 3 and len(whole) <= 3:  # noqa: PLR2004 - 1.234 may be 1,234
        return digits, (f"amount {digits!r} may have a point for a comma",), False
    return digits, (), False


_CHINESE_DIGITS: Final = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMERIC_DATE: Final = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s*[-./年,_—–·]\s*(\d{1,2})\s*[-./月,_—–·]\s*(\d{1,2})(?!\d)"
)
_COMPACT_DATE: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_DAY_FIRST: Final = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[\s-]+([a-z]{3})[a-z]*\.?,?[\s-]*((?:19|20)\d{2})", re.IGNORECASE
)
_MONTH_FIRST: Final = re.compile(
    r"([a-z]{3})[a-z]*\.?\s*(\d{1,2})(?:st|nd|rd|th)?\s*,?\s*((?:19|20)\d{2})", re.IGNORECASE
)
_CHINESE_DATE: Final = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日?"
)


def read_date(text: str) -> date | None:
    """The first date in a text, in ISO, dotted, eight-digit, Chinese or English form.

    >>> read_date("截止日期：2025年12月31日").isoformat()
    '2025-12-31'
    """
    text = tidy(text)
    for candidate in (text, text.translate(str.maketrans("OolI|", "00111"))):
        for pattern in (_NUMERIC_DATE, _COMPACT_DATE):
            if found := pattern.search(candidate):
                return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _CHINESE_DATE.search(text):
        return _date(
            int(found[1].translate(_CHINESE_DIGITS)), _chinese_number(found[2]), _chinese_number(found[3])
        )
    if found := _DAY_FIRST.search(text):
        return _date(int(found[3]), _month(found[2]), int(found[1]))
    if found := _MONTH_FIRST.search(text):
        return _date(int(found[3]), _month(found[1]), int(found[2]))
    return None


def _chinese_number(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    value = int(ones.translate(_CHINESE_DIGITS) or 0)
    return value + (int(tens.translate(_CHINESE_DIGITS) or 1) * 10 if ten else 0)


def _month(name: str) -> int:
    return _MONTHS.index(name.lower()) + 1 if name.lower() in _MONTHS else 0


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
