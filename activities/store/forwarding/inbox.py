"""The inbox: each message of a partner is stored once, then handled in order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import distinct, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.forwarding.bell import Box, ring
from activities.store.tables.forwarding import InboxDiscrepancyRow, InboxRow
from models.forwarding.envelopes import Envelope
from models.forwarding.errors import UnknownMessageError
from models.forwarding.messages import Flow

WAITING, HANDLED, DEAD = "waiting", "handled", "dead"


class Stored(StrEnum):
    """What became of a message that came in."""

    NEW = "new"
    KNOWN = "known"
    """The same message came before."""
    CONFLICT = "conflict"
    """Another body came before under this id; the first stands, the new one is kept as a discrepancy."""


def take(session: Session, partner: str, envelope: Envelope, *, came_by: str, at: datetime) -> Stored:
    """Store a message; acknowledge it to its sender only after the transaction is committed."""
    entered = session.execute(
        insert(InboxRow)
        .values(
            partner=partner,
            message_id=envelope.id,
            topic=envelope.topic,
            ordering_key=envelope.ordering_key,
            number=envelope.number,
            day=envelope.day,
            body=envelope.body,
            sha256=envelope.sha256,
            state=WAITING,
            blocks=False,
            attempts=0,
            last_error="",
            outcome="",
            came_by=came_by,
            received_at=at,
        )
        .on_conflict_do_nothing(index_elements=["partner", "message_id"])
        .returning(col(InboxRow.inbox_id))
    ).scalar_one_or_none()
    if entered is not None:
        ring(session, Box.INBOX, partner)
        return Stored.NEW
    kept = find(session, partner, envelope.id)
    if kept.sha256 == envelope.sha256 and kept.topic == envelope.topic:
        return Stored.KNOWN
    session.execute(
        insert(InboxDiscrepancyRow)
        .values(
            partner=partner,
            message_id=envelope.id,
            kept_sha256=kept.sha256,
            sha256=envelope.sha256,
            body=envelope.body,
            came_at=at,
        )
        .on_conflict_do_nothing()
    )
    return Stored.CONFLICT


def find(session: Session, partner: str, message_id: str) -> InboxRow:
    """One message.

    Raises:
        UnknownMessageError: there is none.
    """
    row: InboxRow | None = session.execute(
        select(InboxRow).where(col(InboxRow.partner) == partner, col(InboxRow.message_id) == message_id)
    ).scalar_one_or_none()
    if row is None:
        raise UnknownMessageError(partner, message_id)
    return row


def list_messages(
    session: Session, *, partner: str | None = None, states: Iterable[str] = (), limit: int = 100
) -> list[InboxRow]:
    """Messages in the order in which they came."""
    query = select(InboxRow).order_by(col(InboxRow.inbox_id)).limit(limit)
    if partner is not None:
        query = query.where(col(InboxRow.partner) == partner)
    if wanted := list(states):
        query = query.where(col(InboxRow.state).in_(wanted))
    return list(session.execute(query).scalars())


def discrepancies(session: Session, *, partner: str | None = None) -> list[InboxDiscrepancyRow]:
    """Ids that came with two bodies, oldest first."""
    query = select(InboxDiscrepancyRow).order_by(col(InboxDiscrepancyRow.discrepancy_id))
    if partner is not None:
        query = query.where(col(InboxDiscrepancyRow.partner) == partner)
    return list(session.execute(query).scalars())


# ---------------------------------------------------------------- handling


def next_due(session: Session, partner: str, *, at: datetime) -> InboxRow | None:
    """The first message that may be handled now, locked."""
    mine = col(InboxRow.partner) == partner
    stopped = session.execute(
        select(col(InboxRow.ordering_key))
        .distinct()
        .where(
            mine,
            or_(
                (col(InboxRow.state) == DEAD) & col(InboxRow.blocks),
                (col(InboxRow.state) == WAITING) & (col(InboxRow.next_try) > at),
            ),
        )
    ).scalars()
    query = select(InboxRow).where(mine, col(InboxRow.state) == WAITING)
    if keys := list(stopped):
        query = query.where(col(InboxRow.ordering_key).not_in(keys))
    return session.execute(
        query.order_by(col(InboxRow.inbox_id)).limit(1).with_for_update()
    ).scalar_one_or_none()


def enter_handled(session: Session, row: InboxRow, outcome: str, *, at: datetime) -> None:
    """The handler is done with it, in this same transaction."""
    row.state, row.outcome, row.handled_at = HANDLED, outcome, at
    row.attempts, row.last_error, row.next_try, row.blocks = row.attempts + 1, "", None, False
    session.add(row)


def enter_failed(session: Session, row: InboxRow, reason: str, *, next_try: datetime) -> None:
    """The handler failed; the ordering key rests until the next try."""
    row.attempts, row.last_error, row.next_try = row.attempts + 1, reason, next_try
    session.add(row)


def enter_dead(session: Session, row: InboxRow, reason: str, *, blocks: bool) -> None:
    """It fails every time: a person must look."""
    row.state, row.blocks, row.next_try = DEAD, blocks, None
    row.attempts, row.last_error = row.attempts + 1, reason
    session.add(row)


def flow(session: Session, partner: str, *, trouble: str, moved: int) -> Flow:
    """How things stand with a partner's inbox."""
    mine = col(InboxRow.partner) == partner
    waiting, oldest = session.execute(
        select(func.count(), func.min(col(InboxRow.received_at))).where(mine, col(InboxRow.state) == WAITING)
    ).one()
    dead, blocked = session.execute(
        select(
            func.count(), func.count(distinct(col(InboxRow.ordering_key))).filter(col(InboxRow.blocks))
        ).where(mine, col(InboxRow.state) == DEAD)
    ).one()
    return Flow(waiting, oldest, trouble, dead, blocked, "", moved)


def next_try(session: Session, partner: str) -> datetime | None:
    """When the first resting message is tried again."""
    first: datetime | None = session.execute(
        select(func.min(col(InboxRow.next_try))).where(
            col(InboxRow.partner) == partner, col(InboxRow.state) == WAITING
        )
    ).scalar_one()
    return first
