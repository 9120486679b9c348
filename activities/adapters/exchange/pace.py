"""Politeness: requests to a site keep their distance."""

from __future__ import annotations

import asyncio
import time


class Pace:
    """Lets one request start at a time, each at least ``delay_seconds`` after the one before."""

    def __init__(self, delay_seconds: float) -> None:
        self._delay = delay_seconds
        self._next = 0.0
        self._turn = asyncio.Lock()

    async def turn(self) -> None:
        """Wait until the next request may start."""
        async with self._turn:
            wait = self._next - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            self._next = time.monotonic() + self._delay
