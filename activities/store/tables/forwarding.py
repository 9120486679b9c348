"""Tables of store-and-forward: what goes out, what comes in, how both sides' books compare.

No message is ever deleted; a state ends in ``delivered`` or ``handled``, and ``dead`` waits for a person.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from activities.store.tables.columns import document, identity, instant


class OutboxLaneRow(SQLModel, table=True):
    """The last number of a partner's ordering key.

    Its lock lasts until the putting transaction ends, so that numbers are gapless and commit in order.
    """

    __tablename__ = "outbox_lane"

    partner: str = Field(primary_key=True)
    ordering_key: str = Field(primary_key=True)
    last_number: int = Field(sa_type=BigInteger)


class OutboxRow(SQLModel, table=True):
    """A message for a partner system."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("partner", "key"),
        UniqueConstraint("partner", "ordering_key", "number"),
        Index(
            "ix_outbox_message_waiting", "partner", "outbox_id", postgresql_where=text("state = 'waiting'")
        ),
        Index(
            "ix_outbox_message_held",
            "partner",
            "ordering_key",
            postgresql_where=text("state = 'dead' OR next_try IS NOT NULL"),
        ),
        Index("ix_outbox_message_day", "partner", "day", "topic"),
    )

    outbox_id: int | None = identity()
    partner: str
    ordering_key: str
    number: int = Field(sa_type=BigInteger)
    topic: str
    key: str
    day: dt.date
    body: dict[str, Any] = document()
    sha256: str
    state: str
    """``waiting``, ``delivered`` or ``dead``."""
    blocks: bool = False
    """A dead letter behind which its ordering key waits."""
    attempts: int = 0
    refusals: int = 0
    """Since it was put or driven again."""
    drives: int = 0
    """How often it was driven again: a transport must not take that for a repetition."""
    last_error: str = ""
    next_try: dt.datetime | None = instant(nullable=True)
    receipt: str = ""
    put_at: dt.datetime = instant()
    delivered_at: dt.datetime | None = instant(nullable=True)


class InboxRow(SQLModel, table=True):
    """A message that a partner system sent, stored once."""

    __tablename__ = "inbox_message"
    __table_args__ = (
        UniqueConstraint("partner", "message_id"),
        Index("ix_inbox_message_waiting", "partner", "inbox_id", postgresql_where=text("state = 'waiting'")),
        Index(
            "ix_inbox_message_held",
            "partner",
            "ordering_key",
            postgresql_where=text("state = 'dead' OR next_try IS NOT NULL"),
        ),
        Index("ix_inbox_message_day", "partner", "day", "topic"),
    )

    inbox_id: int | None = identity()
    partner: str
    message_id: str
    topic: str
    ordering_key: str
    number: int = Field(sa_type=BigInteger)
    day: dt.date
    body: dict[str, Any] = document()
    sha256: str
    state: str
    """``waiting``, ``handled`` or ``dead``."""
    blocks: bool = False
    attempts: int = 0
    last_error: str = ""
    next_try: dt.datetime | None = instant(nullable=True)
    outcome: str = ""
    """What the handler made of it, for people."""
    came_by: str
    """``nats`` or ``http``."""
    received_at: dt.datetime = instant()
    handled_at: dt.datetime | None = instant(nullable=True)


class InboxDiscrepancyRow(SQLModel, table=True):
    """A message id came again with another body."""

    __tablename__ = "inbox_discrepancy"
    __table_args__ = (UniqueConstraint("partner", "message_id", "sha256"),)

    discrepancy_id: int | None = identity()
    partner: str
    message_id: str
    kept_sha256: str
    sha256: str
    body: dict[str, Any] = document()
    came_at: dt.datetime = instant()


class ForwardingPauseRow(SQLModel, table=True):
    """Deliveries to a partner are paused, as long as somebody's name stands here."""

    __tablename__ = "forwarding_pause"

    partner: str = Field(primary_key=True)
    paused_by: str = ""
    reason: str = ""
    changed_at: dt.datetime = instant()


class ForwardingEventRow(SQLModel, table=True):
    """Somebody paused, resumed, drove again or skipped."""

    __tablename__ = "forwarding_event"
    __table_args__ = (Index("ix_forwarding_event_key", "partner", "key"),)

    event_id: int | None = identity()
    partner: str
    key: str = ""
    what: str
    by: str
    reason: str = ""
    happened_at: dt.datetime = instant()


class ConsistencyCheckRow(SQLModel, table=True):
    """One topic of one day, compared with the partner's books."""

    __tablename__ = "consistency_check"
    __table_args__ = (Index("ix_consistency_check_day", "partner", "day"),)

    check_id: int | None = identity()
    partner: str
    day: dt.date
    topic: str
    our_count: int
    our_hash: str
    their_count: int
    their_hash: str
    differences: list[dict[str, Any]] = document()
    redriven: int
    checked_at: dt.datetime = instant()


class VoucherForwardingRow(SQLModel, table=True):
    """How far a month's vouchers are put for the finance system."""

    __tablename__ = "voucher_forwarding"

    partner: str = Field(primary_key=True)
    month: dt.date = Field(primary_key=True)
    last_number: int


class VoucherAcknowledgementRow(SQLModel, table=True):
    """What the finance system made of a voucher."""

    __tablename__ = "voucher_acknowledgement"

    partner: str = Field(primary_key=True)
    voucher: str = Field(primary_key=True)
    accepted: bool
    document_number: str
    reason: str
    message_id: str
    acknowledged_at: dt.datetime = instant()
