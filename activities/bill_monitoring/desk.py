"""The reading desk: documents become records; the same document is never read twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from sqlmodel import Session
from temporalio import activity

from activities.heartbeat import alive
from activities.ports.reading import UnreadableDocumentError
from activities.store import documents
from activities.store.bill_monitoring import findings, lists
from activities.store.bill_monitoring.readings import minor, read_record, record_row
from activities.store.database import Database
from activities.store.tables.bills import ListRow, RecordRow
from models.bill_monitoring.matching.results import Decision
from models.bill_monitoring.messages import DocumentPart, DocumentRead, ReadDocument
from models.bill_monitoring.reading import DocumentReading, ReadRecord, ReadScope
from workflows.bill_monitoring.steps import DocumentDesk

RULES_VERSION = 1
"""Raised when the rules of reading change, so that kept readings of older rules are not used."""


class ReaderPool(Protocol):
    """Reads documents in processes of its own."""

    async def read(self, content: bytes, *, filename: str, scope: ReadScope) -> DocumentReading: ...

    async def complete(
        self, content: bytes, *, filename: str, records: Sequence[ReadRecord]
    ) -> list[ReadRecord]: ...


class OcrDesk(DocumentDesk):
    """Reads with OCR, or from the text layer where there is one.

    Args:
        database: documents, readings and records.
        pools: gives the pool of an engine by its name.
        version: of the engines; a document is read again once this changes.
    """

    def __init__(self, database: Database, pools: Callable[[str], ReaderPool], *, version: str) -> None:
        self._database = database
        self._pools = pools
        self._version = version

    @activity.defn(name="bills.read_document")
    async def read_document(self, request: ReadDocument) -> DocumentRead:
        document = request.document
        everything = request.parameters.reading.complete_every_row
        scope = ReadScope.EVERYTHING if everything else ReadScope.IDENTITY
        try:
            async with alive():
                reading = await self._reading(document, scope, request.parameters.reading.engine)
        except UnreadableDocumentError as error:
            with self._database.transaction() as session:
                lists.note_part_read(session, document, rows=0, problem=str(error))
            return DocumentRead(rows=0, doubtful=0, problem=str(error))
        with self._database.transaction() as session:
            listed = session.get_one(ListRow, document.list_id)
            rows = _rows(reading, document, listed)
            lists.enter_records(session, rows)
            lists.note_part_read(session, document, rows=len(rows), problem="; ".join(reading.notes) or None)
        return DocumentRead(rows=len(rows), doubtful=sum(1 for row in rows if row.doubts))

    @activity.defn(name="bills.complete_document")
    async def complete_document(self, request: ReadDocument) -> DocumentRead:
        document = request.document
        with self._database.transaction() as session:
            kept = documents.fetch(session, document.sha256)
            rows = incomplete_records(session, [document.list_id], part=document.part)
            # Later pages leave unit and date to the first one's titles. A row of it says where its table
            # is, so that the titles are read and not the whole page: 1 s of CPU less for each document.
            guide = lists.first_record(session, document)
        if not rows:
            return DocumentRead(rows=0, doubtful=0)
        wanted = [read_record(row) for row in (*rows, *([guide] if guide and guide not in rows else []))]
        async with alive():
            pool = self._pools(request.parameters.reading.engine)
            completed = await pool.complete(kept.content, filename=document.filename, records=wanted)
        with self._database.transaction() as session:
            for row, read in zip(rows, completed, strict=False):
                _fill(row, read)
                session.add(row)
        return DocumentRead(rows=len(rows), doubtful=sum(1 for row in rows if row.doubts))

    async def _reading(self, document: DocumentPart, scope: ReadScope, engine: str) -> DocumentReading:
        reader = f"{engine} {self._version}, rules {RULES_VERSION}/{scope}"
        with self._database.transaction() as session:
            earlier = lists.earlier_reading(session, document.sha256, reader)
            if earlier is not None:
                return earlier
            content = documents.fetch(session, document.sha256).content
        reading = await self._pools(engine).read(content, filename=document.filename, scope=scope)
        with self._database.transaction() as session:
            lists.keep_reading(session, document.sha256, reader, reading, at=datetime.now(UTC))
        return reading


def incomplete_records(
    session: Session, list_ids: Sequence[str], *, part: str | None = None
) -> list[RecordRow]:
    """Located records that concern customers and whose amounts are still unread.

    A record that concerns nobody stays as it is even if its reading is doubtful: whoever settles the
    doubt has the document before their eyes, and the amounts of most such rows are never wanted.
    """
    concerning = [Decision.MATCH, Decision.REVIEW]
    decided = findings.decided_records(session, list_ids, concerning)
    return [
        record
        for record, match in decided
        if match.decision in concerning
        and record.locator is not None
        and record.overdue_balance_minor is None
        and (part is None or record.part == part)
    ]


def _rows(reading: DocumentReading, document: DocumentPart, listed: ListRow) -> list[RecordRow]:
    return [
        record_row(
            replace(read, date=read.date or listed.list_date),
            list_id=document.list_id,
            list_date=listed.list_date,
            part=document.part,
            row_no=number,
            origin=reading.engine,
        )
        for number, read in enumerate(reading.records, start=1)
        if read.name or read.uscc
    ]


def _fill(row: RecordRow, read: ReadRecord) -> None:
    """Take over what the second look added; identity was decided on and stays."""
    row.overdue_balance_minor = minor(read.overdue_balance)
    row.cumulative_overdue_minor = minor(read.cumulative_overdue)
    row.as_of = read.date or row.as_of
    row.doubts = list(read.review)
    row.confidence = {field.value: round(value, 4) for field, value in read.confidence.items()} or None
    row.repaired = [field.value for field in read.repaired]
