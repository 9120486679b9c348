"""Tables of documents: every version, what was read of it, what people said, and compared faces."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from activities.store.tables.columns import document, identity, instant


class LeaseDocumentRow(SQLModel, table=True):
    """One document of an application. Its content is kept in ``document`` under its hash."""

    __tablename__ = "lease_document"
    __table_args__ = (
        UniqueConstraint("application_id", "sha256"),
        UniqueConstraint("application_id", "number"),
        UniqueConstraint("application_id", "kind", "of_party", "side", "version"),
    )

    document_id: str = Field(primary_key=True)
    """``<application>-P<number>``."""
    application_id: str = Field(foreign_key="lease_application.application_id")
    number: int
    kind: str | None
    """As a person said, else as classified; null until either is known."""
    said_kind: str | None = None
    of_party: str = ""
    """Identifier of a party or asset."""
    said_of: str | None = None
    side: str = ""
    version: int | None
    """Of the same kind, party and side; null until the kind is known."""
    sha256: str = Field(index=True, foreign_key="document.sha256")
    filename: str
    media_type: str
    size: int
    added_by: str
    added_at: datetime = instant()
    state: str = Field(index=True)
    certain: bool = False
    sentence: str = ""
    reading: dict[str, Any] | None = document(nullable=True)
    """Classification, fields, doubts, traces and summary, as the rules in force read them."""
    reader: str | None = None
    """Engine and rules that read it."""
    read_at: datetime | None = instant(nullable=True)
    fingerprint: int | None = Field(default=None, sa_type=BigInteger)
    """Perceptual hash of a picture."""
    settled_by: str | None = None
    settled_at: datetime | None = instant(nullable=True)
    settled_reason: str = ""


class LeaseFieldStatementRow(SQLModel, table=True):
    """What a person said of a field: confirmed as read, or corrected. Never changed; the last one holds."""

    __tablename__ = "lease_field_statement"

    statement_id: int | None = identity()
    document_id: str = Field(index=True, foreign_key="lease_document.document_id")
    field: str
    old_value: str
    new_value: str
    stated_by: str
    stated_at: datetime = instant()
    reason: str


class LeaseFaceCheckRow(SQLModel, table=True):
    """A photo compared with the portrait of a resident card, by a comparer or by a person."""

    __tablename__ = "lease_face_check"
    __table_args__ = (UniqueConstraint("application_id", "photo_sha256", "portrait_sha256", "compared_by"),)

    check_id: int | None = identity()
    application_id: str = Field(index=True, foreign_key="lease_application.application_id")
    of_party: str
    photo_sha256: str
    portrait_sha256: str
    compared_by: str
    """A comparer and its version, or the user name of a person."""
    verdict: str
    """``same``, ``different``, ``unsure``, ``no-face``."""
    similarity: str | None = None
    """0 to 1, as text; null from a person."""
    reason: str = ""
    evidence_sha256: str
    """Both pictures side by side, as they were compared."""
    compared_at: datetime = instant()
