"""Words on a page grouped into lines and read only when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final

import numpy as np

from activities.adapters.ocr.cells import ink_of, line_crops
from activities.adapters.ocr.engine import Image
from activities.adapters.ocr.page import Page, ScannedPage
from models.bill_monitoring.printed_text import TextLine
from models.bill_monitoring.reading import Box

_LOWEST_PART: Final = 10
"""Pixels of height under which no text is looked for."""


class WordLines:
    """The words of a page, line by line from top to bottom; each is recognised at most once."""

    def __init__(self, page: Page) -> None:
        words = page.words()
        if isinstance(page, ScannedPage):
            words = [part for word in words for part in _split_at_gaps(page.image, word)]
        self._page = page
        self._texts: dict[Box, TextLine] = {}
        self.lines = _in_lines(words)

    def look_again(self, within: Box) -> list[Box]:
        """Words in a part of the page, which by itself may show what the whole page did not."""
        if within.bottom - within.top < _LOWEST_PART or within.right <= within.left:
            return []
        return [part for word in self._page.words(within) for part in _split_at_gaps(self._page.image, word)]

    def has_ink(self, within: Box) -> bool:
        """Whether so much is printed in a part of the page that it may be a line of text."""
        return bool(line_crops(self._page.image, within))

    def texts(self, words: Sequence[Box]) -> list[str]:
        """The text of each word."""
        return [line.text for line in self.read(words)]

    def read(self, words: Sequence[Box]) -> list[TextLine]:
        """The text of each word with its confidence."""
        missing = [word for word in dict.fromkeys(words) if word not in self._texts]
        self._texts.update(zip(missing, self._page.cells(missing), strict=True))
        return [self._texts[word] for word in words]


def covering(boxes: Iterable[Box]) -> Box:
    """The smallest rectangle around all of these."""
    boxes = list(boxes)
    return Box(
        min(b.left for b in boxes),
        min(b.top for b in boxes),
        max(b.right for b in boxes),
        max(b.bottom for b in boxes),
    )


def _in_lines(words: Sequence[Box]) -> list[list[Box]]:
    """Words whose vertical middles lie within half a word's height of each other stand in one line."""
    lines: list[list[Box]] = []
    for word in sorted(words, key=_middle):
        last = lines[-1] if lines else []
        reach = 0.45 * min(word.bottom - word.top, median(b.bottom - b.top for b in last)) if last else 0
        if last and _middle(word) - median(map(_middle, last)) <= reach:
            last.append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda b: b.left) for line in lines]


def _middle(box: Box) -> float:
    return (box.top + box.bottom) / 2


def _split_at_gaps(image: Image, word: Box) -> list[Box]:
    """The parts of a word between gaps wider than its own height: detectors run columns together."""
    height = word.bottom - word.top
    if word.right - word.left < 4 * height:
        return [word]
    ink = ink_of(image[word.top : word.bottom, word.left : word.right])
    if ink is None:
        return []
    filled = np.flatnonzero(ink.any(axis=0))
    if not len(filled):
        return []
    breaks = np.flatnonzero(np.diff(filled) > 0.9 * height)
    starts = [int(filled[0]), *(int(filled[i + 1]) for i in breaks)]
    ends = [*(int(filled[i]) for i in breaks), int(filled[-1])]
    margin = 3
    return [
        Box(
            word.left + max(start - margin, 0),
            word.top,
            min(word.left + end + 1 + margin, word.right),
            word.bottom,
        )
        for start, end in zip(starts, ends, strict=True)
    ]
