"""What the outbox's forwarder reads and enters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import distinct, func, or_, select, text, update
from sqlmodel import Session, col

from activities.store.forwarding.outbox import DEAD, WAITING
from activities.store.tables.forwarding import OutboxRow
from models.forwarding.messages import Flow


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that the partner took."""

    outbox_id: int
    receipt: str


def stopped_keys(session: Session, partner: str, *, at: datetime) -> list[str]:
    """Ordering keys that stand behind a dead letter, or rest until their next try."""
    return list(
        session.execute(
            select(col(OutboxRow.ordering_key))
            .distinct()
            .where(
                col(OutboxRow.partner) == partner,
                or_(
                    (col(OutboxRow.state) == DEAD) & col(OutboxRow.blocks),
                    (col(OutboxRow.state) == WAITING) & (col(OutboxRow.next_try) > at),
                ),
            )
        ).scalars()
    )


def due(session: Session, partner: str, *, at: datetime, limit: int) -> list[OutboxRow]:
    """Messages that may be delivered now, in order."""
    query = select(OutboxRow).where(col(OutboxRow.partner) == partner, col(OutboxRow.state) == WAITING)
    if stopped := stopped_keys(session, partner, at=at):
        query = query.where(col(OutboxRow.ordering_key).not_in(stopped))
    return list(session.execute(query.order_by(col(OutboxRow.outbox_id)).limit(limit)).scalars())


def enter_taken(session: Session, taken: Sequence[Taken], *, at: datetime) -> None:
    """The partner has these."""
    if not taken:
        return
    session.execute(
        text(
            "UPDATE outbox_message AS m SET state = 'delivered', delivered_at = :at, receipt = t.receipt,"
            " attempts = attempts + 1, last_error = '', next_try = NULL, blocks = false"
            " FROM unnest(CAST(:ids AS bigint[]), CAST(:receipts AS text[])) AS t (id, receipt)"
            " WHERE m.outbox_id = t.id"
        ),
        {"at": at, "ids": [each.outbox_id for each in taken], "receipts": [each.receipt for each in taken]},
    )


def enter_unavailable(session: Session, outbox_id: int, reason: str) -> None:
    """The partner takes nothing; the message that was tried says why."""
    session.execute(
        update(OutboxRow)
        .where(col(OutboxRow.outbox_id) == outbox_id)
        .values(attempts=col(OutboxRow.attempts) + 1, last_error=reason)
    )


def enter_refused(session: Session, outbox_id: int, reason: str, *, next_try: datetime) -> None:
    """The partner does not want this message yet; its ordering key rests."""
    session.execute(
        update(OutboxRow)
        .where(col(OutboxRow.outbox_id) == outbox_id)
        .values(
            attempts=col(OutboxRow.attempts) + 1,
            refusals=col(OutboxRow.refusals) + 1,
            last_error=reason,
            next_try=next_try,
        )
    )


def enter_dead(session: Session, outbox_id: int, reason: str, *, blocks: bool) -> None:
    """The partner refused it too often: a person must look."""
    session.execute(
        update(OutboxRow)
        .where(col(OutboxRow.outbox_id) == outbox_id)
        .values(
            state=DEAD,
            blocks=blocks,
            attempts=col(OutboxRow.attempts) + 1,
            refusals=col(OutboxRow.refusals) + 1,
            last_error=reason,
            next_try=None,
        )
    )


def flow(session: Session, partner: str, *, trouble: str, paused_by: str, moved: int) -> Flow:
    """How things stand with a partner's outbox."""
    mine = col(OutboxRow.partner) == partner
    waiting, oldest = session.execute(
        select(func.count(), func.min(col(OutboxRow.put_at))).where(mine, col(OutboxRow.state) == WAITING)
    ).one()
    dead, blocked = session.execute(
        select(
            func.count(), func.count(distinct(col(OutboxRow.ordering_key))).filter(col(OutboxRow.blocks))
        ).where(mine, col(OutboxRow.state) == DEAD)
    ).one()
    return Flow(waiting, oldest, trouble, dead, blocked, paused_by, moved)


def next_try(session: Session, partner: str) -> datetime | None:
    """When the first resting message is tried again."""
    first: datetime | None = session.execute(
        select(func.min(col(OutboxRow.next_try))).where(
            col(OutboxRow.partner) == partner, col(OutboxRow.state) == WAITING
        )
    ).scalar_one()
    return first
