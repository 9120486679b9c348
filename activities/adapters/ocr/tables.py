"""Lists found on a page: which rectangle holds which field of which row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from activities.adapters.ocr.grid import Grid, find_grids
from activities.adapters.ocr.page import Page
from models.bill_monitoring.list_headers import (
    assign_columns,
    columns_by_content,
    is_header,
    is_total,
    lacks_columns,
    with_unnamed_columns,
)
from models.bill_monitoring.printed_text import TextLine
from models.bill_monitoring.reading import Box, Field
from models.bill_monitoring.record_rules import AMOUNTS

Columns = dict[Field, tuple[int, int | None]]
"""For each field its column (from 0) and the unit in yuan that the heading names."""

_HEADER_ROWS: Final = 5
"""Rows looked at for the header; titles joined across the table come first."""
_LOWEST_TABLE: Final = 0.3
"""Share of the page's height that a table without header must take, unless it continues another."""
_SAMPLE_ROWS: Final = 3
"""Rows read to tell the columns of a table without header."""


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A list's rows as rectangles."""

    rows: list[dict[Field, Box]]
    units: dict[Field, int]
    bounds: Box
    captions: tuple[str, ...] = ()
    """Titles that stand inside the table, joined across it."""
    read: Callable[[Sequence[Box]], list[TextLine]] | None = None
    """Reads rectangles, knowing those that finding the table has read already; None if there are none."""


@dataclass(slots=True)
class ListMemory:
    """What earlier pages of the same document said and later pages leave out."""

    columns: Columns = field(default_factory=dict)
    width: int = 0
    """Columns of the table that ``columns`` counts in."""
    unit: int | None = None
    as_of: date | None = None


def ruled_tables(page: Page, memory: ListMemory) -> list[FoundTable]:
    """The lists among the page's ruled tables; other ruled tables are passed over."""
    tables = (_ruled_table(page, grid, memory) for grid in find_grids(page.image))
    return [table for table in tables if table is not None]


def _ruled_table(page: Page, grid: Grid, memory: ListMemory) -> FoundTable | None:
    columns, first, captions = _header_of(page, grid)
    if not columns:
        low = grid.bounds.bottom - grid.bounds.top < _LOWEST_TABLE * page.image.shape[0]
        if low and not memory.columns:
            return None  # a corner of an unruled table, or a box of notes
        columns, first = _columns_without_header(page, grid, memory), 0
        if not columns:
            return None
    memory.columns, memory.width = columns, grid.columns
    rows = [
        {name: row[column] for name, (column, _) in columns.items()}
        for row in grid.rows[first:]
        if len(set(row)) * 2 > grid.columns
    ]
    top = grid.rows[max(first - 1, 0)][0].top  # titles joined across the table stand outside of it
    bounds = replace(grid.bounds, top=top)
    return FoundTable(rows, units_of(columns), bounds, captions) if rows else None


def units_of(columns: Columns) -> dict[Field, int]:
    """The units in yuan that headings name; a unit named over one column of amounts counts for all."""
    named: dict[Field, int] = {
        name: unit for name, (_, unit) in columns.items() if unit is not None and name in AMOUNTS
    }
    if len(set(named.values())) == 1:
        return {name: next(iter(named.values())) for name in columns if name in AMOUNTS}
    return named


def _header_of(page: Page, grid: Grid) -> tuple[Columns, int, tuple[str, ...]]:
    """Columns, number of the first row below the header, and titles above it; no columns if no header."""
    captions: list[str] = []
    for index, row in enumerate(grid.rows[:_HEADER_ROWS]):
        cells = list(dict.fromkeys(row))
        texts = [line.text for line in page.cells(cells)]
        columns = assign_columns(
            [texts[cells.index(c)] if row.index(c) == i else "" for i, c in enumerate(row)]
        )
        if len(cells) < grid.columns and any(texts):
            unjoined = assign_columns([line.text for line in page.cells(grid.unjoined(index))])
            columns = max(columns, unjoined, key=len)
        if is_header(columns):
            return _with_unnamed(page, grid, index + 1, columns, texts), index + 1, tuple(captions)
        if len(cells) <= max(1, grid.columns // 3):
            captions += [text for text in texts if text]
        elif not captions and any(len(text) > 14 for text in texts):  # noqa: PLR2004 - data, no heading
            break
    return {}, 0, ()


def _with_unnamed(page: Page, grid: Grid, first: int, columns: Columns, headings: Sequence[str]) -> Columns:
    """Columns with those added whose heading could not be read, told by what stands in them."""
    if not lacks_columns(columns):
        return columns
    rows = [row for row in grid.rows[first:] if len(set(row)) == grid.columns][:_SAMPLE_ROWS]
    texts = [[line.text for line in page.cells(row)] for row in rows]
    return with_unnamed_columns(columns, headings if len(headings) == grid.columns else (), texts)


def _columns_without_header(page: Page, grid: Grid, memory: ListMemory) -> Columns:
    rows = [row for row in grid.rows if len(set(row)) == grid.columns][:_SAMPLE_ROWS]
    texts = [[line.text for line in page.cells(row)] for row in rows]
    return continued_columns(texts, grid.columns, memory)


def continued_columns(texts: Sequence[Sequence[str]], width: int, memory: ListMemory) -> Columns:
    """Columns of a table without header: as on the page before if its codes stand there, else by content."""
    by_content = columns_by_content(texts)
    if memory.columns and memory.width == width:
        known, seen = memory.columns.get(Field.USCC), by_content.get(Field.USCC)
        if known is None or seen is None or known[0] == seen[0]:
            return memory.columns
    if Field.USCC in by_content or (Field.NAME in by_content and Field.OVERDUE_BALANCE in by_content):
        return by_content
    return {}


def is_total_row(texts: Sequence[str]) -> bool:
    """Whether any text of a row says that it sums the others."""
    return any(is_total(text) for text in texts)
