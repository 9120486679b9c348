"""Documents of applications in the database: versions, readings, people's word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from activities.store import documents
from activities.store.lease import applications
from activities.store.tables.lease import LeaseApplicationRow
from activities.store.tables.lease_documents import LeaseDocumentRow, LeaseFieldStatementRow
from models.errors import InvalidInputError
from models.lease.documents.messages import DocumentKind
from models.lease.documents.reading import (
    DocumentReading,
    DocumentState,
    FieldName,
    ReadField,
    Side,
)
from models.lease.documents.understanding import Understanding

_UNDERSTANDING = TypeAdapter(Understanding)
_INVOICE_NUMBER = col(LeaseDocumentRow.reading)["fields"][FieldName.INVOICE_NUMBER]["value"].astext


class UnknownDocumentError(InvalidInputError):
    """No document has this id."""

    def __init__(self, document_id: str) -> None:
        super().__init__(
            f"document {document_id!r} does not exist",
            remedy="See leaseflow lease documents list APPLICATION for the ids",
        )


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


def document(session: Session, document_id: str) -> LeaseDocumentRow:
    """One document's row.

    Raises:
        UnknownDocumentError: there is none of this id.
    """
    row = session.get(LeaseDocumentRow, document_id)
    if row is None:
        raise UnknownDocumentError(document_id)
    return row


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
    """A person's word on kind and party, which wins over the classification; it is to be read anew."""
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
    session.add(row)
    return row


def state_field(
    session: Session,
    document_id: str,
    field: FieldName,
    *,
    old: str,
    new: str,
    by: str,
    reason: str,
    at: datetime,
) -> None:
    """Enter what a person says of a field; what was read stays."""
    session.add(
        LeaseFieldStatementRow(
            document_id=document_id,
            field=field,
            old_value=old,
            new_value=new,
            stated_by=by,
            stated_at=at,
            reason=reason,
        )
    )


def settle(session: Session, document_id: str, *, by: str, reason: str, at: datetime) -> LeaseDocumentRow:
    """Enter that a person looked at every doubt of a document."""
    row = document(session, document_id)
    row.settled_by, row.settled_reason, row.settled_at, row.certain = by, reason, at, True
    session.add(row)
    return row


def rows_of(session: Session, application_id: str) -> list[LeaseDocumentRow]:
    """Every version of every document of an application, in the order in which they came."""
    found = session.execute(
        select(LeaseDocumentRow)
        .where(col(LeaseDocumentRow.application_id) == application_id)
        .order_by(col(LeaseDocumentRow.number))
    )
    return list(found.scalars())


def readings_of(session: Session, application_id: str) -> list[DocumentReading]:
    """Every document of an application as it stands, later versions marked as current."""
    rows = rows_of(session, application_id)
    said = _statements(session, [row.document_id for row in rows])
    newest = _newest(rows)
    return [_reading(row, said.get(row.document_id, []), current=row.document_id in newest) for row in rows]


def reading_of(session: Session, document_id: str) -> DocumentReading:
    """One document as it stands.

    Raises:
        UnknownDocumentError: there is none of this id.
    """
    row = document(session, document_id)
    return next(
        each for each in readings_of(session, row.application_id) if each.document_id == row.document_id
    )


def statements_of(session: Session, document_id: str) -> list[LeaseFieldStatementRow]:
    """What people said of a document's fields, in order."""
    return _statements(session, [document_id]).get(document_id, [])


def doubtful(session: Session, *, branch: str | None = None, limit: int = 100) -> list[LeaseDocumentRow]:
    """Read documents that wait for a person's eyes, the oldest first."""
    query = (
        select(LeaseDocumentRow)
        .join(
            LeaseApplicationRow,
            col(LeaseApplicationRow.application_id) == col(LeaseDocumentRow.application_id),
        )
        .where(
            col(LeaseDocumentRow.state).in_([DocumentState.READ, DocumentState.UNREADABLE]),
            col(LeaseDocumentRow.certain).is_(False),
        )
        .order_by(col(LeaseDocumentRow.read_at))
        .limit(limit)
    )
    if branch is not None:
        query = query.where(col(LeaseApplicationRow.branch) == branch)
    return list(session.execute(query).scalars())


def elsewhere(session: Session, row: LeaseDocumentRow, *, fingerprint: int | None, invoice: str) -> list[str]:
    """Ids of other applications' documents that are the same: content, look of a photo, invoice number."""
    same = [col(LeaseDocumentRow.sha256) == row.sha256]
    if fingerprint is not None:
        same.append(col(LeaseDocumentRow.fingerprint) == fingerprint)
    if invoice:
        same.append(invoice == _INVOICE_NUMBER)
    others = (
        select(col(LeaseDocumentRow.document_id))
        .where(col(LeaseDocumentRow.application_id) != row.application_id, or_(*same))
        .order_by(col(LeaseDocumentRow.added_at))
    )
    return list(session.execute(others).scalars())


def require_application(session: Session, application_id: str) -> LeaseApplicationRow:
    """The application whose documents are meant.

    Raises:
        UnknownApplicationError: there is none of this id.
    """
    return applications.application(session, application_id)


def identifiers_of(session: Session, application_id: str) -> dict[str, str]:
    """Identifiers that a document may be of, with names: parties, who signs for them, assets."""
    form = applications.form_of(session, application_id)
    known = {party.identifier: party.name for party in form.parties}
    known |= {
        party.representative_identifier: party.legal_representative
        for party in form.parties
        if party.representative_identifier
    }
    return known | {asset.identifier: asset.description for asset in form.assets}


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


def _newest(rows: list[LeaseDocumentRow]) -> set[str]:
    newest: dict[tuple[str | None, str, str], LeaseDocumentRow] = {}
    for row in rows:
        slot = (row.kind, row.of_party, row.side) if row.kind else (row.document_id, "", "")
        if slot not in newest or (row.version or 0) > (newest[slot].version or 0):
            newest[slot] = row
    return {row.document_id for row in newest.values()}


def _statements(session: Session, document_ids: list[str]) -> dict[str, list[LeaseFieldStatementRow]]:
    found = session.execute(
        select(LeaseFieldStatementRow)
        .where(col(LeaseFieldStatementRow.document_id).in_(document_ids))
        .order_by(col(LeaseFieldStatementRow.statement_id))
    )
    said: dict[str, list[LeaseFieldStatementRow]] = {}
    for row in found.scalars():
        said.setdefault(row.document_id, []).append(row)
    return said


def _reading(row: LeaseDocumentRow, said: list[LeaseFieldStatementRow], *, current: bool) -> DocumentReading:
    understood = _UNDERSTANDING.validate_python(row.reading) if row.reading else Understanding()
    fields = dict(understood.fields)
    for each in said:
        fields[FieldName(each.field)] = ReadField(each.new_value, 1.0, confirmed_by=each.stated_by)
    return DocumentReading(
        document_id=row.document_id,
        application_id=row.application_id,
        kind=DocumentKind(row.kind) if row.kind else DocumentKind.OTHER,
        of=row.of_party,
        version=row.version or 0,
        state=DocumentState(row.state),
        sha256=row.sha256,
        filename=row.filename,
        added_by=row.added_by,
        current=current,
        side=Side(row.side),
        classified_as=understood.classified_as,
        classification_confidence=understood.classification_confidence,
        certain=row.certain,
        sentence=row.sentence,
        fields=fields,
        doubts=understood.doubts,
        doctored=understood.doctored,
        traces=understood.traces,
        statement=understood.statement,
        settled_by=row.settled_by or "",
    )
