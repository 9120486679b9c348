"""Amounts and dates as people write them into tables."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from models.errors import InvalidInputError
from models.money import Money

_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_PLAIN: Final = re.compile(r"(\d{1,16})(?:\.(\d{1,2}))?")
"""What needs no decimal arithmetic; what is longer may be more than the books can hold."""
_DATE: Final = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")


def parse_amount(text: str) -> Money:
    """Yuan from a decimal string; thousands may be grouped by commas.

    Raises:
        InvalidInputError: the text is no amount, or has more than two decimals.
    """
    plain = _PLAIN.fullmatch(text)
    if plain is not None and text.isascii():
        return Money(int(plain[1]) * 100 + int((plain[2] or "0").ljust(2, "0")))
    return Money.of(text.replace(",", "") if _GROUPED.fullmatch(text) else text)


def parse_date(text: str) -> date:
    """A date as 2025-12-31, 2025/12/31, 20251231 or 2025年12月31日.

    Raises:
        InvalidInputError: the text is no date.
    """
    found = _DATE.fullmatch(text)
    try:
        if found is not None:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise InvalidInputError(f"date {text!r} is not a date", remedy="Write it like 2025-12-31")
