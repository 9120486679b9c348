"""Our books of a day, as they are compared with a partner's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from activities.store.forwarding.bell import Box, ring
from activities.store.forwarding.outbox import DELIVERED, WAITING
from activities.store.tables.forwarding import ConsistencyCheckRow, ForwardingEventRow, OutboxRow
from models.forwarding.consistency import Difference, Digest, Exchanged


def topics_of_day(session: Session, partner: str, day: date) -> dict[str, int]:
    """Messages of a day by topic."""
    rows = session.execute(
        select(col(OutboxRow.topic), func.count())
        .where(col(OutboxRow.partner) == partner, col(OutboxRow.day) == day)
        .group_by(col(OutboxRow.topic))
    )
    return dict(rows.all())


def exchanged(session: Session, partner: str, day: date, topic: str, *, delivered: bool) -> list[Exchanged]:
    """Messages of a day and topic that the partner took by our books, or those that it did not."""
    state = col(OutboxRow.state)
    rows = session.execute(
        select(col(OutboxRow.key), col(OutboxRow.sha256)).where(
            col(OutboxRow.partner) == partner,
            col(OutboxRow.day) == day,
            col(OutboxRow.topic) == topic,
            state == DELIVERED if delivered else state != DELIVERED,
        )
    )
    return [Exchanged(key, sha256) for key, sha256 in rows]


def drive_again(session: Session, partner: str, keys: Sequence[str], *, day: date, at: datetime) -> int:
    """Deliver again what the partner took by our books and does not know; gives how many."""
    if not keys:
        return 0
    driven = list(
        session.execute(
            update(OutboxRow)
            .where(
                col(OutboxRow.partner) == partner,
                col(OutboxRow.key).in_(keys),
                col(OutboxRow.state) == DELIVERED,
            )
            .values(
                state=WAITING, delivered_at=None, receipt="", refusals=0, drives=col(OutboxRow.drives) + 1
            )
            .returning(col(OutboxRow.key))
        ).scalars()
    )
    session.add_all(
        ForwardingEventRow(
            partner=partner,
            key=key,
            what="outbox driven again",
            by="leaseflow",
            reason=f"missing at the partner in the books of {day}",
            happened_at=at,
        )
        for key in driven
    )
    ring(session, Box.OUTBOX, partner)
    return len(driven)


def enter_check(
    session: Session,
    partner: str,
    day: date,
    topic: str,
    *,
    ours: Digest,
    theirs: Digest,
    differences: Sequence[Difference],
    redriven: int,
    at: datetime,
) -> None:
    """Keep what comparing one topic came to."""
    session.add(
        ConsistencyCheckRow(
            partner=partner,
            day=day,
            topic=topic,
            our_count=ours.count,
            our_hash=ours.hash,
            their_count=theirs.count,
            their_hash=theirs.hash,
            differences=[asdict(each) for each in differences],
            redriven=redriven,
            checked_at=at,
        )
    )


def newest(session: Session, partner: str, day: date) -> list[ConsistencyCheckRow]:
    """The last check of each topic of a day, by topic."""
    last: dict[str, ConsistencyCheckRow] = {}
    for row in checks(session, partner, day):
        last.setdefault(row.topic, row)
    return [last[topic] for topic in sorted(last)]


def checks(session: Session, partner: str, day: date) -> list[ConsistencyCheckRow]:
    """Every check of a day, newest first."""
    return list(
        session.execute(
            select(ConsistencyCheckRow)
            .where(col(ConsistencyCheckRow.partner) == partner, col(ConsistencyCheckRow.day) == day)
            .order_by(col(ConsistencyCheckRow.check_id).desc())
        ).scalars()
    )
