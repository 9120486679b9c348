"""Long documents read in parts side by side, and the parts joined as if read in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import Final

from models.bill_monitoring.reading import DocumentKind, DocumentReading

MOST_PAGES_IN_ONE_GO: Final = 8
"""Longer documents are worth the moment in which each part learns the first page's header."""
_PARTS_PER_PROCESS: Final = 2
"""More parts than processes even out pages that take longer."""
_NO_ENGINE: Final = "none"


def page_ranges(pages: int, processes: int) -> list[tuple[int, int]]:
    """First and last page (from 1) of the parts in which a document is read.

    >>> page_ranges(20, 2)
    [(1, 8), (9, 16), (17, 20)]
    """
    if pages <= MOST_PAGES_IN_ONE_GO or processes == 1:
        return [(1, pages)]
    size = max(ceil(pages / (processes * _PARTS_PER_PROCESS)), MOST_PAGES_IN_ONE_GO)
    return [(first, min(first + size - 1, pages)) for first in range(1, pages + 1, size)]


def may_have_many_pages(content: bytes) -> bool:
    """Whether a file is of a kind that holds more than one page; the others need not be counted."""
    return b"%PDF-" in content[:1024] or content.startswith((b"PK", b"II", b"MM"))


def joined(parts: Sequence[DocumentReading]) -> DocumentReading:
    """One reading out of those of a document's parts, given in page order."""
    kinds = [part.kind for part in parts if part.kind is not DocumentKind.UNKNOWN]
    engines = dict.fromkeys(part.engine for part in parts if part.engine != _NO_ENGINE)
    return replace(
        parts[0],
        kind=kinds[-1] if kinds else DocumentKind.UNKNOWN,
        pages=max(part.pages for part in parts),
        records=tuple(record for part in parts for record in part.records),
        engine=" + ".join(engines) or _NO_ENGINE,
        notes=tuple(note for part in parts for note in part.notes),
    )
