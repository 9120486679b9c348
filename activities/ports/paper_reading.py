"""Reading papers of applications: licences, cards, invoices, statements."""

from __future__ import annotations

from typing import Protocol

from models.lease.documents.paper import Paper


class PaperReader(Protocol):
    """Finds out what stands on a paper, and how the file came about; says nothing of what it means."""

    @property
    def version(self) -> str:
        """Engine and version, for the record."""
        ...

    async def read(self, content: bytes, *, filename: str) -> Paper:
        """Lines, rows and traces of one file.

        Raises:
            UnreadableDocumentError: nothing can be read from these bytes, and why.
        """
        ...
