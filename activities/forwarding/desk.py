"""Short steps on both boxes: pausing, dead letters, comparing a day with a partner."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlmodel import Session
from temporalio import activity

from activities.forwarding.delivering import OpenTransport
from activities.ports.transport import Transport
from activities.store.database import Database
from activities.store.forwarding import comparison, partners
from activities.store.forwarding.bell import Box, ring
from activities.store.forwarding.dead_letters import redrive
from models.calendar import business_date
from models.forwarding.consistency import Difference, DifferenceKind, Digest, Exchanged, differences, digest
from models.forwarding.messages import (
    CheckDay,
    ConsistencyOrder,
    DayChecked,
    PauseNote,
    Redriven,
    RedriveNote,
)
from models.parameters.partners import PartnerProfile
from workflows.forwarding.steps import ForwardingDesk

_TOLD: Final = 50
"""Differences that go into a history; the books hold all."""
_AFTER_MIDNIGHT: Final = timedelta(hours=12)
"""A check before noon is about the day before."""
_NOTHING: Final = digest(())


class BooksDesk(ForwardingDesk):
    """Works on the books in PostgreSQL, and asks partners for theirs.

    Args:
        database: where both boxes are.
        transports: opens the way to a partner.
    """

    def __init__(self, database: Database, transports: OpenTransport) -> None:
        self._database = database
        self._transports = transports

    @activity.defn(name="forwarding.note_pause")
    def note_pause(self, note: PauseNote) -> None:
        with self._database.transaction() as session:
            partners.note_pause(session, note)
            ring(session, Box.OUTBOX, note.partner, command=True)

    @activity.defn(name="forwarding.redrive_outbox")
    def redrive_outbox(self, note: RedriveNote) -> Redriven:
        with self._database.transaction() as session:
            return Redriven(redrive(session, Box.OUTBOX, note))

    @activity.defn(name="forwarding.redrive_inbox")
    def redrive_inbox(self, note: RedriveNote) -> Redriven:
        with self._database.transaction() as session:
            return Redriven(redrive(session, Box.INBOX, note))

    @activity.defn(name="forwarding.days_to_check")
    def days_to_check(self, order: ConsistencyOrder) -> tuple[CheckDay, ...]:
        now = datetime.now(UTC)
        day = order.day or business_date(now - _AFTER_MIDNIGHT)
        with self._database.transaction() as session:
            if order.partner:
                found = [partners.profile_of(session, order.partner, at=now)]
            else:
                found = [profile for profile in partners.profiles(session, at=now) if profile.active]
        return tuple(CheckDay(profile.code, day, now) for profile in found)

    @activity.defn(name="forwarding.check_day")
    async def check_day(self, check: CheckDay) -> DayChecked:
        profile, ours = await asyncio.to_thread(self._our_topics, check)
        transport = await self._transports(profile, "comparison")
        theirs = await transport.digests(check.day)
        found: list[Difference] = []
        redriven = 0
        for topic in sorted({*ours, *theirs}):
            differing, driven = await self._compare(transport, check, topic, theirs.get(topic, _NOTHING))
            found += differing
            redriven += driven
        return DayChecked(
            check.partner,
            check.day,
            len({*ours, *theirs}),
            sum(ours.values()),
            tuple(found[:_TOLD]),
            len(found),
            redriven,
        )

    async def _compare(
        self, transport: Transport, check: CheckDay, topic: str, theirs: Digest
    ) -> tuple[list[Difference], int]:
        """Compare one topic: by its digest, and by key where the digests differ."""
        ours = await asyncio.to_thread(self._digest, check, topic)
        their_messages = [] if ours == theirs else await transport.listing(check.day, topic)
        return await asyncio.to_thread(self._enter, check, topic, ours, theirs, their_messages)

    def _our_topics(self, check: CheckDay) -> tuple[PartnerProfile, dict[str, int]]:
        with self._database.transaction() as session:
            profile = partners.profile_of(session, check.partner)
            return profile, comparison.topics_of_day(session, check.partner, check.day)

    def _digest(self, check: CheckDay, topic: str) -> Digest:
        with self._database.transaction() as session:
            return digest(comparison.exchanged(session, check.partner, check.day, topic, delivered=True))

    def _enter(
        self, check: CheckDay, topic: str, ours: Digest, theirs: Digest, their_messages: Sequence[Exchanged]
    ) -> tuple[list[Difference], int]:
        with self._database.transaction() as session:
            found = [] if ours == theirs else _differences(session, check, topic, their_messages)
            missing = [each.key for each in found if each.kind is DifferenceKind.MISSING_THERE]
            driven = comparison.drive_again(session, check.partner, missing, day=check.day, at=check.at)
            comparison.enter_check(
                session,
                check.partner,
                check.day,
                topic,
                ours=ours,
                theirs=theirs,
                differences=found,
                redriven=driven,
                at=check.at,
            )
            return found, driven


def _differences(
    session: Session, check: CheckDay, topic: str, their_messages: Sequence[Exchanged]
) -> list[Difference]:
    def ours(*, delivered: bool) -> dict[str, str]:
        found = comparison.exchanged(session, check.partner, check.day, topic, delivered=delivered)
        return {each.id: each.sha256 for each in found}

    return differences(
        topic,
        delivered=ours(delivered=True),
        open_=ours(delivered=False),
        theirs={each.id: each.sha256 for each in their_messages},
    )
