"""Visits that linger: the next one finds the site still open, and need not enter it anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from activities.ports.bill_source import BillSource, SourceGateway, SourceLogin

_LINGER_SECONDS: Final = 15.0

_Terms = tuple[str, str, tuple[str, ...], float]


@dataclass(eq=False, slots=True)
class _Visit:
    """An open site, and what it was opened for."""

    site: BillSource
    leave: AsyncExitStack
    terms: _Terms
    leaving: asyncio.TimerHandle | None = None


class LingeringGateway(SourceGateway):
    """A `SourceGateway` that leaves a site open for a while after a visit that went well.

    A scan makes a visit every few seconds, and a new tab with the site's front page in it costs 0.8 s
    of CPU each time. Only one visit lingers, and only a visit on the same terms takes it over. One
    that failed, in whatever way, is left at once: the next starts afresh.

    Args:
        inner: opens the site; closed by whoever made it, after this.
        seconds: how long a site stays open unused.
    """

    def __init__(self, inner: SourceGateway, *, seconds: float = _LINGER_SECONDS) -> None:
        self._inner = inner
        self._seconds = seconds
        self._lingering: _Visit | None = None
        self._leaving: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(
        self, login: SourceLogin, *, kinds: Sequence[str], delay_seconds: float
    ) -> AsyncIterator[BillSource]:
        """See `SourceGateway.open`; a person's answer to a challenge always enters anew."""
        terms = (login.base_url, login.username, tuple(kinds), delay_seconds)
        visit = self._take(terms) if login.session and login.challenge_answer is None else None
        if visit is None:
            visit = await self._enter(login, terms)
        try:
            yield visit.site
        except BaseException:
            await visit.leave.aclose()
            raise
        await self._linger(visit)

    async def close(self) -> None:
        """Leave the site that still is open."""
        visit, self._lingering = self._lingering, None
        if visit is not None:
            await self._leave(visit)
        await asyncio.gather(*self._leaving)

    async def _enter(self, login: SourceLogin, terms: _Terms) -> _Visit:
        _base_url, _username, kinds, delay_seconds = terms
        async with AsyncExitStack() as stack:
            opening = self._inner.open(login, kinds=kinds, delay_seconds=delay_seconds)
            site = await stack.enter_async_context(opening)
            return _Visit(site, stack.pop_all(), terms)

    def _take(self, terms: _Terms) -> _Visit | None:
        visit = self._lingering
        if visit is None or visit.terms != terms:
            return None
        self._lingering = None
        if visit.leaving is not None:
            visit.leaving.cancel()
        return visit

    async def _linger(self, visit: _Visit) -> None:
        before, self._lingering = self._lingering, visit
        visit.leaving = asyncio.get_running_loop().call_later(self._seconds, self._time_out, visit)
        if before is not None:
            await self._leave(before)

    def _time_out(self, visit: _Visit) -> None:
        if self._lingering is visit:
            self._lingering = None
            task = asyncio.ensure_future(self._leave(visit))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    async def _leave(self, visit: _Visit) -> None:
        if visit.leaving is not None:
            visit.leaving.cancel()
        await visit.leave.aclose()
