"""A paper as it was read, before anybody knows what it is: lines with their places, rows, and traces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from models.bill_monitoring.printed_text import TextLine, tidy
from models.bill_monitoring.reading import Box
from models.payments.bank_files.statements import BankFile

_SAME_LINE: Final = 0.6
"""Share of the lower one's height by which two boxes overlap if they stand in one line."""


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A piece of text and where it stands on its page."""

    line: TextLine
    box: Box
    page: int = 1

    @property
    def text(self) -> str:
        return tidy(self.line.text)

    @property
    def height(self) -> int:
        return self.box.bottom - self.box.top

    def beside(self, other: PlacedLine) -> bool:
        """Whether two pieces stand in the same printed line."""
        overlap = min(self.box.bottom, other.box.bottom) - max(self.box.top, other.box.top)
        return self.page == other.page and overlap > _SAME_LINE * min(self.height, other.height)


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """What the file itself says about how a PDF came about."""

    producer: str = ""
    creator: str = ""
    created: datetime | None = None
    modified: datetime | None = None
    revisions: int = 1
    """How often the file was saved upon itself (incremental updates), the first time included."""
    signatures: int = 0
    signatures_whole: bool = True
    """Every signature covers what it was put on, unchanged."""
    text_over_picture: tuple[str, ...] = ()
    """Visible texts that lie on a scanned page's picture."""
    patches: tuple[str, ...] = ()
    """Texts that stand on a filled patch in the colour of the paper, which hides other text."""
    hidden_texts: tuple[str, ...] = ()
    """What stands under such patches."""
    odd_fonts: tuple[str, ...] = ()
    """``5,000.00 in Arial-Bold among Noto``: texts in a font that is rare in their column."""


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a picture file says about itself, and what can be measured in it."""

    software: str = ""
    """From EXIF or the file's own comments."""
    width: int = 0
    height: int = 0
    sharpness: float = 0.0
    """Variance of the Laplacian where there is text; a blurred photo has little."""
    fingerprint: int = 0
    """Perceptual hash (64 bits): near for near pictures, whatever their size and compression."""


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """Who saved a workbook last, with what."""

    application: str = ""
    created: datetime | None = None
    modified: datetime | None = None
    last_modified_by: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that a reading process found in one file."""

    media_type: str
    pages: int
    engine: str
    """``text`` for a text layer, ``rows`` for tables, else what recognised it."""
    lines: tuple[PlacedLine, ...] = ()
    table: BankFile | None = None
    """The rows of a bank statement, if the paper holds any."""
    pdf: PdfFacts | None = None
    picture: PictureFacts | None = None
    workbook: WorkbookFacts | None = None

    @property
    def is_recognised(self) -> bool:
        """Whether characters were recognised, so that any of them may be misread."""
        return self.engine not in {"text", "rows"}

    @property
    def text(self) -> str:
        """Every piece of text, without blanks inside."""
        return "\n".join(re.sub(r"\s+", "", line.text) for line in self.lines)


class Sheet:
    """Lines of a page in reading order, searched by the captions that stand before values."""

    def __init__(self, lines: Iterable[PlacedLine]) -> None:
        self.lines = sorted(lines, key=lambda each: (each.page, each.box.top, each.box.left))

    def find(self, caption: str) -> Iterator[tuple[PlacedLine, re.Match[str]]]:
        """Lines that hold a caption (a regular expression over text without blanks)."""
        pattern = re.compile(caption)
        for line in self.lines:
            if found := pattern.search(_closed(line.text)):
                yield line, found

    def after(self, caption: str, *, reach: float = 1e9) -> PlacedLine | None:
        """What stands behind a caption: in the same piece of text, else the next to its right.

        Args:
            caption: regular expression over the text without blanks.
            reach: how many heights of the caption's line away the value may begin.
        """
        for line, found in self.find(caption):
            if rest := _closed(line.text)[found.end() :].lstrip(":;,.|"):
                return cut(line, rest)
            if right := self.right_of(line, reach=reach):
                return right
        return None

    def right_of(self, line: PlacedLine, *, reach: float = 1e9) -> PlacedLine | None:
        """The next piece of text in the same printed line."""
        beside = [
            each
            for each in self.lines
            if each is not line
            and each.beside(line)
            and each.box.left >= line.box.right - line.height
            and each.box.left - line.box.right < reach * line.height
        ]
        return min(beside, key=lambda each: each.box.left, default=None)

    def below(self, line: PlacedLine, *, lines: float = 1.8) -> PlacedLine | None:
        """The piece that goes on under another, beginning at about the same place."""
        candidates = [
            each
            for each in self.lines
            if each.page == line.page
            and 0.4 * line.height < each.box.top - line.box.top < lines * line.height
            and abs(each.box.left - line.box.left) < 1.5 * line.height
        ]
        return min(candidates, key=lambda each: each.box.top, default=None)


def cut(line: PlacedLine, rest: str) -> PlacedLine:
    """The end of a piece of text, with the glyphs that belong to it."""
    glyphs = line.line.glyphs
    kept = glyphs[-len(rest) :] if len(glyphs) >= len(rest) else ()
    if "".join(tidy(glyph.text) for glyph in kept) != rest:
        kept = ()
    confidence = min((glyph.confidence for glyph in kept), default=line.line.confidence)
    return PlacedLine(TextLine(rest, confidence, kept), line.box, line.page)


def joined(parts: Sequence[PlacedLine]) -> PlacedLine:
    """Lines of one value as one."""
    return PlacedLine(TextLine.joined([part.line for part in parts]), parts[0].box, parts[0].page)


def _closed(text: str) -> str:
    return re.sub(r"\s+", "", text)
