"""The acquirer's list of a terminal's day: comma-separated text with a header."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Final

from models.errors import InvalidInputError
from models.money import Money
from models.payments.receipts.terminals import AcquirerItem

_NEEDED: Final = ("trace_no", "amount")
_KNOWN: Final = (*_NEEDED, "card_type", "fee")


def read_items(lines: Iterable[str], currency: str = "CNY") -> tuple[AcquirerItem, ...]:
    """Items of a file with the columns trace_no, amount and, where known, card_type and fee.

    Raises:
        InvalidInputError: a column is missing, or a line cannot be read; names the line and the value.
    """
    reader = csv.DictReader(lines, skipinitialspace=True)
    missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise InvalidInputError(
            f"the acquirer's file has no column {missing[0]!r}",
            remedy=f"Its first line names the columns {', '.join(_KNOWN)}",
        )
    return tuple(_item(row, reader.line_num, currency) for row in reader)


def _item(row: dict[str, str], line: int, currency: str) -> AcquirerItem:
    given = {name: (row.get(name) or "").strip() for name in _KNOWN}
    if not given["trace_no"]:
        raise InvalidInputError(f"line {line}: trace_no is empty", remedy="Each item has its trace number")
    try:
        return AcquirerItem(
            trace_no=given["trace_no"],
            amount=Money.of(given["amount"], currency),
            card_type=given["card_type"],
            fee=Money.of(given["fee"], currency) if given["fee"] else None,
        )
    except InvalidInputError as error:
        raise InvalidInputError(f"line {line}: {error.message}", remedy=error.remedy) from error
