"""Threads of a test's own, so that nothing is under way when its database is closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

GRACE: Final = timedelta(seconds=10)
"""For steps that are under way when a test's worker ends: a thread that is stopped in the middle of a
statement would leave its connection to the next test as it is."""


@asynccontextmanager
async def own_threads() -> AsyncIterator[None]:
    """What ``asyncio.to_thread`` starts meanwhile has ended when the block ends.

    A step that is cancelled leaves its thread running; what that thread holds of the database would
    be dropped unclosed.
    """
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(8)
    loop.set_default_executor(pool)
    try:
        yield
    finally:
        pool.shutdown(wait=True)
        loop.set_default_executor(ThreadPoolExecutor(8))
