"""Pages freed of what is not the document's own: stamps, dark fills, watermarks, coarse resolution."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from activities.adapters.ocr.engine import Image
from activities.adapters.ocr.images import Colours

_REDNESS: Final = 18
"""How far red must exceed green and blue; JPEG stains black text by less."""
_FEWEST_RED_PIXELS: Final = 200
_CLEARLY_RED: Final = 60
_DARKEST_STAMP: Final = 120
"""Redness of a stamp's own strokes, and the least red level that counts as stamp on bare paper."""
_STAMP_CONTRAST: Final = 1.6
"""How much what is darker than the stamp is darkened: a stamp covers part of the text's own contrast."""
_FILL_WIDTH: Final = 0.14
_FILL_HEIGHT: Final = 14
"""Size of a stretch that is a fill, not a stamp, if most of it is red: a star's widest bar is narrower.
Width as a share of the page's longer side, height in pixels."""
_FILL_SHARE: Final = 0.6
_COARSE: Final = 1300
"""Pages whose longer side has fewer pixels are enlarged before anything is looked for."""
_DARK: Final = 140
_LOWEST_FILL: Final = 14
"""Grey level under which a fill is dark, and its least height in pixels."""
_EDGE: Final = 90
"""Grey level of the line that is left where a dark fill ended."""
_WATERMARK: Final = 0.4
_INK: Final = 0.55
"""Darkest that a watermark's strokes are, and lightest that ink's are, as shares of the darkest strokes."""
_MOST_BETWEEN: Final = 0.05
"""Share of strokes between the two: more, and the page is faint or blurred text without a watermark."""
_LEAST_SHARE: Final = 0.05
"""Share of strokes that must be that light for a watermark to be assumed."""
_FEWEST_STROKE_PIXELS: Final = 500


def grey(colours: Colours) -> Image:
    """Plain luminance."""
    return np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY), np.uint8)


def enlarged(colours: Colours) -> Colours:
    """A coarse page enlarged, so that ruled lines and characters are several pixels apart."""
    longest = max(colours.shape[:2])
    if longest >= _COARSE:
        return colours
    scale = min(_COARSE / longest * 1.15, 2.5)
    return np.asarray(cv2.resize(colours, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)


def without_stamps(colours: Colours) -> Image:
    """Luminance, but red pixels take their red channel: a red stamp fades, black text under it stays.

    The level that a stamp has on bare paper becomes white. Red fills (a header's background) are left
    alone, or white text on them would fade too.
    """
    plain = grey(colours)
    red, green, blue = (colours[:, :, i].astype(np.int16) for i in range(3))
    mask = ((red - np.maximum(green, blue)) > _REDNESS).astype(np.uint8)
    if cv2.countNonZero(mask) < _FEWEST_RED_PIXELS:
        return plain
    kept = mask.copy()
    fill = (round(max(colours.shape[:2]) * _FILL_WIDTH), _FILL_HEIGHT)
    for window in (fill, fill[::-1]):  # pages may lie on their side
        fills = (cv2.boxFilter(mask, cv2.CV_32F, window) > _FILL_SHARE).astype(np.uint8)
        if cv2.countNonZero(fills):
            kept[cv2.dilate(fills, np.ones(window[::-1], np.uint8)) > 0] = 0
    strong = (kept > 0) & (red - np.maximum(green, blue) > _CLEARLY_RED)
    return np.where(kept > 0, _without_tint(colours[:, :, 0], strong), plain).astype(np.uint8)


def _without_tint(red: Image, stamp: npt.NDArray[np.bool_]) -> Image:
    """The red channel with the stamp's usual level made white, and what is darker darkened."""
    if not stamp.any():
        return red
    level = max(float(np.percentile(red[stamp], 40)), _DARKEST_STAMP)
    below = (level - red.astype(np.float32)) * _STAMP_CONTRAST
    return np.asarray(np.clip(255.0 - below, 0, 255), np.uint8)


def with_light_fills(page: Image) -> Image:
    """The page with dark fills turned light: white text on them becomes black text on white."""
    dark = (page < _DARK).astype(np.uint8)
    bars = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((5, 60), np.uint8))
    if not cv2.countNonZero(bars):
        return page
    whole = cv2.morphologyEx(bars, cv2.MORPH_CLOSE, np.ones((61, 5), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(whole, connectivity=4)
    result = page.copy()
    for index in range(1, len(stats)):
        inside = labels == index
        if stats[index, cv2.CC_STAT_HEIGHT] < _LOWEST_FILL or np.median(page[inside]) >= _DARK:
            continue  # a thick line, or the white between two of them
        turned = 255.0 - page[inside]
        result[inside] = np.minimum(turned * (255.0 / np.median(turned)), 255.0).astype(np.uint8)
        # the fill's edge stands for the ruled lines that were darker than it
        result[inside & (cv2.erode(inside.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0)] = _EDGE
    return result


def without_watermark(page: Image) -> Image:
    """The page with light grey marks wiped where no ink is near; unchanged if there are none.

    Light ruled lines go as well: tables are to be looked for before.
    """
    paper = float(np.percentile(page[::4, ::4], 80))
    strokes = page[(page == cv2.erode(page, np.ones((7, 7), np.uint8))) & (page < paper - 12)]
    if len(strokes) < _FEWEST_STROKE_PIXELS:
        return page
    ink = float(np.percentile(strokes, 10))
    if paper - ink < 60:  # noqa: PLR2004 - too faint to tell ink from mark
        return page
    darkness = (paper - strokes.astype(np.float32)) / (paper - ink)
    marks, between = np.mean(darkness < _WATERMARK), np.mean((darkness >= _WATERMARK) & (darkness < _INK))
    if marks < _LEAST_SHARE or between > min(_MOST_BETWEEN, marks / 3):
        return page
    near_ink = cv2.dilate(
        (page < paper - _WATERMARK * (paper - ink)).astype(np.uint8), np.ones((7, 7), np.uint8)
    )
    return np.where(near_ink == 0, np.uint8(paper), page).astype(np.uint8)
