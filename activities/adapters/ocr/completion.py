"""The rest of rows that an identity-scoped reading has located."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from activities.adapters.ocr.captions import Captions, captions_in, read_captions
from activities.adapters.ocr.documents import RawPage
from activities.adapters.ocr.page import Page
from activities.adapters.ocr.rows import read_rows, with_date
from activities.adapters.ocr.tables import FoundTable
from models.bill_monitoring.reading import Box, Field, ReadRecord
from models.bill_monitoring.record_rules import AMOUNTS, build_record

_Load = Callable[[RawPage, float | None], Page]


def completed(
    records: Sequence[ReadRecord], pages: Iterable[RawPage], *, load: _Load, fields: Sequence[Field]
) -> list[ReadRecord]:
    """The records with ``fields`` read too; those without cells to read stay as they are.

    Pages are loaded in order and only if a record stands on them; the first page besides, if its
    titles have to say what later pages leave out.
    """
    done = list(records)
    by_page: dict[int, list[int]] = {}
    for index, record in enumerate(records):
        if record.locator and record.locator.cells:
            by_page.setdefault(record.locator.page, []).append(index)
    first = Captions()
    for raw in pages:
        indices = by_page.pop(raw.number, [])
        if indices:
            angle = _locator_angle(records[indices[0]])
            page = load(raw, angle)
            for index, record in zip(
                indices, _complete(page, [records[i] for i in indices], fields, first), strict=True
            ):
                done[index] = record
            if raw.number == 1:
                first = _captions(page, records[indices[0]])
        elif raw.number == 1 and by_page:
            page = load(raw, None)
            first = captions_in(line.text for line in page.cells(page.words()))
        if not by_page:
            break
    return done


def _locator_angle(record: ReadRecord) -> float:
    return record.locator.angle if record.locator else 0.0


def _captions(page: Page, record: ReadRecord) -> Captions:
    return (
        read_captions(page, record.locator.table) if record.locator and record.locator.table else Captions()
    )


def _complete(
    page: Page, records: Sequence[ReadRecord], fields: Sequence[Field], first: Captions
) -> list[ReadRecord]:
    locators = [r.locator for r in records if r.locator]
    rows = [dict(locator.cells) for locator in locators]
    units = dict(locators[0].units)
    columns = set().union(*rows)
    expected = columns | {Field.DATE} if columns & set(AMOUNTS) else columns
    said = Captions()
    if Field.DATE not in columns or (columns & set(AMOUNTS)) - units.keys():
        said = _captions(page, records[0])
    for name in (columns & set(AMOUNTS)) - units.keys():
        units[name] = said.unit or first.unit or 1
    table = FoundTable(rows, units, locators[0].table or Box(0, 0, 0, 0))
    readings = read_rows(page, table, fields, units)
    added = [
        build_record(
            with_date(row, said.as_of or first.as_of),
            locator=None,
            expected=[f for f in fields if f in expected or f in locator.unplaced],
            guessed=[f for f in locator.guessed if f in fields],
        )
        for row, locator in zip(readings, locators, strict=True)
    ]
    return [_merged(record, more) for record, more in zip(records, added, strict=True)]


def _merged(record: ReadRecord, more: ReadRecord) -> ReadRecord:
    return replace(
        record,
        overdue_balance=more.overdue_balance,
        cumulative_overdue=more.cumulative_overdue,
        date=more.date,
        confidence={**record.confidence, **more.confidence},
        repaired=(*record.repaired, *more.repaired),
        review=(*record.review, *more.review),
    )
