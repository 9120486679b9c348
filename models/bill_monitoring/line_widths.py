"""Whether as many characters were read as the ink is wide: a digit that was swallowed leaves its room.

Recognisers of the CTC family merge repeated digits, and lose those at a line's ends, with full
confidence and the same way at every look. The width of the printed line does not depend on what was
read, so the amounts of a table, printed in one type face, check each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Final

_PLAIN_AMOUNT: Final = re.compile(r"[\d.,，．]+")
_FEWEST: Final = 4
"""Lines from which a pitch can be told."""
_SEPARATOR_WIDTHS: Final = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.8, 1.0)
"""Widths of a comma or point, as shares of a digit's, that type faces have."""
_TOLERANCE: Final = 0.45
"""Deviation, in digits' widths, from which the count of digits is doubted; a lost digit deviates by 1."""
_MOST_DEVIATING: Final = 0.34
"""Share of deviating lines from which the type face has no common pitch, and nothing can be told."""


@dataclass(frozen=True, slots=True)
class PrintedWidth:
    """An amount's printed width with what was read in it."""

    pixels: float
    digits: int
    separators: int


def printed_width(text: str, pixels: float | None) -> PrintedWidth | None:
    """The width of a line that shows digits and separators only, else None."""
    if pixels is None or not _PLAIN_AMOUNT.fullmatch(text.strip()):
        return None
    digits = sum(c.isdigit() for c in text)
    return PrintedWidth(pixels, digits, len(text.strip()) - digits)


def deviating(widths: Sequence[PrintedWidth | None]) -> list[bool]:
    """For each amount of a table whether its width belies the number of characters read.

    >>> lines = [PrintedWidth(10.0 * n + 5, n, 1) for n in (5, 6, 7, 8)]
    >>> deviating([*lines, PrintedWidth(95.0, 8, 1)])
    [False, False, False, False, True]
    """
    known = [width for width in widths if width is not None]
    fits = [fit for ratio in _SEPARATOR_WIDTHS if (fit := _fit(known, ratio)) is not None]
    if len(known) < _FEWEST or not fits:
        return [False] * len(widths)
    best = min(fits, key=lambda fit: fit.misfit)
    flags = [width is not None and best.deviation(width) > _TOLERANCE for width in widths]
    return flags if sum(flags) <= _MOST_DEVIATING * len(known) else [False] * len(widths)


@dataclass(frozen=True, slots=True)
class _Fit:
    """Width as ``pitch`` times the characters (a separator counts ``ratio``) plus ``rest``."""

    ratio: float
    pitch: float
    rest: float
    misfit: float = 0.0

    def deviation(self, width: PrintedWidth) -> float:
        """How far a line is from its expected width, in digits' widths."""
        expected = self.pitch * (width.digits + self.ratio * width.separators) + self.rest
        return abs(width.pixels - expected) / self.pitch


def _fit(widths: Sequence[PrintedWidth], ratio: float) -> _Fit | None:
    """The line through medians of slopes (Theil and Sen), which some wrong readings do not move."""
    counts = [width.digits + ratio * width.separators for width in widths]
    slopes = [
        (widths[i].pixels - widths[j].pixels) / (counts[i] - counts[j])
        for i, j in combinations(range(len(widths)), 2)
        if abs(counts[i] - counts[j]) >= 0.9  # noqa: PLR2004 - about one digit
    ]
    pitch = median(slopes) if slopes else 0.0
    if pitch <= 0:
        return None
    rest = median(w.pixels - pitch * c for w, c in zip(widths, counts, strict=True))
    fit = _Fit(ratio, pitch, rest)
    misfit = sum(min(fit.deviation(width), 1.0) for width in widths)
    return _Fit(ratio, pitch, rest, misfit)
