"""A table's rows made into records, and the table as a whole checked: rows left out, printed totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from activities.adapters.ocr.page import Page
from activities.adapters.ocr.rows import Row
from activities.adapters.ocr.tables import FoundTable, is_total_row
from models.bill_monitoring.reading import Field, ReadRecord, RowLocator
from models.bill_monitoring.record_rules import AMOUNTS, IDENTITY, build_record
from models.money import Money

_SHORTEST_CODE: Final = 8
"""A code with fewer characters and no name beside it is a page number or the like."""
_SHORTEST_NAME: Final = 3
"""A shorter name in a last row without code is a misread 合计."""


def is_record(row: Row, *, last: bool) -> bool:
    """Whether a row stands for an acceptor, however little of it can be read.

    The last row may be the total under another column than the names', so it needs a name or a code.
    """
    name, code = _identity(row)
    if is_total_row([name, code]):
        return False
    named = len(name) >= _SHORTEST_NAME if last else bool(name)
    legible = named or len(code) >= _SHORTEST_CODE
    return legible or (not last and any(reading.printed for reading in row.values()))


def _identity(row: Row) -> tuple[str, str]:
    name, code = (str(row[field].value or "") if field in row else "" for field in IDENTITY)
    return name, code


def table_locator(table: FoundTable, index: int, page: Page, number: int) -> RowLocator:
    """Where a table's row (``index`` from 0) stands, as the page's record of this number (from 1)."""
    return RowLocator(
        page.number,
        number,
        dict(table.rows[index]),
        page.angle,
        dict(table.units),
        table.bounds,
        tuple(sorted(table.unplaced)),
        tuple(sorted(table.guessed)),
    )


def table_record(table: FoundTable, row: Row, fields: Sequence[Field], locator: RowLocator) -> ReadRecord:
    """The record of a row of which ``fields`` were read.

    Expected is what the table has for any row, what it may have in an illegible column, a name, and
    where there are amounts the date that they are of.
    """
    columns = {Field.NAME, *table.unplaced}.union(*table.rows)
    if columns & set(AMOUNTS):
        columns.add(Field.DATE)
    return build_record(
        row,
        locator=locator,
        expected=[name for name in fields if name in columns],
        guessed=[name for name in fields if name in table.guessed],
    )


def tell_gap(records: list[ReadRecord], notes: list[str], page: int) -> None:
    """Say after the last record that another may be missing: on the record, and on the document."""
    if records:
        sentence = "rows: another row may stand below this one that could not be read"
        records[-1] = replace(records[-1], review=(*records[-1].review, sentence))
    notes.append(f"page {page}: a row may be missing after record {len(records)}")


def totals_of(rows: Sequence[Row]) -> Mapping[Field, Money]:
    """The printed sums, if the table's last row is one."""
    if not rows or is_record(rows[-1], last=True):
        return {}
    values = {name: rows[-1][name].value for name in AMOUNTS if name in rows[-1]}
    return {name: value for name, value in values.items() if isinstance(value, Money)}


def check_totals(
    records: list[ReadRecord], first: int, totals: Mapping[Field, Money], notes: list[str]
) -> None:
    """Compare printed totals with the sum over this table (from record ``first``) or the whole document.

    If they differ and no amount among them is doubted already, all of them are: which one was misread,
    or whether a row is missing, cannot be told.
    """
    for name, total in totals.items():
        if total in (_sum(records[first:], name), _sum(records, name)):
            continue
        sentence = f"the printed total is {total}, but the amounts add up to {_sum(records, name)}"
        notes.append(f"{name.value}: {sentence}")
        if not any(_is_doubted(record, name) for record in records):
            for index, record in enumerate(records):
                records[index] = replace(record, review=(*record.review, f"{name.value}: {sentence}"))


def _sum(records: Sequence[ReadRecord], name: Field) -> Money:
    amounts = [getattr(record, name.value) for record in records]
    return Money(sum(amount.minor for amount in amounts if amount is not None))


def _is_doubted(record: ReadRecord, name: Field) -> bool:
    return getattr(record, name.value) is None or any(s.startswith(f"{name.value}:") for s in record.review)
