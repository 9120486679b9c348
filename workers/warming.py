"""Loading early what would otherwise keep a worker's first task waiting."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from importlib import import_module

from activities.bill_monitoring.desk import ReaderPool
from activities.ports.reading import UnreadableDocumentError
from models.bill_monitoring.reading import ReadScope


async def import_early(*modules: str) -> None:
    """Import modules in a thread of their own, so that the worker serves meanwhile."""
    for module in modules:
        await asyncio.to_thread(import_module, module)


async def start_reading(pool: ReaderPool, processes: int) -> None:
    """Have every reading process start and load its engine: a process starts with its first document."""

    async def read_nothing() -> None:
        with suppress(UnreadableDocumentError):
            await pool.read(b"", filename="nothing.png", scope=ReadScope.IDENTITY)

    await asyncio.gather(*(read_nothing() for _ in range(processes)))
