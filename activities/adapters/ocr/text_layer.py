"""A PDF page's own text, characters with their places, as a `Page` that needs no recognition."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from activities.adapters.ocr.engine import Image
from models.bill_monitoring.printed_text import TextLine, tidy
from models.bill_monitoring.reading import Box

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

_PIXELS_PER_POINT: Final = 2.0
"""Enough to find ruled lines; characters are not read from these pixels."""
_FEWEST_CHARACTERS: Final = 12
_MOST_UNREADABLE: Final = 0.05
_SPACE: Final = 0.28
_COLUMN_GAP: Final = 0.9
"""Gaps that part words (as shares of a character's height): within a line, and between columns."""
_INVISIBLE: Final = 3


@dataclass(frozen=True, slots=True)
class Character:
    """A character of the text layer, in pixels of the rendered page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


class TextLayerPage:
    """A PDF page read from its text layer."""

    angle = 0.0
    engine = "text"

    def __init__(self, image: Image, characters: list[Character], number: int) -> None:
        self.number = number
        self.image = image
        self._characters = characters

    def cells(self, boxes: Sequence[Box], *, width: float = 1.0) -> list[TextLine]:  # noqa: ARG002
        return [self._read(box) for box in boxes]

    def second_look(self, box: Box) -> list[TextLine]:  # noqa: ARG002 - a text layer says one thing only
        return []

    def is_stained(self, box: Box) -> bool:  # noqa: ARG002 - stamps cover no text layer
        return False

    def cross_look(self, box: Box) -> tuple[str, TextLine] | None:  # noqa: ARG002 - nothing is recognised here
        return None

    def words(self, within: Box | None = None) -> list[Box]:
        characters = self._characters if within is None else self._inside(within)
        words = [word for line in _lines(characters) for word in _words(line)]
        return [
            Box(
                int(min(c.left for c in word)),
                int(min(c.top for c in word)),
                int(max(c.right for c in word)) + 1,
                int(max(c.bottom for c in word)) + 1,
            )
            for word in words
        ]

    def _read(self, box: Box) -> TextLine:
        lines = ["".join(_spaced(line)) for line in _lines(self._inside(box))]
        return TextLine(tidy("".join(_with_break(lines))), 1.0, count=max(len(lines), 1))

    def _inside(self, box: Box) -> list[Character]:
        return [
            c
            for c in self._characters
            if box.left <= c.middle[0] <= box.right and box.top <= c.middle[1] <= box.bottom
        ]


def _with_break(lines: list[str]) -> Iterable[str]:
    """Wrapped lines joined; a space stays between two Latin words."""
    for index, line in enumerate(lines):
        before = lines[index - 1] if index else ""
        if (
            before
            and before[-1].isalpha()
            and before[-1].isascii()
            and line[:1].isalpha()
            and line[0].islower()
        ):
            yield " "
        yield line


def text_layer_page(page: PdfPage, number: int) -> TextLayerPage | None:
    """The page with its text layer, or None if it has none worth trusting.

    Not worth trusting are a few stray characters, characters without a Unicode meaning, and the
    invisible text that scanning software lays over a picture.
    """
    text_page = page.get_textpage()
    if text_page.count_chars() < _FEWEST_CHARACTERS or _is_scan_with_hidden_text(page):
        return None
    characters = _characters(page, text_page)
    unreadable = sum(1 for c in characters if _is_unreadable(c.text))
    if len(characters) < _FEWEST_CHARACTERS or unreadable > _MOST_UNREADABLE * len(characters):
        return None
    rendered = page.render(scale=_PIXELS_PER_POINT, grayscale=True).to_numpy()
    return TextLayerPage(np.ascontiguousarray(rendered.reshape(rendered.shape[:2])), characters, number)


def _is_unreadable(text: str) -> bool:
    point = ord(text[0])
    return point == 0xFFFD or 0xE000 <= point <= 0xF8FF or point < 0x20  # noqa: PLR2004 - private use, controls


def _is_scan_with_hidden_text(page: PdfPage) -> bool:
    import pypdfium2.raw as pdfium  # noqa: PLC0415 - native library

    kinds = [pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_IMAGE]
    shown = list(page.get_objects(filter=kinds, max_depth=3))
    texts = [o for o in shown if o.type == pdfium.FPDF_PAGEOBJ_TEXT]
    hidden = sum(1 for o in texts if pdfium.FPDFTextObj_GetTextRenderMode(o.raw) == _INVISIBLE)
    return len(shown) > len(texts) and bool(texts) and hidden * 2 > len(texts)


def _characters(page: PdfPage, text_page: PdfTextPage) -> list[Character]:
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    width, height = (round(side * _PIXELS_PER_POINT) for side in page.get_size())
    box = pdfium.FS_RECTF()
    x, y = ctypes.c_int(), ctypes.c_int()

    def pixel(px: float, py: float) -> tuple[float, float]:
        # device units ten times finer than pixels, because the library rounds them
        pdfium.FPDF_PageToDevice(page.raw, 0, 0, width * 10, height * 10, 0, px, py, x, y)
        return x.value / 10, y.value / 10

    characters = []
    for index in range(text_page.count_chars()):
        text = chr(pdfium.FPDFText_GetUnicode(text_page.raw, index) or 0xFFFD)
        if text.isspace() or pdfium.FPDFText_IsGenerated(text_page.raw, index) == 1:
            continue
        # the loose box is as tall as the font, so that a point stands in the same line as the digits
        if not pdfium.FPDFText_GetLooseCharBox(text_page.raw, index, ctypes.byref(box)):
            continue
        left, right, bottom, top = box.left, box.right, box.bottom, box.top
        (x0, y0), (x1, y1) = pixel(left, bottom), pixel(right, top)
        characters.append(Character(text, min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
    return characters


def _lines(characters: Sequence[Character]) -> list[list[Character]]:
    """Characters grouped into lines from top to bottom, each from left to right."""
    lines: list[list[Character]] = []
    base: list[float] = []
    for character in sorted(characters, key=lambda c: c.middle[1]):
        height = max(character.bottom - character.top, 6.0)
        if lines and character.middle[1] - base[-1] < 0.55 * height:
            lines[-1].append(character)
        else:
            lines.append([character])
            base.append(character.middle[1])
    return [sorted(line, key=lambda c: c.left) for line in lines]


def _height(line: Sequence[Character]) -> float:
    return max(c.bottom - c.top for c in line)


def _words(line: Sequence[Character]) -> Iterable[list[Character]]:
    word: list[Character] = []
    for character in line:
        if word and character.left - word[-1].right > _COLUMN_GAP * _height(line):
            yield word
            word = []
        word.append(character)
    if word:
        yield word


def _spaced(line: Sequence[Character]) -> Iterable[str]:
    for index, character in enumerate(line):
        if index and character.left - line[index - 1].right > _SPACE * _height(line):
            yield " "
        yield character.text
