"""Taking in what a partner sends: stored once, acknowledged after the commit, handled in order."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from activities.forwarding.delivering import OpenTransport
from activities.forwarding.feeds import handler_named
from activities.forwarding.news import Watch
from activities.ports.transport import Incoming, PartnerUnreachableError
from activities.store.database import Database
from activities.store.forwarding import inbox, partners
from activities.store.forwarding.bell import Box, Turn
from activities.store.forwarding.inbox import Stored
from activities.store.tables.forwarding import InboxRow
from models.calendar import business_date
from models.errors import LeaseflowError
from models.forwarding.envelopes import Envelope, read_envelope
from models.forwarding.errors import MalformedMessageError
from models.forwarding.messages import Flow, MoveMessages
from models.parameters.partners import IncomingTopic, PartnerProfile

log = structlog.get_logger(__name__)

_BATCH: Final = 100
_FETCH_SECONDS: Final = 1.0
_UNREADABLE: Final = "unreadable"
_LONGEST_REASON: Final = 500


class Intake:
    """The long step behind a partner's reader.

    Args:
        database: where the inbox is.
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
        self._failures = 0
        self._moved = 0
        self._trouble = move.known.trouble

    async def until_news(self) -> Flow:
        """Take in and handle, and wait for more, until there is news."""
        while True:
            profile = await asyncio.to_thread(self._profile)
            more = await self._handle_due(profile)
            flow = await asyncio.to_thread(self._flow)
            if self._watch.is_news(flow):
                return flow
            if not more:
                await self._wait_for_more(profile)

    async def _handle_due(self, profile: PartnerProfile) -> bool:
        """Handle a batch at most, since a long line must not hide news or a worker's stop; is there more?"""
        for _ in range(_BATCH):
            if not await asyncio.to_thread(self._handle_next, profile):
                return False
            self._moved += 1
        return True

    async def _wait_for_more(self, profile: PartnerProfile) -> None:
        """Fetch where messages are fetched; otherwise wait for the bell, or for the next try of one."""
        transport = await self._transports(profile, "inbox") if profile.active else None
        if transport is None or not transport.fetches:
            self._trouble = "" if profile.active else "not active"
            await self._turn.wait(await asyncio.to_thread(self._until_next_try, profile))
            return
        try:
            came = await transport.fetch(_BATCH, wait_seconds=_FETCH_SECONDS)
        except PartnerUnreachableError as error:
            self._failures += 1
            self._trouble = error.message
            await self._turn.wait(profile.retry.pause(self._failures), commands_only=True)
            return
        self._failures, self._trouble = 0, ""
        await asyncio.to_thread(self._store, came)
        for each in came:
            await each.acknowledge()

    def _store(self, came: Sequence[Incoming]) -> None:
        """All of a batch or none: they come again in order then."""
        if not came:
            return
        now = datetime.now(UTC)
        with self._database.transaction() as session:
            for each in came:
                take_content(session, self._partner, each.content, came_by="nats", at=now)

    def _handle_next(self, profile: PartnerProfile) -> bool:
        """Handle the first message that is due; whether there was one."""
        now = datetime.now(UTC)
        with self._database.transaction() as session:
            row = inbox.next_due(session, self._partner, at=now)
            if row is None:
                return False
            try:
                with session.begin_nested():
                    outcome = _handle(session, row, profile)
            except OperationalError:  # the database is away: no fault of the message
                raise
            except Exception as error:  # noqa: BLE001 - whatever poison does to a handler stops at this message
                _enter_failure(session, row, profile, error, at=now)
            else:
                inbox.enter_handled(session, row, outcome, at=now)
            return True

    def _profile(self) -> PartnerProfile:
        with self._database.transaction() as session:
            return partners.profile_of(session, self._partner)

    def _until_next_try(self, profile: PartnerProfile) -> float:
        with self._database.transaction() as session:
            rests_until = inbox.next_try(session, self._partner)
        if rests_until is None:
            return min(profile.look_seconds, 5.0)
        left = (rests_until - datetime.now(UTC)).total_seconds()
        return max(0.01, min(left, profile.look_seconds, 5.0))

    def _flow(self) -> Flow:
        with self._database.transaction() as session:
            return inbox.flow(session, self._partner, trouble=self._trouble, moved=self._moved)


async def take_in(database: Database, transports: OpenTransport, move: MoveMessages) -> Flow:
    """Take the partner's turn and take in until there is news."""
    async with Turn(database, Box.INBOX, move.partner) as turn:
        return await Intake(database, transports, move, turn).until_news()


def take_content(session: Session, partner: str, content: bytes, *, came_by: str, at: datetime) -> Stored:
    """Store what a queue brought. What is no message is kept as a dead letter: a queue takes no refusal."""
    try:
        envelope = read_envelope(content, default_day=business_date(at))
    except MalformedMessageError as error:
        wording = content.decode(errors="backslashreplace").replace("\x00", "\\x00")
        name = f"{_UNREADABLE}/{hashlib.sha256(content).hexdigest()}"
        day = business_date(at)
        kept = Envelope(name, _UNREADABLE, name, 0, day, {"wording": wording, "fault": error.message})
        stored = inbox.take(session, partner, kept, came_by=came_by, at=at)
        inbox.enter_dead(session, inbox.find(session, partner, name), error.message, blocks=False)
        return stored
    return inbox.take(session, partner, envelope, came_by=came_by, at=at)


def _handle(session: Session, row: InboxRow, profile: PartnerProfile) -> str:
    rule = profile.incoming.get(row.topic)
    return handler_named(rule.handler if rule else None, row.topic)(session, row)


def _enter_failure(
    session: Session, row: InboxRow, profile: PartnerProfile, error: Exception, *, at: datetime
) -> None:
    rule = profile.incoming.get(row.topic, IncomingTopic(handler="", tries=1))
    known = isinstance(error, LeaseflowError)
    reason = (str(error) if known else f"{type(error).__name__}: {error}")[:_LONGEST_REASON]
    log.warning("message not handled", partner=row.partner, message=row.message_id, reason=reason)
    if row.attempts + 1 >= rule.tries:
        inbox.enter_dead(session, row, reason, blocks=rule.dead_letter == "blocks")
        return
    rest = timedelta(seconds=profile.retry.pause(row.attempts + 1))
    inbox.enter_failed(session, row, reason, next_try=at + rest)
