"""Fields of a paper, by what it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from models.lease.documents.invoices import read_invoice
from models.lease.documents.licence import read_licence
from models.lease.documents.messages import DocumentKind
from models.lease.documents.paper import Paper
from models.lease.documents.reading import FieldName, ReadField
from models.lease.documents.resident_card import read_resident_card
from models.lease.documents.statement_fields import read_statement_fields

_READERS: Final[dict[DocumentKind, Callable[[Paper], dict[FieldName, ReadField]]]] = {
    DocumentKind.BUSINESS_LICENCE: read_licence,
    DocumentKind.RESIDENT_ID: read_resident_card,
    DocumentKind.INVOICE: read_invoice,
    DocumentKind.BANK_STATEMENT: read_statement_fields,
}


def read_fields(kind: DocumentKind, paper: Paper) -> dict[FieldName, ReadField]:
    """What a paper states, as far as readers for its kind exist; fields that are not found are left out."""
    reader = _READERS.get(kind)
    return reader(paper) if reader else {}
