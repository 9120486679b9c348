"""The reader of documents: from kept bytes to a kept understanding; repeats harmlessly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlmodel import Session
from temporalio import activity

from activities.heartbeat import alive
from activities.lease.documents.faces import FaceDesk
from activities.ports.paper_reading import PaperReader
from activities.ports.reading import UnreadableDocumentError
from activities.store import documents
from activities.store.database import Database
from activities.store.lease import applications, document_versions
from activities.store.lease import documents as lease_documents
from models.calendar import business_date
from models.lease.documents.messages import DocumentKind, DocumentRead, ReadDocument
from models.lease.documents.paper import Paper
from models.lease.documents.reading import DocumentState, FieldName
from models.lease.documents.understanding import (
    Circumstances,
    Understanding,
    understand,
    unreadable,
    used_elsewhere,
)
from workflows.lease.document_steps import DocumentReader

RULES_VERSION: Final = 1
"""Raised when the rules of understanding change, so that kept readings of older rules can be told."""


@dataclass(frozen=True, slots=True)
class _Task:
    content: bytes
    filename: str
    around: Circumstances


class PaperDesk(DocumentReader):
    """Reads papers with the reading processes, understands them by pure rules.

    Args:
        database: documents, forms and readings.
        papers: reads files.
        faces: compares photos with portraits as soon as both are there.
    """

    def __init__(self, database: Database, papers: PaperReader, faces: FaceDesk) -> None:
        self._database = database
        self._papers = papers
        self._faces = faces

    @activity.defn(name="lease.read_document")
    async def read_document(self, wish: ReadDocument) -> DocumentRead:
        async with alive():
            with self._database.transaction() as session:
                task = _task(session, wish)
            paper: Paper | None = None
            try:
                paper = await self._papers.read(task.content, filename=task.filename)
                understood = understand(paper, task.around)
            except UnreadableDocumentError as error:
                understood = unreadable(str(error), task.around)
            read = self._enter(wish, understood, paper)
            await self._faces.compare_new(wish.application_id, at=wish.at)
        return read

    def _enter(self, wish: ReadDocument, understood: Understanding, paper: Paper | None) -> DocumentRead:
        fingerprint = _fingerprint(understood, paper)
        with self._database.transaction() as session:
            row = lease_documents.document(session, wish.document_id)
            invoice = understood.fields.get(FieldName.INVOICE_NUMBER)
            others = lease_documents.elsewhere(
                session,
                row,
                of=understood.of,
                fingerprint=fingerprint,
                invoice=invoice.value if invoice else "",
            )
            understood = used_elsewhere(understood, others)
            row = document_versions.enter_reading(
                session,
                wish.document_id,
                understood,
                state=DocumentState.READ if paper else DocumentState.UNREADABLE,
                reader=f"{self._papers.version}, rules {RULES_VERSION}",
                fingerprint=fingerprint,
                at=wish.at,
            )
        traces = (trace.sentence for trace in understood.traces if trace.weight.rank)
        return DocumentRead(
            document_id=wish.document_id,
            kind=understood.kind,
            certain=understood.is_certain,
            sentence=understood.sentence,
            doubts=(*(doubt.sentence for doubt in understood.doubts), *traces),
        )


def _task(session: Session, wish: ReadDocument) -> _Task:
    row = lease_documents.document(session, wish.document_id)
    around = Circumstances(
        form=applications.form_of(session, row.application_id),
        today=business_date(wish.at),
        said_kind=DocumentKind(row.said_kind) if row.said_kind else None,
        said_of=row.said_of,
    )
    return _Task(documents.fetch(session, row.sha256).content, row.filename, around)


def _fingerprint(understood: Understanding, paper: Paper | None) -> int | None:
    """Of photos only: papers of one kind look alike from afar."""
    if paper is None or paper.picture is None or understood.kind is not DocumentKind.FACE_PHOTO:
        return None
    return paper.picture.fingerprint
