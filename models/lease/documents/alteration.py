"""Signs of alteration in a file and in what it states, weighed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from models.calendar import BusinessCalendar
from models.lease.documents.messages import DocumentKind
from models.lease.documents.paper import Paper, PdfFacts, PictureFacts, WorkbookFacts
from models.lease.documents.reading import Doctored, Trace
from models.lease.documents.statement_checks import (
    StatementCircumstances,
    habit_traces,
    statement_traces,
)

_EDITORS: Final = re.compile(
    r"photoshop|gimp|illustrator|coreldraw|inkscape|acrobat (?:pro|standard|editor|\d)|acrobat(?! distiller)|"
    r"foxit|福昕|phantom|pdfescape|ilovepdf|sejda|smallpdf|nitro|pdf-?xchange|wondershare|pdfelement|万兴|"
    r"wps|金山|pdfsam|pdf24|soda pdf|canva|美图|meitu|picsart|snapseed|迅捷",
    re.IGNORECASE,
)
"""Programs with which people change documents. Banks and tax offices write with libraries of reports."""
_ISSUED: Final = frozenset({DocumentKind.BANK_STATEMENT, DocumentKind.INVOICE})
"""Kinds that come from an office's system: nobody has a reason to edit them."""
_A_MOMENT: Final = timedelta(minutes=5)
_BLURRED: Final = 60.0
"""Variance of the Laplacian (of text at 1,600 pixels) under which a picture is called blurred."""


def alteration_traces(
    kind: DocumentKind, paper: Paper, *, today: date, calendar: BusinessCalendar
) -> Iterator[Trace]:
    """Everything that speaks for an alteration, with its weight."""
    if paper.pdf is not None:
        yield from _pdf(kind, paper.pdf)
    if paper.picture is not None:
        yield from _picture(kind, paper.picture)
    if paper.workbook is not None:
        yield from _workbook(paper.workbook)
    if kind is DocumentKind.BANK_STATEMENT and paper.table is not None:
        around = StatementCircumstances(today, calendar, recognised=paper.is_recognised)
        yield from statement_traces(paper.table, around)
        yield from habit_traces(_figures(paper)) if not paper.is_recognised else ()


def _figures(paper: Paper) -> list[str]:
    return [line.text for line in paper.lines if re.fullmatch(r"[+-]?\d[\d,]*\.\d{1,2}", line.text)]


def _pdf(kind: DocumentKind, facts: PdfFacts) -> Iterator[Trace]:
    weight = Doctored.SUSPECTED if kind in _ISSUED else Doctored.NONE
    program = next((p for p in (facts.producer, facts.creator) if _EDITORS.search(p)), "")
    if program:
        yield Trace("editor", weight, f"the file was written by {program!r}")
    if not facts.signatures_whole:
        yield Trace("signature-broken", Doctored.PROVEN, "the file was changed after it was signed")
    if facts.revisions - facts.signatures > 1:
        yield Trace("saved-again", weight, f"the file was saved {facts.revisions - 1} times upon itself")
    if facts.created and facts.modified and facts.modified - facts.created > _A_MOMENT:
        yield Trace(
            "modified",
            weight,
            f"created {facts.created:%Y-%m-%d %H:%M}, modified {facts.modified:%Y-%m-%d %H:%M}",
        )
    if facts.patches:
        hidden = f" over {', '.join(facts.hidden_texts[:3])}" if facts.hidden_texts else ""
        weight = Doctored.PROVEN if facts.hidden_texts else Doctored.SUSPECTED
        yield Trace("patch", weight, f"{', '.join(facts.patches[:3])} stand on a patch{hidden}")
    if facts.text_over_picture:
        texts = ", ".join(facts.text_over_picture[:3])
        yield Trace("text-over-picture", Doctored.SUSPECTED, f"typed onto a scanned page: {texts}")
    if facts.odd_fonts:
        yield Trace(
            "odd-font", Doctored.SUSPECTED, f"another font than its column: {'; '.join(facts.odd_fonts[:3])}"
        )


def _picture(kind: DocumentKind, facts: PictureFacts) -> Iterator[Trace]:
    if _EDITORS.search(facts.software):
        weight = Doctored.NONE if kind is DocumentKind.FACE_PHOTO else Doctored.SUSPECTED
        yield Trace("editor", weight, f"the picture was written by {facts.software!r}")
    if 0 < facts.sharpness < _BLURRED:
        yield Trace("blurred", Doctored.NONE, f"the picture is blurred (sharpness {facts.sharpness:.0f})")


def _workbook(facts: WorkbookFacts) -> Iterator[Trace]:
    yield Trace("editable", Doctored.NONE, "a table that anybody can change; ask for the bank's signed PDF")
    saved_later = facts.created and facts.modified and facts.modified - facts.created > _A_MOMENT
    if saved_later and facts.last_modified_by:
        yield Trace(
            "saved-again",
            Doctored.SUSPECTED,
            f"saved by {facts.last_modified_by!r} on {facts.modified:%Y-%m-%d %H:%M}, after it was made",
        )
