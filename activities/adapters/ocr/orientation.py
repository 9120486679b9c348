"""Which way up a page lies, told by which way it reads best."""

from __future__ import annotations

from statistics import fmean
from typing import Final

from activities.adapters.ocr.engine import TextRecogniser
from activities.adapters.ocr.page import ScannedPage

_SAMPLE: Final = 6
_FEWEST_WORDS: Final = 3
_CLEARLY_BETTER: Final = 0.1


def quarter_turns(page: ScannedPage, recogniser: TextRecogniser) -> int:
    """Quarters (counter-clockwise, 0 to 3) by which the page must be turned to read best.

    Costs up to four detections, so it is asked only for pages on which nothing was found.
    """
    scores = [_legibility(page.turned(quarters) if quarters else page, recogniser) for quarters in range(4)]
    best = max(range(4), key=scores.__getitem__)
    return best if scores[best] > scores[0] + _CLEARLY_BETTER else 0


def _legibility(page: ScannedPage, recogniser: TextRecogniser) -> float:
    """Mean confidence of the page's widest words; 0 if few words lie flat."""
    flat = [b for b in page.words() if b.right - b.left > 2 * (b.bottom - b.top)]
    widest = sorted(flat, key=lambda b: b.left - b.right)[:_SAMPLE]
    if len(widest) < _FEWEST_WORDS:
        return 0.0
    lines = recogniser.lines([page.image[b.top : b.bottom, b.left : b.right] for b in widest])
    return fmean(fmean([g.confidence for g in line.glyphs] or [line.confidence]) for line in lines)
