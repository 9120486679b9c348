"""Reading documents: images, scans and PDFs of overdue lists and bills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from models.bill_monitoring.reading import DocumentReading, ReadRecord, ReadScope
from models.errors import InvalidInputError


class UnreadableDocumentError(InvalidInputError):
    """The document is empty, corrupt, protected or of no known type; the message says which."""


class DocumentReader(Protocol):
    """Reads one document; CPU-bound and synchronous, one instance per process."""

    def read(self, content: bytes, *, filename: str, scope: ReadScope) -> DocumentReading:
        """Read the records of a document.

        Raises:
            UnreadableDocumentError: nothing can be read from these bytes, and why.
        """
        ...

    def complete(self, content: bytes, *, filename: str, records: Sequence[ReadRecord]) -> list[ReadRecord]:
        """Read the remaining fields of records that an identity-scoped reading located."""
        ...
