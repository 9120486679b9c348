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
_FILL_WINDOW: Final = (160, 14)
"""Width and height of a stretch that is a fill, not a stamp's stroke, if most of it is red."""
_FILL_SHARE: Final = 0.6
_COARSE: Final = 1300
"""Pages whose longer side has fewer pixels are enlarged before anything is looked for."""
_DARK: Final = 140
_LOWEST_FILL: Final = 14
"""Grey level under which a fill is dark, and its least height in pixels."""
_WATERMARK: Final = (0.05, 0.4)
"""Darkness of a watermark as shares of the darkness of ink."""
_ONE_TONE: Final = 0.35
"""Share of a watermark's pixels within a few grey levels of each other; faint blurred text has all levels."""
_LEAST_SHARE: Final = 0.004
"""Share of the page that must be lightly grey, away from ink, for a watermark to be assumed."""


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

    Red fills (a header's background) are left alone, or white text on them would fade too.
    """
    plain = grey(colours)
    red, green, blue = (colours[:, :, i].astype(np.int16) for i in range(3))
    mask = ((red - np.maximum(green, blue)) > _REDNESS).astype(np.uint8)
    if cv2.countNonZero(mask) < _FEWEST_RED_PIXELS:
        return plain
    kept = mask.copy()
    for window in (_FILL_WINDOW, _FILL_WINDOW[::-1]):  # pages may lie on their side
        fills = (cv2.boxFilter(mask, cv2.CV_32F, window) > _FILL_SHARE).astype(np.uint8)
        if cv2.countNonZero(fills):
            kept[cv2.dilate(fills, np.ones(window[::-1], np.uint8)) > 0] = 0
    mask = kept
    return np.where(mask > 0, colours[:, :, 0], plain).astype(np.uint8)


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
        result[inside & (cv2.erode(inside.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0)] = 0
    return result


def without_watermark(page: Image) -> Image:
    """The page with light grey marks wiped where no ink is near; unchanged if there are hardly any.

    Light ruled lines go as well: tables are to be looked for before.
    """
    paper = float(np.percentile(page[::4, ::4], 80))
    ink = float(np.percentile(page[::4, ::4], 0.5))
    if paper - ink < 60:  # noqa: PLR2004 - too faint to tell ink from mark
        return page
    lightest, darkest = (paper - share * (paper - ink) for share in _WATERMARK)
    near_ink = cv2.dilate((page < darkest).astype(np.uint8), np.ones((7, 7), np.uint8))
    marks: npt.NDArray[np.bool_] = (page < lightest) & (page >= darkest) & (near_ink == 0)
    if marks.mean() < _LEAST_SHARE or not _is_one_tone(page[marks]):
        return page
    return np.where((near_ink == 0), np.uint8(paper), page).astype(np.uint8)


def _is_one_tone(levels: npt.NDArray[np.uint8]) -> bool:
    counts = np.bincount(levels, minlength=256).astype(np.float64)
    nearby = np.convolve(counts, np.ones(13), mode="same")
    return bool(nearby.max() >= _ONE_TONE * counts.sum())
