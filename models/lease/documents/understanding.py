"""A paper understood: what it is, whose, what it states, and what is doubtful, given the application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from models.calendar import BusinessCalendar
from models.lease.application.form import LeaseForm
from models.lease.documents.alteration import alteration_traces
from models.lease.documents.classify import classify
from models.lease.documents.crosschecks import doubts_of, owner_of
from models.lease.documents.fields import read_fields
from models.lease.documents.messages import DocumentKind
from models.lease.documents.paper import Paper
from models.lease.documents.reading import (
    Doctored,
    Doubt,
    FieldName,
    ReadField,
    Side,
    StatementSummary,
    Trace,
    verdict,
)
from models.lease.documents.sentences import sentence_of
from models.lease.documents.statement_summary import summary_of

_SURE_ENOUGH = 0.6
"""Confidence of a classification under which a person should say what the paper is."""


@dataclass(frozen=True)
class Understanding:
    """The kept reading of a document. Fields are only added, with defaults: old rows must stay readable."""

    kind: DocumentKind = DocumentKind.OTHER
    of: str = ""
    side: Side = Side.NONE
    classified_as: DocumentKind = DocumentKind.OTHER
    classification_confidence: float = 0.0
    engine: str = ""
    pages: int = 0
    sentence: str = ""
    fields: dict[FieldName, ReadField] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    traces: tuple[Trace, ...] = ()
    doctored: Doctored = Doctored.NONE
    statement: StatementSummary | None = None

    @property
    def is_certain(self) -> bool:
        """Whether nobody needs to look."""
        return not self.doubts and self.doctored is Doctored.NONE


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known beside the paper itself."""

    form: LeaseForm
    today: date
    said_kind: DocumentKind | None = None
    said_of: str | None = None
    calendar: BusinessCalendar = field(default_factory=BusinessCalendar)


def understand(paper: Paper, around: Circumstances) -> Understanding:
    """Classify a paper, read its fields, test it for alteration and compare it with the form."""
    classified = classify(paper)
    kind = around.said_kind or classified.kind
    fields = read_fields(kind, paper)
    of = around.said_of if around.said_of is not None else owner_of(kind, fields, around.form)
    traces = tuple(alteration_traces(kind, paper, today=around.today, calendar=around.calendar))
    summary = summary_of(paper.table) if kind is DocumentKind.BANK_STATEMENT and paper.table else None
    understood = Understanding(
        kind=kind,
        of=of,
        side=classified.side if kind is DocumentKind.RESIDENT_ID else Side.NONE,
        classified_as=classified.kind,
        classification_confidence=classified.confidence,
        engine=paper.engine,
        pages=paper.pages,
        fields=fields,
        traces=traces,
        doctored=verdict(traces),
        statement=summary,
    )
    doubts = [
        *_blank_doubts(paper),
        *_kind_doubts(kind, classified.kind, classified.confidence, said=around.said_kind is not None),
        *doubts_of(kind, fields, of, around.form, today=around.today, side=understood.side),
    ]
    return replace(understood, doubts=tuple(doubts), sentence=sentence_of(kind, fields, summary))


def unreadable(sentence: str, around: Circumstances) -> Understanding:
    """A document of which nothing could be read, and why."""
    return Understanding(
        kind=around.said_kind or DocumentKind.OTHER,
        of=around.said_of or "",
        sentence=sentence,
        doubts=(Doubt("unreadable", sentence),),
    )


def _blank_doubts(paper: Paper) -> list[Doubt]:
    """A picture of nothing has no text either, and would pass for a photo."""
    seen = paper.picture
    if seen is None or not seen.width or seen.sharpness or seen.fingerprint or paper.text.strip():
        return []
    return [Doubt("blank", "the picture shows nothing; take or scan it again")]


def _kind_doubts(kind: DocumentKind, seen: DocumentKind, confidence: float, *, said: bool) -> list[Doubt]:
    if said and seen not in {kind, DocumentKind.OTHER} and kind is not DocumentKind.OTHER:
        return [Doubt("another-kind", f"given as {kind}, but it looks like {seen} ({confidence:.0%})")]
    if not said and (seen is DocumentKind.OTHER or confidence < _SURE_ENOUGH):
        return [Doubt("kind-unsure", f"it looks like {seen} ({confidence:.0%}); say what it is")]
    return []


def used_elsewhere(understood: Understanding, others: Sequence[str]) -> Understanding:
    """The same, with a doubt if other applications brought the same paper."""
    if not others:
        return understood
    doubt = Doubt("used-elsewhere", f"the same paper stands in {', '.join(others[:5])}")
    return replace(understood, doubts=(*understood.doubts, doubt))
