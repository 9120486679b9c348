"""Telling Temporal that a long step is alive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import copy_context
from threading import Event, Thread
from typing import Final

from temporalio import activity

_SECONDS: Final = 10.0


@asynccontextmanager
async def alive() -> AsyncIterator[None]:
    """Beat while the block runs, or the function that is decorated with it.

    A worker that dies is noticed by its silence. A step that is called as a plain function has nobody to
    tell.
    """
    if not activity.in_activity():
        yield
        return

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(_SECONDS)

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()


@contextmanager
def alive_in_thread() -> Iterator[None]:
    """The same for a step that runs in a thread of its own, as set-based steps do."""
    over = Event()

    def beat() -> None:
        activity.heartbeat()
        while not over.wait(_SECONDS):
            activity.heartbeat()

    # the step is known by its context, which a new thread would not have
    beating = Thread(target=copy_context().run, args=(beat,), name="heartbeat", daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()
