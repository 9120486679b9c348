"""What a worker loads before its first task."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from activities.ports.reading import UnreadableDocumentError
from models.bill_monitoring.reading import DocumentReading, ReadRecord, ReadScope
from workers.warming import import_early, start_reading


class EmptyRefusingPool:
    """Refuses an empty document as the reader does, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def read(self, content: bytes, *, filename: str, scope: ReadScope) -> DocumentReading:
        del content, scope
        self.asked += 1
        raise UnreadableDocumentError(f"{filename}: the file is empty")

    async def complete(
        self, content: bytes, *, filename: str, records: Sequence[ReadRecord]
    ) -> list[ReadRecord]:
        raise NotImplementedError


async def test_each_reading_process_gets_something_to_start_for() -> None:
    pool = EmptyRefusingPool()
    await start_reading(pool, 3)
    assert pool.asked == 3


async def test_modules_are_there_before_somebody_asks() -> None:
    await import_early("colorsys")
    assert "colorsys" in sys.modules
