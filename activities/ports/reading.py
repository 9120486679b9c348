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

    def read(
        self,
        content: bytes,
        *,
        filename: str,
        scope: ReadScope,
        first_page: int = 1,
        last_page: int | None = None,
    ) -> DocumentReading:
        """Read the records of a document, or of some of its pages (from 1, both included).

        Pages after the first one keep to what its header and titles say, also when it is not read itself.

        Raises:
            UnreadableDocumentError: nothing can be read from these bytes, and why.
        """
        ...

    def page_count(self, content: bytes, filename: str) -> int:
        """How many pages a document has, without reading them.

        Raises:
            UnreadableDocumentError: these bytes are no document, or one with too many pages.
        """
        ...

    def complete(self, content: bytes, *, filename: str, records: Sequence[ReadRecord]) -> list[ReadRecord]:
        """Read the remaining fields of records that an identity-scoped reading located."""
        ...
