"""From a cell's rectangle to the lines of text in it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from activities.adapters.ocr.engine import Image
from models.bill_monitoring.reading import Box

_LEAST_CONTRAST: Final = 36
"""Grey levels between paper and ink below which a cell is empty."""
_SMALLEST_LINE: Final = 6
_BORDER: Final = 9
"""Pixels from a cell's edge within which a full stroke is a ruled line."""
_MARGIN: Final = 0.16
"""Paper kept around a line, as a share of its height."""


def line_crops(page: Image, box: Box) -> list[Image]:
    """The lines of text in a cell, each cut close with a small margin, from top to bottom."""
    cell = page[max(box.top, 0) : box.bottom, max(box.left, 0) : box.right]
    if min(cell.shape, default=0) < _SMALLEST_LINE:
        return []
    ink = ink_of(cell)
    if ink is None:
        return []
    return [crop for top, bottom in _line_spans(ink) if (crop := _cut(cell, ink, top, bottom)) is not None]


def ink_of(cell: Image) -> npt.NDArray[np.bool_] | None:
    """Which pixels are ink, borders and specks left out; None if the cell is empty."""
    smooth = cv2.medianBlur(cell, 3)
    inner = smooth[3:-3, 3:-3] if min(smooth.shape) > 4 * _SMALLEST_LINE else smooth  # less ruled lines
    low, paper, high = np.percentile(inner, (0.5, 50, 99.5))
    if paper < 110 and high - paper > paper - low:  # noqa: PLR2004 - light text on a dark fill
        smooth, low, paper = (255 - smooth), 255 - high, 255 - paper
    if paper - low < _LEAST_CONTRAST:
        return None
    ink = (smooth < paper - max((paper - low) * 0.32, _LEAST_CONTRAST / 2)).astype(np.uint8)
    return _without_borders(ink) > 0


def _without_borders(ink: Image) -> Image:
    """Ink less what is left of ruled lines at the cell's edges, and less specks."""
    height, width = ink.shape
    for edge in range(min(_BORDER, max(4, height // 6), height // 2, width // 2)):
        for row in (edge, height - 1 - edge):
            if ink[row].mean() > 0.6:  # noqa: PLR2004 - text never fills a whole row of pixels
                ink[row] = 0
        for column in (edge, width - 1 - edge):
            if ink[:, column].mean() > 0.8:  # noqa: PLR2004
                ink[:, column] = 0
    return ink


def _line_spans(ink: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Top and bottom of each line of text.

    A gap parts two lines only if both sides are tall enough to be one; strokes of 二 or 三 are not.
    """
    filled = np.concatenate(([0], (ink.sum(axis=1) >= 2).astype(np.int8), [0]))  # noqa: PLR2004 - a single pixel is a speck
    edges = np.flatnonzero(np.diff(filled))
    spans = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    tallest = max((bottom - top for top, bottom in spans), default=0)
    lines: list[tuple[int, int]] = []
    for top, bottom in spans:
        low = bottom - top < 0.55 * tallest
        near = bool(lines) and top - lines[-1][1] <= 0.35 * tallest
        previous_low = bool(lines) and lines[-1][1] - lines[-1][0] < 0.55 * tallest
        if near and (low or previous_low):
            lines[-1] = (lines[-1][0], bottom)
        else:
            lines.append((top, bottom))
    tallest = max((bottom - top for top, bottom in lines), default=0)
    return [(t, b) for t, b in lines if b - t >= max(_SMALLEST_LINE, 0.4 * tallest)]


def _cut(cell: Image, ink: npt.NDArray[np.bool_], top: int, bottom: int) -> Image | None:
    columns = np.flatnonzero(ink[top:bottom].sum(axis=0) >= 1)
    if not len(columns):
        return None
    margin = max(2, round((bottom - top) * _MARGIN))
    left, right = max(int(columns[0]) - margin, 0), int(columns[-1]) + 1 + margin
    return np.ascontiguousarray(cell[max(top - margin, 0) : bottom + margin, left:right])
