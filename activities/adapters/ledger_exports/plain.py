"""Journals as CSV: one row for each line, amounts as decimal strings, debit positive."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from models.ledger.exports import ExportedLine
from models.money import Money

_COLUMNS: Final = (
    "voucher,line,business_date,value_date,account,branch,name,currency,amount,reference,narrative,kind,key,"
    "reverses,posted_by"
)


def csv_text(lines: Iterable[ExportedLine]) -> Iterator[str]:
    """CSV with a header, row by row."""
    yield f"{_COLUMNS}\r\n"
    for line in lines:
        row = io.StringIO()
        csv.writer(row).writerow(
            (
                *(line.voucher, line.line_no, line.business_date, line.value_date, line.code, line.branch),
                *(line.name, line.currency, Money(line.amount, line.currency), line.reference),
                *(line.narrative, line.kind, line.key, line.reverses, line.posted_by),
            )
        )
        yield row.getvalue()
