"""Journals as the finance system's voucher file: a header (H) and its items (I), tab-separated.

Fields go by the names of SAP's document tables (BKPF, BSEG): BUKRS company code, BLART document type, BLDAT
and BUDAT document and posting date, MONAT period, WAERS currency, XBLNR reference (our voucher), BKTXT header
text, STGRD and STBLG reversal; BUZEI item, SHKZG side (S debit, H credit), HKONT account, GSBER business area
(branch), WRBTR amount, ZUONR assignment, SGTXT text. A voucher of several currencies makes several documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from models.ledger.exports import ExportedLine
from models.money import Money

COMPANY_CODE: Final = "1000"
_LONGEST_TEXT: Final = 50
_HEADER: Final = ("BUKRS", "BLART", "BLDAT", "BUDAT", "MONAT", "WAERS", "XBLNR", "BKTXT", "STGRD", "STBLG")
_ITEM: Final = ("BUZEI", "SHKZG", "HKONT", "GSBER", "WRBTR", "ZUONR", "SGTXT")


def sap_text(lines: Iterable[ExportedLine], *, company_code: str = COMPANY_CODE) -> Iterator[str]:
    """The voucher file, line by line; the same journals always make the same file."""
    yield _row("H", *_HEADER)
    yield _row("I", *_ITEM)
    for _, group in groupby(lines, key=lambda line: line.voucher):
        voucher = list(group)
        for currency in dict.fromkeys(line.currency for line in voucher):
            yield from _document([line for line in voucher if line.currency == currency], company_code)


def _document(lines: list[ExportedLine], company_code: str) -> Iterator[str]:
    first = lines[0]
    yield _row(
        "H",
        company_code,
        "SA",
        f"{first.value_date:%Y%m%d}",
        f"{first.business_date:%Y%m%d}",
        f"{first.business_date:%m}",
        first.currency,
        first.voucher,
        first.narrative[:_LONGEST_TEXT],
        "01" if first.reverses else "",
        first.reverses,
    )
    for number, line in enumerate(lines, start=1):
        yield _row(
            "I",
            f"{number:03d}",
            "S" if line.amount > 0 else "H",
            line.code.replace(".", ""),
            line.branch,
            str(Money(abs(line.amount), line.currency)),
            line.reference,
            line.narrative[:_LONGEST_TEXT],
        )


def _row(*fields: str) -> str:
    return "\t".join(" ".join(field.split()) for field in fields) + "\r\n"
