"""Papers read in the reading processes that lists and bills are read in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.papers.inspecting import inspect, inspect_in_process
from activities.ports.paper_reading import PaperReader

if TYPE_CHECKING:
    from activities.adapters.ocr.pool import OcrPool
    from activities.adapters.ocr.reader import StagedReader
    from models.lease.documents.paper import Paper


class PooledPapers(PaperReader):
    """The one pool of reading processes serves all papers."""

    def __init__(self, pool: OcrPool, *, version: str) -> None:
        self._pool = pool
        self._version = version

    @property
    def version(self) -> str:
        return self._version

    async def read(self, content: bytes, *, filename: str) -> Paper:
        """See `PaperReader.read`."""
        return await self._pool.run(inspect_in_process, content, filename)


class PapersHere(PaperReader):
    """Reads in this very process; for tools and tests that own an engine."""

    version = "here"

    def __init__(self, reader: StagedReader) -> None:
        self._reader = reader

    async def read(self, content: bytes, *, filename: str) -> Paper:
        """See `PaperReader.read`."""
        return inspect(content, filename, self._reader)
