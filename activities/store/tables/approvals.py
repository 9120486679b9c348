"""Tables of approvals: what is asked, whose turn it is, what was decided, who is away."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from activities.store.tables.columns import document, identity, instant, texts

_OPEN = text("done_at IS NULL")


class ApprovalRow(SQLModel, table=True):
    """One approval: the request as it came, the terms it goes by, and how it stands."""

    __tablename__ = "approval"

    approval_id: str = Field(primary_key=True)
    kind: str
    subject: str = Field(index=True)
    title: str
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    requested_by: str
    request: dict[str, Any] = document()
    request_hash: str
    terms: dict[str, Any] = document()
    """Snapshot of the policy's route: a change of parameters does not reach it."""
    state: str
    reason: str = ""
    conditions: list[dict[str, Any]] = document()
    opened_at: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)


class ApprovalTaskRow(SQLModel, table=True):
    """A step that is or was asked: what inboxes show. A step returned to is another task."""

    __tablename__ = "approval_task"
    __table_args__ = (
        ForeignKeyConstraint(["approval_id"], ["approval.approval_id"]),
        Index("uq_approval_task_open", "approval_id", unique=True, postgresql_where=_OPEN),
        Index("ix_approval_task_assigned", "assigned_to", "priority", "due_at", postgresql_where=_OPEN),
        Index("ix_approval_task_urgent", "priority", "due_at", postgresql_where=_OPEN),
        Index("ix_approval_task_people", "people", postgresql_using="gin", postgresql_where=_OPEN),
    )

    approval_id: str = Field(primary_key=True)
    visit: int = Field(primary_key=True)
    """Counts the tasks of an approval, from 1."""
    step: str
    people: list[str] = texts()
    """Everybody who may decide it, deputies among them."""
    standing: dict[str, Any] = document()
    """Who may decide it and why, as the workflow was answered."""
    assigned_to: str
    locked_by: str = ""
    lock_until: datetime | None = instant(nullable=True)
    tags: list[str] = texts()
    priority: int
    """1 is the most urgent: each escalation raises it."""
    opened_at: datetime = instant()
    due_at: datetime = instant()
    done_at: datetime | None = instant(nullable=True)


class ApprovalDecisionRow(SQLModel, table=True):
    """What a person decided. The database lets nobody change or delete it."""

    __tablename__ = "approval_decision"
    __table_args__ = (
        ForeignKeyConstraint(["approval_id", "visit"], ["approval_task.approval_id", "approval_task.visit"]),
        UniqueConstraint("approval_id", "number"),
        Index("ix_approval_decision_username", "username", "at"),
    )

    decision_id: int | None = identity()
    approval_id: str
    number: int
    """Counts what was recorded about the approval."""
    visit: int
    step: str
    username: str
    on_behalf_of: str = ""
    decision: str
    conditions: list[dict[str, Any]] = document()
    reason: str
    at: datetime = instant()


class ApprovalEventRow(SQLModel, table=True):
    """What happened to an approval, in order, for people. Never changed either."""

    __tablename__ = "approval_event"

    approval_id: str = Field(primary_key=True, foreign_key="approval.approval_id")
    number: int = Field(primary_key=True)
    """A repetition of a step enters nothing."""
    at: datetime = instant()
    by: str
    step: str
    what: str
    sentence: str


class ApprovalNoticeRow(SQLModel, table=True):
    """A letter about a step to one person: entered before it leaves, so that it leaves once."""

    __tablename__ = "approval_notice"

    notice_key: str = Field(primary_key=True)
    approval_id: str = Field(foreign_key="approval.approval_id", index=True)
    visit: int
    kind: str
    recipient: str = Field(foreign_key="staff.username")
    entered_at: datetime = instant()
    sent_at: datetime | None = instant(nullable=True)


class AbsenceRow(SQLModel, table=True):
    """A person is away from a day to a day, both included; a deputy decides in their name."""

    __tablename__ = "absence"
    __table_args__ = (Index("ix_absence_username", "username", "last_day"),)

    absence_id: int | None = identity()
    username: str = Field(foreign_key="staff.username")
    deputy: str = Field(foreign_key="staff.username")
    first_day: date
    last_day: date
    reason: str
    entered_by: str
    entered_at: datetime = instant()
    cancelled_by: str | None = None
    cancelled_at: datetime | None = instant(nullable=True)
