"""The staged reader: finds lists and bills on pages, reads identities first, the rest when asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import Final

from activities.adapters.ocr.bill_form import looks_like_bill
from activities.adapters.ocr.bills import read_bill_page
from activities.adapters.ocr.captions import read_captions
from activities.adapters.ocr.columns import unruled_table
from activities.adapters.ocr.completion import completed
from activities.adapters.ocr.documents import DEFAULT_PAGE_LIMIT, RawPage, open_pages, page_count
from activities.adapters.ocr.engine import TextDetector, TextRecogniser
from activities.adapters.ocr.orientation import quarter_turns
from activities.adapters.ocr.page import Page, ScannedPage
from activities.adapters.ocr.rows import read_rows, with_date
from activities.adapters.ocr.table_records import (
    check_totals,
    is_record,
    table_locator,
    table_record,
    tell_gap,
    totals_of,
)
from activities.adapters.ocr.tables import FoundTable, ListMemory, ruled_tables
from activities.adapters.ocr.text_layer import TextLayerPage
from activities.adapters.ocr.word_lines import WordLines
from models.bill_monitoring.reading import (
    DocumentKind,
    DocumentReading,
    Field,
    ReadRecord,
    ReadScope,
    RowLocator,
)
from models.bill_monitoring.record_rules import AMOUNTS, IDENTITY

_REMAINING: Final = (*AMOUNTS, Field.DATE)
_LIST_FIELDS: Final = (*IDENTITY, *_REMAINING)
_ILLEGIBLE: Final = 0.75
"""Mean confidence under which a page without a single valid code is tried the other ways up."""
Files = Iterable[tuple[str, Callable[[], bytes]]]


@dataclass(slots=True)
class _Findings:
    """What a document's pages have given so far."""

    memory: ListMemory = field(default_factory=ListMemory)
    records: list[ReadRecord] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    kind: DocumentKind = DocumentKind.UNKNOWN
    engines: dict[str, None] = field(default_factory=dict)
    pages: int = 0
    partial: bool = False
    """Whether earlier pages are read elsewhere, so that no printed total can be added up here."""


class StagedReader:
    """A `DocumentReader` over any recogniser and detector.

    Args:
        recogniser: reads single lines.
        detector: finds text where no ruled lines tell where it is.
        cross_reader: reads codes and amounts a second time; what it reads differently goes to review.
        page_limit: documents with more pages are refused.
    """

    def __init__(
        self,
        recogniser: TextRecogniser,
        detector: TextDetector,
        *,
        cross_reader: TextRecogniser | None = None,
        page_limit: int = DEFAULT_PAGE_LIMIT,
    ) -> None:
        self._cross_reader = cross_reader
        self._recogniser = recogniser
        self._detector = detector
        self._page_limit = page_limit

    def read(
        self,
        content: bytes,
        *,
        filename: str,
        scope: ReadScope,
        first_page: int = 1,
        last_page: int | None = None,
    ) -> DocumentReading:
        """Read one file as one document."""
        files = [(filename, lambda: content)]
        return self.read_files(files, scope=scope, first_page=first_page, last_page=last_page)

    def page_count(self, content: bytes, filename: str) -> int:
        """How many pages the file has."""
        return page_count([(filename, lambda: content)], page_limit=self._page_limit)

    def read_files(
        self, files: Files, *, scope: ReadScope, first_page: int = 1, last_page: int | None = None
    ) -> DocumentReading:
        """Read several files, such as the page images of a directory, as one document."""
        found = _Findings(partial=first_page > 1)
        for raw in open_pages(files, page_limit=self._page_limit):
            if last_page is not None and raw.number > last_page:
                break
            if raw.number >= first_page:
                self._read_page(self._load(raw), scope, found)
            elif raw.number == 1:
                self._learn(self._load(raw), scope, found.memory)
            found.pages = raw.number
        return DocumentReading(
            found.kind,
            found.pages,
            tuple(found.records),
            " + ".join(found.engines) or "none",
            tuple(found.notes),
        )

    def pages(self, content: bytes, *, filename: str) -> Iterator[Page]:
        """The pages themselves, for readers of other papers than lists and bills."""
        for raw in open_pages([(filename, lambda: content)], page_limit=self._page_limit):
            yield self._load(raw)

    def right_way_up(self, page: Page) -> Page:
        """A page that hardly reads, turned by quarters if it reads better so; up to four detections."""
        quarters = quarter_turns(page, self._recogniser) if isinstance(page, ScannedPage) else 0
        return page.turned(quarters) if quarters and isinstance(page, ScannedPage) else page

    def _learn(self, page: Page, scope: ReadScope, memory: ListMemory) -> None:
        """Remember what the first page's header and titles say, without reading its rows."""
        tables = ruled_tables(page, memory)
        if not tables and (table := unruled_table(page, WordLines(page), memory)):
            tables = [table]
        if scope is ReadScope.EVERYTHING:
            for table in tables:
                self._fill_from_captions(page, table, memory, dict(table.units))

    def complete(self, content: bytes, *, filename: str, records: Sequence[ReadRecord]) -> list[ReadRecord]:
        """Read amounts and date of rows that an identity-scoped reading located; others stay as they are."""
        return self.complete_files([(filename, lambda: content)], records=records)

    def complete_files(self, files: Files, *, records: Sequence[ReadRecord]) -> list[ReadRecord]:
        """The same for a document of several files."""
        return completed(
            records, open_pages(files, page_limit=self._page_limit), load=self._load, fields=_REMAINING
        )

    def _load(self, raw: RawPage, angle: float | None = None) -> Page:
        content = raw.load()
        if isinstance(content, TextLayerPage):
            content.number = raw.number
            return content
        return ScannedPage(
            content,
            raw.number,
            recogniser=self._recogniser,
            detector=self._detector,
            cross_reader=self._cross_reader,
            angle=angle,
        )

    def _read_page(self, page: Page, scope: ReadScope, found: _Findings) -> None:
        found.engines[page.engine] = None
        before = len(found.records)
        if self._read_upright(page, scope, found) and not _is_illegible(found.records[before:]):
            return
        if isinstance(page, ScannedPage) and (quarters := quarter_turns(page, self._recogniser)):
            del found.records[before:]
            if self._read_upright(page.turned(quarters), scope, found):
                return
        if len(found.records) > before:
            return
        found.notes.append(f"page {page.number}: no list and no bill found")

    def _read_upright(self, page: Page, scope: ReadScope, found: _Findings) -> bool:
        """Read the page as it stands; False if it shows neither list nor bill."""
        tables = ruled_tables(page, found.memory)
        if not tables:
            words = WordLines(page)
            if looks_like_bill(words) and (bill := read_bill_page(page, words)):
                found.kind = DocumentKind.BILL
                found.records.append(replace(bill, locator=RowLocator(page.number, 1, angle=page.angle)))
                return True
            table = unruled_table(page, words, found.memory)
            tables = [table] if table else []
        for table in tables:
            found.kind = DocumentKind.OVERDUE_LIST
            self._read_table(page, table, scope, found)
        return bool(tables)

    def _read_table(self, page: Page, table: FoundTable, scope: ReadScope, found: _Findings) -> None:
        fields = _LIST_FIELDS if scope is ReadScope.EVERYTHING else IDENTITY
        units = dict(table.units)
        if scope is ReadScope.EVERYTHING:
            self._fill_from_captions(page, table, found.memory, units)
        rows = read_rows(page, table, fields, units)
        offset = sum(1 for r in found.records if r.locator and r.locator.page == page.number)
        first = len(found.records)
        for index, row in enumerate(rows):
            if is_record(row, last=index == len(rows) - 1):
                offset += 1
                locator = table_locator(table, index, page, offset)
                dated = with_date(row, found.memory.as_of) if scope is ReadScope.EVERYTHING else row
                found.records.append(table_record(table, dated, fields, locator))
            if index in table.gaps:
                tell_gap(found.records, found.notes, page.number)
        if not found.partial and (totals := totals_of(rows)):
            check_totals(found.records, first, totals, found.notes)

    @staticmethod
    def _fill_from_captions(
        page: Page, table: FoundTable, memory: ListMemory, units: dict[Field, int]
    ) -> None:
        columns = set().union(*table.rows) if table.rows else set()
        amounts = columns & set(AMOUNTS)
        if Field.DATE not in columns or amounts - units.keys():
            said = read_captions(page, table.bounds, table.captions)
            memory.as_of, memory.unit = said.as_of or memory.as_of, said.unit or memory.unit
        for name in amounts - units.keys():
            units[name] = memory.unit or 1


def _is_illegible(records: Sequence[ReadRecord]) -> bool:
    """Whether what was read makes so little sense that the page may lie on its side or head."""
    if any(record.uscc_valid for record in records):
        return False
    fields = (Field.NAME, Field.USCC) if any(r.uscc for r in records) else (Field.NAME,)
    return fmean([r.confidence.get(field, 0.0) for r in records for field in fields] or [0.0]) < _ILLEGIBLE
