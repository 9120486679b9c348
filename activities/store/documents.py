"""Kept documents: content-addressed, never overwritten, shared by every worker through PostgreSQL."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.tables.house import DocumentRow
from models.errors import InvalidInputError

_KEEP: Final = insert(DocumentRow).on_conflict_do_nothing()
"""Made once: a statement that holds its values is put together anew each time."""


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document as it was kept."""

    sha256: str
    media_type: str
    content: bytes


def keep(session: Session, content: bytes, *, media_type: str) -> str:
    """Keep a document and give its SHA-256; the same content is kept once."""
    sha256 = hashlib.sha256(content).hexdigest()
    row = {
        "sha256": sha256,
        "media_type": media_type,
        "size": len(content),
        "content": content,
        "kept_at": datetime.now(UTC),
    }
    session.connection().execute(_KEEP, row)
    return sha256


def fetch(session: Session, sha256: str) -> KeptDocument:
    """A kept document.

    Raises:
        InvalidInputError: no document of that hash is kept, or its content no longer has that hash.
    """
    row = session.execute(select(DocumentRow).where(col(DocumentRow.sha256) == sha256)).scalar_one_or_none()
    if row is None:
        raise InvalidInputError(f"no document {sha256[:12]}… is kept", remedy="Check the hash")
    if hashlib.sha256(row.content).hexdigest() != sha256:
        raise InvalidInputError(
            f"document {sha256[:12]}… was altered in the database", remedy="Restore it from a backup"
        )
    return KeptDocument(row.sha256, row.media_type, row.content)
