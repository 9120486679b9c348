"""The cells of located rows read, checked, read again where in doubt, and made into records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from activities.adapters.ocr.page import Page
from activities.adapters.ocr.tables import FoundTable
from models.bill_monitoring.printed_text import TextLine
from models.bill_monitoring.reading import Box, Field
from models.bill_monitoring.record_rules import (
    AMOUNTS,
    CROSS_READ,
    LOOK_TWICE_BELOW,
    FieldReading,
    compare_column,
    compare_widths,
    cross_checked,
    interpret,
    is_trusted,
    settle,
)
from models.bill_monitoring.uscc_repair import is_proved_uscc

_NAME_WIDTH: Final = 0.72
"""Chinese names are read squeezed to this width: as well, in two thirds of the time."""
_CODE_WIDTH: Final = 0.72
"""Codes are read squeezed first; one that does not hold both its check characters is read in full."""
Row = dict[Field, FieldReading]


def read_rows(
    page: Page,
    table: FoundTable,
    fields: Sequence[Field],
    units: Mapping[Field, int],
) -> list[Row]:
    """The given fields of each row, as far as the row has a cell for them."""
    rows = table.rows
    readings: list[Row] = [{} for _ in rows]
    for field in fields:
        held = [(index, row[field]) for index, row in enumerate(rows) if field in row]
        lines = _lines(page, table, field, [box for _, box in held])
        for (index, box), line in zip(held, lines, strict=True):
            readings[index][field] = _reading(page, field, box, line, units.get(field, 1))
    for name in AMOUNTS:
        _compare(readings, [name], compare_column)
    _compare(readings, AMOUNTS, compare_widths)
    return readings


def _lines(page: Page, table: FoundTable, field: Field, boxes: Sequence[Box]) -> list[TextLine]:
    """The text of one column's cells, squeezed where that is as good or proves itself."""
    if table.read:
        return table.read(boxes)
    if field is Field.NAME:
        return page.cells(boxes, width=_NAME_WIDTH)
    if field is not Field.USCC:
        return page.cells(boxes)
    lines = page.cells(boxes, width=_CODE_WIDTH)
    doubtful = [i for i, line in enumerate(lines) if not is_proved_uscc(line.text)]
    for index, line in zip(doubtful, page.cells([boxes[i] for i in doubtful]), strict=True):
        lines[index] = line
    return lines


def _reading(page: Page, name: Field, box: Box, line: TextLine, unit: int) -> FieldReading:
    reading = interpret(name, line, unit=unit)
    trusted = is_trusted(name, reading, threshold=LOOK_TWICE_BELOW) and reading.printed
    stained = name is not Field.USCC and page.is_stained(box)
    if not trusted or stained:
        others = [interpret(name, other, unit=unit) for other in page.second_look(box)]
        reading = settle(name, reading, others, stained=stained)
    if name in CROSS_READ and (cross := page.cross_look(box)):
        reading = cross_checked(reading, interpret(name, cross[1], unit=unit), engine=cross[0])
    return reading


def _compare(
    readings: Sequence[Row],
    names: Sequence[Field],
    compare: Callable[[Sequence[FieldReading]], list[FieldReading]],
) -> None:
    """Put what comparing these fields of all rows gives in their place."""
    held = [(row, name) for name in names for row in readings if name in row]
    for (row, name), compared in zip(held, compare([row[name] for row, name in held]), strict=True):
        row[name] = compared


def with_date(row: Row, as_of: date | None) -> Row:
    """The row with the as-of date of title or footer, if it has none of its own."""
    if as_of is None or (Field.DATE in row and row[Field.DATE].value is not None):
        return row
    return {**row, Field.DATE: FieldReading(as_of, 1.0)}
