"""Turning a page into a PDF."""

from __future__ import annotations

from typing import Protocol


class PagePrinter(Protocol):
    """Prints self-contained HTML."""

    async def pdf(self, html: str) -> bytes:
        """A4 PDF of the page, with Chinese text as text."""
        ...
