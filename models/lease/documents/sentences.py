"""A document in one sentence."""

from __future__ import annotations

from models.lease.documents.messages import DocumentKind
from models.lease.documents.reading import FieldName, ReadField, StatementSummary


def sentence_of(
    kind: DocumentKind, fields: dict[FieldName, ReadField], summary: StatementSummary | None
) -> str:
    """``business licence of 上海某某物流有限公司, 91310000…``."""
    words = kind.value.replace("-", " ")

    def value(name: FieldName) -> str:
        return fields[name].value if name in fields else "?"

    if kind in {DocumentKind.BUSINESS_LICENCE, DocumentKind.RESIDENT_ID}:
        if FieldName.NAME not in fields and FieldName.AUTHORITY in fields:
            return f"{words}, back, {value(FieldName.AUTHORITY)}, valid until {value(FieldName.VALID_UNTIL)}"
        return f"{words} of {value(FieldName.NAME)}, {value(FieldName.IDENTIFIER)}"
    if kind is DocumentKind.INVOICE:
        sides = f"{value(FieldName.SELLER)} to {value(FieldName.BUYER)}"
        return f"{words} {value(FieldName.INVOICE_NUMBER)} from {sides} of {value(FieldName.TOTAL)}"
    if kind is DocumentKind.BANK_STATEMENT and summary is not None:
        period = f"{summary.start} to {summary.end}"
        return f"{words} of {value(FieldName.NAME)}, {period}, {summary.entries} entries"
    return words
