"""Documents of applications in the database: versions, readings, people's word."""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import or_, select
from sqlmodel import Session, col

from activities.store.lease import applications
from activities.store.tables.lease import LeaseApplicationRow
from activities.store.tables.lease_documents import LeaseDocumentRow, LeaseFieldStatementRow
from models.errors import InvalidInputError, RefusedByRuleError
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
_SAY_WHO_ONE_IS = (DocumentKind.BUSINESS_LICENCE, DocumentKind.RESIDENT_ID)
_MOST_ELSEWHERE = 20
"""A blank form may stand in thousands of applications; a doubt names a few."""


class UnknownDocumentError(InvalidInputError):
    """No document has this id."""

    def __init__(self, document_id: str) -> None:
        super().__init__(
            f"document {document_id!r} does not exist",
            remedy="See leaseflow lease documents list APPLICATION for the ids",
        )


class NotReadYetError(RefusedByRuleError):
    """Nobody can have looked at doubts that are still to come."""

    def __init__(self, document_id: str) -> None:
        super().__init__(
            f"document {document_id} is not read yet", remedy="Wait until it is, and look at its doubts"
        )


def document(session: Session, document_id: str) -> LeaseDocumentRow:
    """One document's row.

    Raises:
        UnknownDocumentError: there is none of this id.
    """
    row = session.get(LeaseDocumentRow, document_id)
    if row is None:
        raise UnknownDocumentError(document_id)
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
    """Enter that a person looked at every doubt of a document.

    Raises:
        NotReadYetError: its doubts are not known yet.
    """
    row = document(session, document_id)
    if row.state == DocumentState.UNREAD:
        raise NotReadYetError(document_id)
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


def elsewhere(
    session: Session, row: LeaseDocumentRow, *, of: str, fingerprint: int | None, invoice: str
) -> list[str]:
    """Ids of other applications' documents that are the same: content, look of a photo, invoice number.

    The first ones only.

    The licence or card of the same party does not count: who leases again brings it again.

    Args:
        session: of the caller.
        row: the document.
        of: identifier of the party or asset that it is about; "" if nothing tells.
        fingerprint: perceptual hash of a picture.
        invoice: its number, of an invoice.
    """
    same = [col(LeaseDocumentRow.sha256) == row.sha256]
    if fingerprint is not None:
        same.append(col(LeaseDocumentRow.fingerprint) == fingerprint)
    if invoice:
        same.append(invoice == _INVOICE_NUMBER)
    others = (
        select(col(LeaseDocumentRow.document_id))
        .where(col(LeaseDocumentRow.application_id) != row.application_id, or_(*same))
        .order_by(col(LeaseDocumentRow.added_at))
        .limit(_MOST_ELSEWHERE)
    )
    if of:
        kind = col(LeaseDocumentRow.kind)
        of_another = col(LeaseDocumentRow.of_party) != of
        others = others.where(or_(of_another, kind.is_(None), kind.not_in(_SAY_WHO_ONE_IS)))
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
