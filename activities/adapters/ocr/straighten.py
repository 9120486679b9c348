"""How far a page is turned, and turning it back."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from activities.adapters.ocr.engine import Image

_WORKING_SIDE: Final = 900
_FARTHEST: Final = 12.0
"""Degrees looked at to either side."""
_UPRIGHT: Final = 0.12
"""Smaller turns are left alone: turning blurs more than they harm."""


def skew_angle(page: Image) -> float:
    """Degrees by which the page's lines fall to the right (positive) or rise (negative).

    The angle is sought at which the rows of the page differ most from each other: lines of text and
    ruled lines then fall into few rows. Coarse steps first, then ever finer around the best.
    """
    scale = _WORKING_SIDE / max(page.shape)
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else page
    ink = cv2.adaptiveThreshold(
        small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, blockSize=25, C=12
    )
    best, step, reach = 0.0, 1.0, _FARTHEST
    while step > 0.02:  # noqa: PLR2004 - finer steps move no line by a pixel
        angles = np.arange(best - reach, best + reach + step / 2, step)
        best = float(max(angles, key=lambda angle: _sharpness(np.asarray(ink, np.uint8), float(angle))))
        reach, step = step, step / 4
    return best if abs(best) >= _UPRIGHT else 0.0


def _sharpness(ink: Image, angle: float) -> float:
    rows = _turned(ink, angle, paper=0, smooth=False).sum(axis=1, dtype=np.float64)
    return float(np.square(np.diff(rows)).sum())


def upright(page: Image, angle: float) -> Image:
    """The page turned by ``angle`` degrees against its skew; quarter turns are exact.

    The whole page is kept: the picture grows as needed, with white in the corners.
    """
    quarters = round(angle / 90)
    turned = np.ascontiguousarray(np.rot90(page, quarters)) if quarters % 4 else page
    rest = angle - 90 * quarters
    return _turned(turned, rest, paper=255, smooth=True) if rest else turned


def _turned(page: Image, angle: float, *, paper: int, smooth: bool) -> Image:
    height, width = page.shape
    matrix = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0), np.float64)
    size = (width, height)
    if smooth:
        cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
        size = (int(height * sine + width * cosine), int(height * cosine + width * sine))
        matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    flags = cv2.INTER_CUBIC if smooth else cv2.INTER_NEAREST
    return np.asarray(cv2.warpAffine(page, matrix, size, flags=flags, borderValue=paper), np.uint8)
