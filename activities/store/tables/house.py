"""Tables that every process shares: people, parameters, documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from activities.store.tables.columns import document, instant, texts


class StaffRow(SQLModel, table=True):
    """One person of the house's directory."""

    __tablename__ = "staff"

    username: str = Field(primary_key=True)
    full_name: str
    roles: list[str] = texts()
    branch: str
    email: str
    manager: str | None = Field(default=None, foreign_key="staff.username")
    dealer: str = ""
    """Code of the dealer that employs a salesperson."""


class ParameterVersionRow(SQLModel, table=True):
    """One version of a parameter set; the newest whose time has come is in force."""

    __tablename__ = "parameter_version"
    __table_args__ = (UniqueConstraint("name", "version"),)

    parameter_version_id: int | None = Field(default=None, primary_key=True)
    name: str
    version: int
    effective_from: datetime = instant()
    value: dict[str, Any] = document()
    changed_by: str
    reason: str
    recorded_at: datetime = instant()


class ParameterProposalRow(SQLModel, table=True):
    """A proposed change of a parameter set, with its preview and what became of it. Never deleted."""

    __tablename__ = "parameter_proposal"
    __table_args__ = (
        UniqueConstraint("name", "number"),
        Index(
            "uq_parameter_proposal_open",
            "name",
            unique=True,
            postgresql_where=text("state IN ('checking', 'waiting-for-approval')"),
        ),
    )

    proposal_id: str = Field(primary_key=True)
    """Set and number: ``bank-harbour-3``."""
    name: str
    number: int
    base_version: int
    value: dict[str, Any] = document()
    effective_from: datetime | None = instant(nullable=True)
    """As wished; null for the moment of approval."""
    replay_days: int
    reason: str
    proposed_by: str
    proposed_at: datetime = instant()
    state: str
    sentence: str
    """Why it is in that state, for people."""
    preview: dict[str, Any] | None = document(nullable=True)
    previewed_at: datetime | None = instant(nullable=True)
    decided_by: str | None = None
    decided_at: datetime | None = instant(nullable=True)
    note: str | None = None
    version: int | None = None
    """Of the set, which it became."""


class DocumentRow(SQLModel, table=True):
    """A kept document, found by the hash of its content: evidence is never overwritten."""

    __tablename__ = "document"

    sha256: str = Field(primary_key=True)
    media_type: str
    size: int
    content: bytes = Field(sa_type=LargeBinary)
    kept_at: datetime = instant()


class SessionRow(SQLModel, table=True):
    """An encrypted session with an outside site."""

    __tablename__ = "outside_session"

    site: str = Field(primary_key=True)
    username: str = Field(primary_key=True)
    state: bytes = Field(sa_type=LargeBinary)
    saved_at: datetime = instant()
