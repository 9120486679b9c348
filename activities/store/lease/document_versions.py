"""Versions of documents: added, placed among those before them, read, and said to be something else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlmodel import Session, col

from activities.store import documents
from activities.store.lease import applications
from activities.store.lease.documents import document
from activities.store.tables.lease import LeaseApplicationRow
from activities.store.tables.lease_documents import LeaseDocumentRow
from models.lease.documents.messages import DocumentKind
from models.lease.documents.reading import DocumentState, Side
from models.lease.documents.understanding import Understanding

_UNDERSTANDING = TypeAdapter(Understanding)


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A file as a person gave it."""

    application_id: str
    filename: str
    media_type: str
    content: bytes
    added_by: str
    added_at: datetime
    kind: DocumentKind | None = None
    of: str | None = None


def add(session: Session, new: NewDocument) -> tuple[LeaseDocumentRow, bool]:
    """Keep a document and enter it; gives its row and whether it is new.

    The same content is the same document of an application, however often it is added.

    Raises:
        UnknownApplicationError: there is no such application.
    """
    applications.application(session, new.application_id)
    _lock(session, new.application_id)
    sha256 = documents.keep(session, new.content, media_type=new.media_type)
    known = session.execute(
        select(LeaseDocumentRow).where(
            col(LeaseDocumentRow.application_id) == new.application_id,
            col(LeaseDocumentRow.sha256) == sha256,
        )
    ).scalar_one_or_none()
    if known is not None:
        return known, False
    number = 1 + _last_number(session, new.application_id)
    row = LeaseDocumentRow(
        document_id=f"{new.application_id}-P{number}",
        application_id=new.application_id,
        number=number,
        kind=None,
        said_kind=new.kind,
        said_of=new.of,
        version=None,
        sha256=sha256,
        filename=new.filename,
        media_type=new.media_type,
        size=len(new.content),
        added_by=new.added_by,
        added_at=new.added_at,
        state=DocumentState.UNREAD,
    )
    if new.kind is not None:
        _place(session, row, new.kind, new.of or "", Side.NONE)
    session.add(row)
    session.flush()
    return row, True


def enter_reading(
    session: Session,
    document_id: str,
    understanding: Understanding,
    *,
    state: DocumentState,
    reader: str,
    fingerprint: int | None,
    at: datetime,
) -> LeaseDocumentRow:
    """Enter what was read of a document, and give it its place among the versions; repeats harmlessly."""
    row = document(session, document_id)
    _lock(session, row.application_id)
    _place(session, row, understanding.kind, understanding.of, understanding.side)
    row.state = state
    row.certain = understanding.is_certain
    row.sentence = understanding.sentence
    row.reading = _UNDERSTANDING.dump_python(understanding, mode="json")
    row.reader = reader
    row.read_at = at
    row.fingerprint = fingerprint
    session.add(row)
    session.flush()
    return row


def say_what_it_is(
    session: Session, document_id: str, *, kind: DocumentKind, of: str | None
) -> LeaseDocumentRow:
    """A person's word on kind and party, which wins over the classification; it is to be read anew.

    Whoever settled the doubts before has not seen those that the new reading brings.
    """
    row = document(session, document_id)
    _lock(session, row.application_id)
    row.said_kind, row.said_of = kind, of if of is not None else row.said_of
    _place(
        session,
        row,
        kind,
        row.said_of or row.of_party,
        Side(row.side) if kind is DocumentKind.RESIDENT_ID else Side.NONE,
    )
    row.state = DocumentState.UNREAD
    row.settled_by, row.settled_reason, row.settled_at, row.certain = None, "", None, False
    session.add(row)
    return row


# ------------------------------------------------------------ inside


def _lock(session: Session, application_id: str) -> None:
    """One writer at a time for an application's versions."""
    # not FOR UPDATE: rows of other tables that refer to the application may be entered meanwhile
    session.execute(
        select(col(LeaseApplicationRow.application_id))
        .where(col(LeaseApplicationRow.application_id) == application_id)
        .with_for_update(key_share=True)
    )


def _place(session: Session, row: LeaseDocumentRow, kind: DocumentKind, of: str, side: Side) -> None:
    """Give a document the next version of its kind, party and side, unless it has its place there."""
    if row.version is not None and (row.kind, row.of_party, row.side) == (kind, of, side):
        return
    last = _last_version(session, row.application_id, kind, of, side)
    row.kind, row.of_party, row.side, row.version = kind, of, side, last + 1


def _last_version(session: Session, application_id: str, kind: str, of: str, side: str) -> int:
    query = select(func.max(col(LeaseDocumentRow.version))).where(
        col(LeaseDocumentRow.application_id) == application_id,
        col(LeaseDocumentRow.kind) == kind,
        col(LeaseDocumentRow.of_party) == of,
        col(LeaseDocumentRow.side) == side,
    )
    return session.execute(query).scalar_one() or 0


def _last_number(session: Session, application_id: str) -> int:
    query = select(func.max(col(LeaseDocumentRow.number))).where(
        col(LeaseDocumentRow.application_id) == application_id
    )
    return session.execute(query).scalar_one() or 0
