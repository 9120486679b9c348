"""One round of delivering: ordering keys side by side, each in its own order."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlmodel import Session

from activities.ports.transport import Transport
from activities.store.database import Database
from activities.store.forwarding import deliveries
from activities.store.forwarding.bell import Turn
from activities.store.forwarding.deliveries import Taken
from activities.store.forwarding.outbox import envelope_of
from activities.store.tables.forwarding import OutboxRow
from models.forwarding.delivery import Answer, Said
from models.parameters.partners import OutgoingTopic, PartnerProfile

_ENTER_EVERY_SECONDS: Final = 0.25
"""So much may be delivered and not entered yet: a crash then delivers it again under the same ids."""


@dataclass
class Round:
    """Delivers one batch.

    Args:
        database: where outcomes are entered.
        turn: that must still be ours when they are.
        transport: to the partner.
        profile: of the partner as it is now.
    """

    database: Database
    turn: Turn
    transport: Transport
    profile: PartnerProfile
    moved: int = 0
    trouble: str = ""
    """Why the partner takes nothing; empty while it does."""
    asked_to_wait: float = 0.0
    _taken: list[Taken] = field(default_factory=list)
    _entered_at: float = field(default_factory=time.monotonic)
    _entering: asyncio.Lock = field(default_factory=asyncio.Lock)
    _next_slot: float = field(default_factory=time.monotonic)

    async def deliver(self, batch: Sequence[OutboxRow]) -> None:
        """Deliver what can be, and enter it."""
        lanes: defaultdict[str, list[OutboxRow]] = defaultdict(list)
        for row in batch:
            lanes[row.ordering_key].append(row)
        side_by_side = asyncio.Semaphore(self.profile.at_once)

        async def run(lane: list[OutboxRow]) -> None:
            async with side_by_side:
                await self._deliver_lane(lane)

        try:
            async with asyncio.TaskGroup() as group:
                for lane in lanes.values():
                    group.create_task(run(lane))
        finally:
            await self._enter_taken()

    async def _deliver_lane(self, lane: list[OutboxRow]) -> None:
        for row in lane:
            if self.trouble:
                return
            await self._keep_rate()
            answer = await self.transport.deliver(envelope_of(row), drives=row.drives)
            if answer.said is Said.TAKEN:
                await self._take(row, answer)
            elif answer.said is Said.UNAVAILABLE:
                self.trouble = answer.reason or "unavailable"
                self.asked_to_wait = answer.wait_seconds or 0.0
                await self._enter(lambda s: deliveries.enter_unavailable(s, _id(row), answer.reason))  # noqa: B023 - runs before the next turn of the loop
                return
            elif await self._refused(row, answer.reason):
                return

    async def _take(self, row: OutboxRow, answer: Answer) -> None:
        self._taken.append(Taken(_id(row), answer.receipt))
        self.moved += 1
        if time.monotonic() - self._entered_at > _ENTER_EVERY_SECONDS:
            await self._enter_taken()

    async def _refused(self, row: OutboxRow, reason: str) -> bool:
        """Enter a refusal; whether those behind it wait."""
        rule = self.profile.outgoing.get(row.topic, OutgoingTopic())
        refusals = row.refusals + 1
        if refusals >= rule.refusals:
            blocks = rule.dead_letter == "blocks"
            await self._enter(lambda s: deliveries.enter_dead(s, _id(row), reason, blocks=blocks))
            return blocks
        rest = timedelta(seconds=self.profile.retry.pause(refusals))
        until = datetime.now(UTC) + rest
        await self._enter(lambda s: deliveries.enter_refused(s, _id(row), reason, next_try=until))
        return True

    async def _keep_rate(self) -> None:
        now = time.monotonic()
        self._next_slot = max(self._next_slot, now) + 1 / self.profile.messages_per_second
        if (wait := self._next_slot - 1 / self.profile.messages_per_second - now) > 0:
            await asyncio.sleep(wait)

    async def _enter_taken(self) -> None:
        async with self._entering:
            taken, self._taken = self._taken, []
            if taken:
                await self.turn.still_ours()
                await self._enter(lambda s: deliveries.enter_taken(s, taken, at=datetime.now(UTC)))
            self._entered_at = time.monotonic()

    async def _enter(self, work: Callable[[Session], None]) -> None:
        def transaction() -> None:
            with self.database.transaction() as session:
                work(session)

        await asyncio.to_thread(transaction)


def _id(row: OutboxRow) -> int:
    if row.outbox_id is None:
        raise RuntimeError(f"message {row.key!r} was not stored")
    return row.outbox_id
