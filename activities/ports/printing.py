"""Turning a page into a PDF."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol

from models.errors import ServiceUnreachableError


class PrinterMissingError(ServiceUnreachableError):
    """This machine has nothing to print with."""


class PagePrinter(Protocol):
    """Prints self-contained HTML."""

    async def pdf(self, html: Awaitable[str]) -> bytes:
        """A4 PDF of the page, with Chinese text as text.

        Args:
            html: the page; it may still be in the making while the printer gets ready.

        Raises:
            PrinterMissingError: there is nothing to print with.
        """
        ...
