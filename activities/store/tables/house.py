"""Tables that every process shares: people, parameters, documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, UniqueConstraint
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
