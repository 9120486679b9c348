"""The outbox: what is put in a business transaction, and leaves it in order once that is committed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.forwarding.bell import Box, ring
from activities.store.forwarding.partners import profile_of
from activities.store.tables.forwarding import OutboxLaneRow, OutboxRow
from models.calendar import business_date
from models.forwarding.envelopes import Body, Envelope, content_hash
from models.forwarding.errors import KeyReusedError, UnknownMessageError, UnknownTopicError

WAITING, DELIVERED, DEAD = "waiting", "delivered", "dead"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be put."""

    topic: str
    key: str
    """Unique among all messages for the partner, made of the business: ``2026-11/000123``."""
    body: Body
    ordering_key: str = ""
    """Messages of one ordering key are delivered in the order in which they were put."""

    @property
    def sha256(self) -> str:
        """Hash of the body."""
        return content_hash(self.body)


def put(
    session: Session,
    *,
    partner: str,
    topic: str,
    key: str,
    body: Body,
    ordering_key: str = "",
    at: datetime | None = None,
) -> bool:
    """Put one message into the outbox, within the caller's transaction.

    Args:
        session: of the business transaction: the message leaves only if that is committed.
        partner: code of the partner system.
        topic: one of the partner's outgoing topics.
        key: unique for the partner.
        body: plain JSON data; amounts are decimal texts.
        ordering_key: what must stay in order among itself, such as a contract's number.
        at: when; now unless given.

    Returns:
        False when the same message was put before.

    Raises:
        UnknownPartnerError: the partner is not configured.
        UnknownTopicError: the partner's profile does not name the topic.
        KeyReusedError: the key stands for another body.
        InexactNumberError: a float is in the body.
    """
    return put_many(session, partner, [Outgoing(topic, key, body, ordering_key)], at=at) == 1


def put_many(
    session: Session, partner: str, messages: Sequence[Outgoing], *, at: datetime | None = None
) -> int:
    """Put messages in their order and give how many are new. See `put`."""
    now = at or datetime.now(UTC)
    profile = profile_of(session, partner, at=now)
    lanes: defaultdict[str, list[Outgoing]] = defaultdict(list)
    for message in messages:
        if message.topic not in profile.outgoing:
            raise UnknownTopicError(partner, message.topic, tuple(profile.outgoing))
        lanes["" if profile.ordering == "partner" else message.ordering_key].append(message)
    # lanes are locked in one order: two transactions that put into the same ones must not wait in a ring
    entered = sum(_put_into(session, partner, lane, lanes[lane], now) for lane in sorted(lanes))
    if entered:
        ring(session, Box.OUTBOX, partner)
    return entered


def _put_into(session: Session, partner: str, lane: str, messages: list[Outgoing], at: datetime) -> int:
    last = _lock_lane(session, partner, lane)
    hashes = _known(session, partner, [message.key for message in messages])
    new: list[tuple[Outgoing, str]] = []
    for message in messages:
        now = message.sha256
        first = hashes.get(message.key)
        if first is None:
            hashes[message.key] = now
            new.append((message, now))
        elif first != now:
            raise KeyReusedError(partner, message.key, first=first, now=now)
    rows = [
        OutboxRow(
            partner=partner,
            ordering_key=lane,
            number=number,
            topic=message.topic,
            key=message.key,
            day=business_date(at),
            body=message.body,
            sha256=sha256,
            state=WAITING,
            put_at=at,
        )
        for number, (message, sha256) in enumerate(new, start=last + 1)
    ]
    if rows:  # the identity column numbers them in this order
        session.connection().execute(
            insert(OutboxRow), [row.model_dump(exclude={"outbox_id"}) for row in rows]
        )
    session.execute(
        update(OutboxLaneRow)
        .where(col(OutboxLaneRow.partner) == partner, col(OutboxLaneRow.ordering_key) == lane)
        .values(last_number=last + len(rows))
    )
    return len(rows)


def _lock_lane(session: Session, partner: str, lane: str) -> int:
    """Take the lane until the transaction ends, and give its last number."""
    statement = insert(OutboxLaneRow).values(partner=partner, ordering_key=lane, last_number=0)
    last: int = session.execute(
        statement.on_conflict_do_update(
            index_elements=["partner", "ordering_key"],
            set_={"last_number": OutboxLaneRow.__table__.c.last_number},  # type: ignore[attr-defined]
        ).returning(col(OutboxLaneRow.last_number))
    ).scalar_one()
    return last


def _known(session: Session, partner: str, keys: Sequence[str]) -> dict[str, str]:
    rows = session.execute(
        select(col(OutboxRow.key), col(OutboxRow.sha256)).where(
            col(OutboxRow.partner) == partner, col(OutboxRow.key).in_(keys)
        )
    )
    return dict(rows.all())


def find(session: Session, partner: str, key: str) -> OutboxRow:
    """One message.

    Raises:
        UnknownMessageError: there is none.
    """
    row: OutboxRow | None = session.execute(
        select(OutboxRow).where(col(OutboxRow.partner) == partner, col(OutboxRow.key) == key)
    ).scalar_one_or_none()
    if row is None:
        raise UnknownMessageError(partner, key)
    return row


def list_messages(
    session: Session, *, partner: str | None = None, states: Iterable[str] = (), limit: int = 100
) -> list[OutboxRow]:
    """Messages in the order in which they were put."""
    query = select(OutboxRow).order_by(col(OutboxRow.outbox_id)).limit(limit)
    if partner is not None:
        query = query.where(col(OutboxRow.partner) == partner)
    if wanted := list(states):
        query = query.where(col(OutboxRow.state).in_(wanted))
    return list(session.execute(query).scalars())


def envelope_of(row: OutboxRow) -> Envelope:
    """The message as it travels."""
    return Envelope(row.key, row.topic, row.ordering_key, row.number, row.day, row.body)
