"""Telling Temporal that a long step is alive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from temporalio import activity

_SECONDS: Final = 10.0


@asynccontextmanager
async def alive() -> AsyncIterator[None]:
    """Beat while the block runs; a worker that dies is noticed by its silence."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(_SECONDS)

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
