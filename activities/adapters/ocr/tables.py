"""Lists found on a page: which rectangle holds which field of which row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Final

from activities.adapters.ocr.grid import Grid, find_grids
from activities.adapters.ocr.page import Page
from models.bill_monitoring.list_headers import (
    assign_columns,
    columns_by_content,
    has_doubtful_unit,
    is_header,
    is_total,
    lacks_columns,
    obscure_columns,
    unplaced_fields,
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
"""Rows read to tell columns by their content."""
_JOINED: Final = TextLine("-", 1.0)
"""Stands for a heading under which several columns are joined, in all but the first of them."""


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A list's rows as rectangles."""

    rows: list[dict[Field, Box]]
    units: dict[Field, int]
    bounds: Box
    captions: tuple[str, ...] = ()
    """Titles that stand inside the table, joined across it."""
    unplaced: frozenset[Field] = frozenset()
    """Fields that may stand in a column whose heading is illegible."""
    guessed: frozenset[Field] = frozenset()
    """Amounts whose column was told by content alone, or whose unit was hardly legible."""
    gaps: frozenset[int] = frozenset()
    """Numbers of the rows (from 0) after which others may be missing."""
    read: Callable[[Sequence[Box]], list[TextLine]] | None = None
    """Reads rectangles, knowing those that finding the table has read already; None if there are none."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column holds what, and how that is known."""

    columns: Columns = field(default_factory=dict)
    width: int = 0
    """Columns of the table that ``columns`` counts in."""
    unplaced: frozenset[Field] = frozenset()
    guessed: frozenset[Field] = frozenset()

    @classmethod
    def of_header(
        cls, columns: Columns, headings: Sequence[TextLine], sample: Callable[[], list[list[str]]]
    ) -> Layout:
        """The layout that headings announce, columns with illegible ones told by their content.

        Args:
            columns: what the headings announce.
            headings: one line per column.
            sample: reads some rows below the header, if they are needed.
        """
        width, obscure = len(headings), obscure_columns(headings, columns)
        amounts = {name: headings[columns[name][0]] for name in AMOUNTS if name in columns}
        unsure = frozenset(name for name, heading in amounts.items() if has_doubtful_unit(heading))
        if not lacks_columns(columns) and not obscure:
            return cls(columns, width, guessed=unsure)
        rows = sample()
        told = with_unnamed_columns(columns, [line.text for line in headings], rows, obscure)
        guessed = (told.keys() - columns.keys()) & set(AMOUNTS)
        return cls(told, width, frozenset(unplaced_fields(told, rows, obscure)), unsure | guessed)


@dataclass(slots=True)
class ListMemory:
    """What earlier pages of the same document said and later pages leave out."""

    layout: Layout = field(default_factory=Layout)
    unit: int | None = None
    as_of: date | None = None


def ruled_tables(page: Page, memory: ListMemory) -> list[FoundTable]:
    """The lists among the page's ruled tables; other ruled tables are passed over."""
    tables = (_ruled_table(page, grid, memory) for grid in find_grids(page.image))
    return [table for table in tables if table is not None]


def _ruled_table(page: Page, grid: Grid, memory: ListMemory) -> FoundTable | None:
    layout, first, captions = _header_of(page, grid)
    if not layout.columns:
        low = grid.bounds.bottom - grid.bounds.top < _LOWEST_TABLE * page.image.shape[0]
        if low and not memory.layout.columns:
            return None  # a corner of an unruled table, or a box of notes
        layout, first = continued_layout(_sample(page, grid, 0), grid.columns, memory), 0
        if not layout.columns:
            return None
    memory.layout = layout
    rows = [
        {name: row[column] for name, (column, _) in layout.columns.items()}
        for row in grid.rows[first:]
        if len(set(row)) * 2 > grid.columns
    ]
    top = grid.rows[max(first - 1, 0)][0].top  # titles joined across the table stand outside of it
    bounds = replace(grid.bounds, top=top)
    return found_table(rows, layout, bounds, captions) if rows else None


def found_table(
    rows: list[dict[Field, Box]], layout: Layout, bounds: Box, captions: Sequence[str] = ()
) -> FoundTable:
    """The table of these rows under this layout."""
    return FoundTable(
        rows, units_of(layout.columns), bounds, tuple(captions), layout.unplaced, layout.guessed
    )


def units_of(columns: Columns) -> dict[Field, int]:
    """The units in yuan that headings name; a unit named over one column of amounts counts for all."""
    named: dict[Field, int] = {
        name: unit for name, (_, unit) in columns.items() if unit is not None and name in AMOUNTS
    }
    if len(set(named.values())) == 1:
        return {name: next(iter(named.values())) for name in columns if name in AMOUNTS}
    return named


def _header_of(page: Page, grid: Grid) -> tuple[Layout, int, tuple[str, ...]]:
    """Layout, number of the first row below the header, and titles above it; no columns if no header."""
    captions: list[str] = []
    for index, row in enumerate(grid.rows[:_HEADER_ROWS]):
        cells = list(dict.fromkeys(row))
        lines = dict(zip(cells, page.cells(cells), strict=True))
        headings = [lines[c] if row.index(c) == i else _JOINED for i, c in enumerate(row)]
        texts = [line.text for line in lines.values()]
        columns = assign_columns([line.text for line in headings])
        if len(cells) < grid.columns and any(texts):
            unjoined = page.cells(grid.unjoined(index))
            if len(again := assign_columns([line.text for line in unjoined])) > len(columns):
                columns, headings = again, unjoined
        if is_header(columns):
            sample = partial(_sample, page, grid, index + 1)
            return Layout.of_header(columns, headings, sample), index + 1, tuple(captions)
        if len(cells) <= max(1, grid.columns // 3):
            captions += [text for text in texts if text]
        elif not captions and any(len(text) > 14 for text in texts):  # noqa: PLR2004 - data, no heading
            break
    return Layout(), 0, ()


def _sample(page: Page, grid: Grid, first: int) -> list[list[str]]:
    """The texts of some whole rows from the ``first`` on, to tell columns by their content."""
    rows = [row for row in grid.rows[first:] if len(set(row)) == grid.columns][:_SAMPLE_ROWS]
    return [[line.text for line in page.cells(row)] for row in rows]


def continued_layout(texts: Sequence[Sequence[str]], width: int, memory: ListMemory) -> Layout:
    """Layout of a table without header: as on the page before if its codes stand there, else by content."""
    by_content = columns_by_content(texts)
    known = memory.layout
    if known.columns and known.width == width:
        code, seen = known.columns.get(Field.USCC), by_content.get(Field.USCC)
        if code is None or seen is None or code[0] == seen[0]:
            return known
    if Field.USCC in by_content or (Field.NAME in by_content and Field.OVERDUE_BALANCE in by_content):
        return Layout(by_content, width, guessed=frozenset(by_content.keys() & set(AMOUNTS)))
    return Layout()


def is_total_row(texts: Sequence[str]) -> bool:
    """Whether any text of a row says that it sums the others."""
    return any(is_total(text) for text in texts)
