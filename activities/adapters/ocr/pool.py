"""Reading in parallel: single-threaded engines, each in a process of its own, beat one with many threads."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from activities.adapters.ocr.engines import Engine
from activities.adapters.ocr.ranges import joined, may_have_many_pages, page_ranges
from models.bill_monitoring.reading import DocumentReading, ReadRecord, ReadScope
from models.errors import ServiceUnreachableError

if TYPE_CHECKING:
    from activities.adapters.ocr.reader import StagedReader

_DOCUMENTS_PER_PROCESS: Final = 400
"""A process is replaced after so many documents, which bounds what the engine's caches hold."""
_PARENT_GONE_POLL_SECONDS: Final = 2.0
_PR_SET_PDEATHSIG: Final = 1

P = ParamSpec("P")
T = TypeVar("T")


class ReadingProcessDiedError(ServiceUnreachableError):
    """A reading process was killed or ran out of memory; the pool is whole again, so try once more."""

    def __init__(self) -> None:
        super().__init__(
            "a reading process died while reading", remedy="It is tried again by itself; watch the memory"
        )


class OcrPool:
    """Processes that read documents, each with one engine loaded once (up to 1 GB each).

    They start at the first document, not at construction.

    Args:
        processes: how many read side by side; as many as there are cores is best.
        engine: which engine each loads.
    """

    def __init__(self, processes: int, *, engine: Engine = Engine.RAPIDOCR) -> None:
        self._processes = processes
        self._engine = engine
        self._executor: ProcessPoolExecutor | None = None

    async def read(
        self,
        content: bytes,
        *,
        filename: str,
        scope: ReadScope,
        first_page: int = 1,
        last_page: int | None = None,
    ) -> DocumentReading:
        """As `DocumentReader.read`; the pages of a long document are shared out over the processes.

        Raises:
            UnreadableDocumentError: nothing can be read from these bytes.
            ReadingProcessDiedError: the process died; worth another try.
        """
        ranges: list[tuple[int, int | None]] = [(first_page, last_page)]
        whole = first_page == 1 and last_page is None
        if whole and self._processes > 1 and may_have_many_pages(content):
            ranges = list(page_ranges(await self.page_count(content, filename), self._processes))
        parts = await asyncio.gather(
            *(self.run(_read, content, filename, scope, first, last) for first, last in ranges)
        )
        return joined(parts)

    async def page_count(self, content: bytes, filename: str) -> int:
        """As `DocumentReader.page_count`."""
        return await self.run(_page_count, content, filename)

    async def complete(
        self, content: bytes, *, filename: str, records: Sequence[ReadRecord]
    ) -> list[ReadRecord]:
        """As `DocumentReader.complete`."""
        return await self.run(_complete, content, filename, tuple(records))

    async def close(self) -> None:
        """End the processes; documents being read are finished first."""
        executor, self._executor = self._executor, None
        if executor is not None:
            await asyncio.to_thread(executor.shutdown, cancel_futures=True)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function of a module in a reading process, where `loaded_reader` gives it the engine.

        Raises:
            ReadingProcessDiedError: the process died; worth another try.
        """
        executor = self._ready()
        try:
            future = executor.submit(function, *args, **kwargs)
            return await asyncio.wrap_future(future)
        except BrokenProcessPool as error:
            if self._executor is executor:
                self._executor = None
                executor.shutdown(wait=False, cancel_futures=True)
            raise ReadingProcessDiedError from error

    def _ready(self) -> ProcessPoolExecutor:
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                self._processes,
                mp_context=get_context("spawn"),
                initializer=_start,
                initargs=(self._engine, os.getpid()),
                max_tasks_per_child=_DOCUMENTS_PER_PROCESS,
            )
        return self._executor


_reader: StagedReader | None = None
"""The engine of this process, loaded when it starts."""


def _start(engine: Engine, parent: int) -> None:
    """Set up a reading process: it leaves Ctrl-C to its parent, and dies with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent(parent)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    import cv2  # noqa: PLC0415 - heavy

    from activities.adapters.ocr.engines import load_reader  # noqa: PLC0415 - heavy

    cv2.setNumThreads(1)
    global _reader  # noqa: PLW0603 - one engine per process is the point
    _reader = load_reader(engine)


def _die_with_parent(parent: int) -> None:
    """Make sure that no reading process outlives its parent, even one killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # The kernel's signal follows the thread that started us, and exists on Linux only: look as well.
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    tick = threading.Event()
    while os.getppid() == parent:
        tick.wait(_PARENT_GONE_POLL_SECONDS)
    os._exit(1)


def loaded_reader() -> StagedReader:
    """The engine of this reading process."""
    if _reader is None:
        raise RuntimeError("this process was not started by OcrPool")
    return _reader


def _read(
    content: bytes, filename: str, scope: ReadScope, first_page: int, last_page: int | None
) -> DocumentReading:
    return loaded_reader().read(
        content, filename=filename, scope=scope, first_page=first_page, last_page=last_page
    )


def _page_count(content: bytes, filename: str) -> int:
    return loaded_reader().page_count(content, filename)


def _complete(content: bytes, filename: str, records: tuple[ReadRecord, ...]) -> list[ReadRecord]:
    return loaded_reader().complete(content, filename=filename, records=records)
