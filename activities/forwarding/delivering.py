"""Delivering a partner's outbox: one process at a time, in order, for as long as nothing else happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from activities.forwarding.feeds import FEEDS
from activities.forwarding.news import Watch
from activities.forwarding.rounds import Round
from activities.ports.transport import Transport
from activities.store.database import Database
from activities.store.forwarding import deliveries, partners
from activities.store.forwarding.bell import Box, Turn
from activities.store.tables.forwarding import OutboxRow
from models.calendar import SHANGHAI
from models.forwarding.messages import Flow, MoveMessages
from models.parameters.partners import PartnerProfile

OpenTransport = Callable[[PartnerProfile, str], Awaitable[Transport]]
"""Opens the transport to a partner for one purpose; the same one while its connection stands."""

_BATCH: Final = 200
_SLICE_SECONDS: Final = 5.0
"""A wait is cut into slices of so long, after each of which a worker's stop is noticed."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What a look at the books came to."""

    profile: PartnerProfile
    batch: list[OutboxRow]
    paused_by: str
    closed_until: datetime | None
    rests_until: datetime | None

    @property
    def hindrance(self) -> str:
        """Why nothing is even tried."""
        if not self.profile.active:
            return "not active"
        if self.closed_until is not None:
            return f"closed until {self.closed_until.astimezone(SHANGHAI):%m-%d %H:%M}"
        return ""


class Delivery:
    """The long step behind a partner's forwarder.

    Args:
        database: where the outbox is.
        transports: opens the way to the partner.
        move: what the workflow asks for.
        turn: that this process has.
    """

    def __init__(self, database: Database, transports: OpenTransport, move: MoveMessages, turn: Turn) -> None:
        self._database = database
        self._transports = transports
        self._partner = move.partner
        self._turn = turn
        self._watch = Watch(move.known)
        self._failures = move.known.failures
        self._try_at = move.known.try_at
        self._moved = 0
        self._trouble = move.known.trouble

    async def until_news(self) -> Flow:
        """Deliver what can be delivered, and whatever is put meanwhile, until there is news."""
        while True:
            look = await asyncio.to_thread(self._look)
            pause = self._left_of_the_pause() or await self._act(look)
            flow = await asyncio.to_thread(self._flow, look)
            if self._watch.is_news(flow):
                return flow
            if pause:
                await self._rest(pause, look)

    def _left_of_the_pause(self) -> float:
        """Seconds until a partner in trouble is tried again: the pattern outlives the step."""
        if self._try_at is None:
            return 0.0
        return max(0.0, (self._try_at - datetime.now(UTC)).total_seconds())

    async def _act(self, look: _Look) -> float:
        """Deliver what is due; how long to wait afterwards."""
        if look.paused_by or look.hindrance:
            self._trouble = look.hindrance
            return look.profile.look_seconds
        if not look.batch:
            self._trouble = ""
            return self._until_next_look(look)
        transport = await self._transports(look.profile, "outbox")
        round_ = Round(self._database, self._turn, transport, look.profile)
        await round_.deliver(look.batch)
        self._moved += round_.moved
        if not round_.trouble:
            self._failures, self._trouble, self._try_at = 0, "", None
            return 0.0
        self._failures += 1
        self._trouble = f"refused: {round_.trouble}"
        pause = max(look.profile.retry.pause(self._failures), round_.asked_to_wait)
        self._try_at = datetime.now(UTC) + timedelta(seconds=pause)
        return pause

    async def _rest(self, seconds: float, look: _Look) -> None:
        """Wait for the bell or the pattern; a partner in trouble is not tried earlier for a new message."""
        while seconds > 0:
            before = asyncio.get_running_loop().time()
            slice_ = min(seconds, _SLICE_SECONDS)
            await self._turn.wait(slice_, commands_only=bool(self._trouble))
            waited = asyncio.get_running_loop().time() - before
            if waited < slice_ * 0.99:  # the bell rang
                self._try_at = None
                return
            seconds -= waited
            if self._watch.is_news(await asyncio.to_thread(self._flow, look)):
                return

    def _until_next_look(self, look: _Look) -> float:
        if look.rests_until is None:
            return look.profile.look_seconds
        left = (look.rests_until - datetime.now(UTC)).total_seconds()
        return max(0.01, min(left, look.profile.look_seconds))

    def _look(self) -> _Look:
        now = datetime.now(UTC)
        with self._database.transaction() as session:
            profile = partners.profile_of(session, self._partner, at=now)
            for feed in profile.feeds:
                FEEDS[feed](session, profile.code)
        with self._database.transaction() as session:
            opens = profile.window.next_opening(now)
            return _Look(
                profile,
                deliveries.due(session, self._partner, at=now, limit=_BATCH),
                partners.paused_by(session, self._partner),
                opens if opens > now else None,
                deliveries.next_try(session, self._partner),
            )

    def _flow(self, look: _Look) -> Flow:
        with self._database.transaction() as session:
            found = deliveries.flow(
                session, self._partner, trouble=self._trouble, paused_by=look.paused_by, moved=self._moved
            )
        return replace(found, failures=self._failures, try_at=self._try_at)


async def deliver(database: Database, transports: OpenTransport, move: MoveMessages) -> Flow:
    """Take the partner's turn and deliver until there is news."""
    async with Turn(database, Box.OUTBOX, move.partner) as turn:
        return await Delivery(database, transports, move, turn).until_news()
