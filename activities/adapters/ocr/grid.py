"""Ruled tables found by their lines: a few milliseconds instead of a detection network's second."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from activities.adapters.ocr.engine import Image
from models.bill_monitoring.reading import Box

_FEWEST_COLUMNS: Final = 2
_FEWEST_ROWS: Final = 2
_NARROWEST: Final = 0.25
"""Share of the page's width from which a lattice of lines counts as a table."""
_LINE_SHARE_ALONG: Final = 0.45
_LINE_SHARE_DOWN: Final = 0.45
"""Share of the table's width (height) that a horizontal (vertical) line must cover."""
_EDGE_SHARE: Final = 0.3
"""Share of one cell's side that must be ruled; less, and the cell is joined with its neighbour."""
_SMALLEST_CELL: Final = 8


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: for each row its cells, column by column; a joined cell stands in each it spans."""

    bounds: Box
    rows: tuple[tuple[Box, ...], ...]
    edges: tuple[int, ...]
    """Left edges of all columns, and the right edge of the last."""

    @property
    def columns(self) -> int:
        return len(self.edges) - 1

    def unjoined(self, row: int) -> tuple[Box, ...]:
        """A row's cells cut at every column's edge, for where its own lines do not show."""
        top, bottom = self.rows[row][0].top, self.rows[row][0].bottom
        pairs = pairwise(self.edges)
        return tuple(Box(left + 2, top, right - 1, bottom) for left, right in pairs)


def find_grids(page: Image) -> list[Grid]:
    """The ruled tables of an upright page, from top to bottom."""
    lines = _ruled_lines(page)
    if lines is None:
        return []
    lattice = cv2.dilate(lines.horizontal | lines.vertical, np.ones((5, 5), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(lattice, connectivity=8)
    grids = []
    for left, top, width, height, _ in stats[1:].tolist():
        if width < _NARROWEST * page.shape[1] or height < _FEWEST_ROWS * _SMALLEST_CELL:
            continue
        if grid := _grid_in(Box(left, top, left + width, top + height), lines):
            grids.append(grid)
    return sorted(grids, key=lambda grid: grid.bounds.top)


def find_cells(page: Image) -> list[Box]:
    """The closed cells between ruled lines, however unlike their rows are: the boxes of a form."""
    lines = _ruled_lines(page)
    if lines is None:
        return []
    lattice = cv2.dilate(lines.horizontal | lines.vertical, np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats((lattice == 0).astype(np.uint8), connectivity=4)
    height, width = page.shape
    return [
        Box(left, top, left + w, top + h)
        for left, top, w, h, area in stats[1:].tolist()
        if w >= _SMALLEST_CELL
        and h >= _SMALLEST_CELL
        and area >= 0.6 * w * h
        and w * h < 0.5 * width * height
    ]


@dataclass(frozen=True, slots=True)
class _Lines:
    """Masks (0 or 255) of ruled lines."""

    horizontal: Image
    vertical: Image
    """Strokes nearly as tall as a row."""
    crossing: Image
    """Strokes that run through more than one row: what no character's stem does."""


def _ruled_lines(page: Image) -> _Lines | None:
    """The page's ruled lines; None if there are too few for a table."""
    ink = np.asarray(
        cv2.adaptiveThreshold(
            page, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, blockSize=31, C=8
        ),
        np.uint8,
    )
    horizontal = _horizontal(ink)
    pitch = _row_pitch(horizontal)
    if pitch is None:
        return None
    return _Lines(horizontal, _vertical(ink, max(20, round(0.8 * pitch))), _vertical(ink, round(1.6 * pitch)))


def _horizontal(ink: Image) -> Image:
    """Mask (0 or 255) of long horizontal strokes; breaks of a pixel or two are bridged."""
    along = max(32, ink.shape[1] // 16)  # longer than neighbouring characters' strokes join up
    bridged = cv2.dilate(ink, np.ones((2, 3), np.uint8))
    return np.asarray(cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, along), np.uint8)), np.uint8)


def _vertical(ink: Image, length: int) -> Image:
    """Mask (0 or 255) of vertical strokes of at least this length."""
    bridged = cv2.dilate(ink, np.ones((3, 2), np.uint8))
    return np.asarray(cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8)), np.uint8)


def _row_pitch(horizontal: Image) -> int | None:
    """The usual distance of horizontal lines; None if there are too few for a table."""
    wide = (cv2.dilate(horizontal, np.ones((5, 1), np.uint8)) > 0).mean(axis=1)
    lines = _peaks(wide, _NARROWEST * 0.8)
    steps = [below - above for above, below in pairwise(lines)]
    steps = [step for step in steps if step >= _SMALLEST_CELL]
    return int(np.median(steps)) if len(steps) >= _FEWEST_ROWS else None


def _grid_in(region: Box, lines: _Lines) -> Grid | None:
    window = (slice(region.top, region.bottom), slice(region.left, region.right))
    down = cv2.dilate(lines.vertical[window], np.ones((1, 7), np.uint8)) > 0
    crossing = cv2.dilate(lines.crossing[window], np.ones((1, 7), np.uint8)) > 0
    along = cv2.dilate(lines.horizontal[window], np.ones((7, 1), np.uint8)) > 0
    xs = _with_edges(_peaks(crossing.mean(axis=0), _LINE_SHARE_DOWN), region.right - region.left)
    ys = _with_edges(_peaks(along.mean(axis=1), _LINE_SHARE_ALONG), region.bottom - region.top)
    if len(xs) <= _FEWEST_COLUMNS or len(ys) <= _FEWEST_ROWS:
        return None
    rows = tuple(_row(top, bottom, xs, down, region) for top, bottom in pairwise(ys))
    return Grid(region, rows, tuple(region.left + x for x in xs))


def _peaks(coverage: npt.NDArray[np.float64], share: float) -> list[int]:
    """Centres of the stretches whose coverage says that a line runs there."""
    strong = np.concatenate(([0], (coverage >= share).astype(np.int8), [0]))
    edges = np.flatnonzero(np.diff(strong))
    return [int(start + end) // 2 for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _with_edges(places: list[int], length: int) -> list[int]:
    """Line places with the region's own edges, where an outer border is not drawn."""
    inner = [p for p in places if _SMALLEST_CELL < p < length - _SMALLEST_CELL]
    kept = [0]
    for place in inner:
        if place - kept[-1] >= _SMALLEST_CELL:
            kept.append(place)
    return [*kept, length]


def _row(top: int, bottom: int, xs: list[int], down: npt.NDArray[np.bool_], region: Box) -> tuple[Box, ...]:
    middle = slice(top + (bottom - top) // 5, bottom - (bottom - top) // 5)
    cells: list[Box] = []
    start = 0
    for index in range(1, len(xs)):
        last = index == len(xs) - 1
        if last or down[middle, max(xs[index] - 2, 0) : xs[index] + 3].any(axis=1).mean() >= _EDGE_SHARE:
            box = Box(
                region.left + xs[start] + 2,
                region.top + top + 2,
                region.left + xs[index] - 1,
                region.top + bottom - 1,
            )
            cells += [box] * (index - start)
            start = index
    return tuple(cells)
