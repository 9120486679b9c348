"""The bytes of a list's files, drawn when first asked for and kept; equal lists give equal bytes."""

from __future__ import annotations

import hashlib
import zipfile
from datetime import UTC, datetime, time
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING, Final

from fpdf import FPDF

from sandbox.exchange import scanning
from sandbox.exchange.announcements import FileKind, ListFile
from sandbox.exchange.names import with_radicals
from sandbox.exchange.sheets import FONT_PATH, PUBLISHER, STYLES, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PIL import Image

    from sandbox.exchange.announcements import Row

_DRAWING: Final = "3"
"""Raise it when drawing changes, so that files kept from before are drawn anew."""

_PICTURE_WIDTH: Final = 1180
_RADICAL_EVERY: Final = 6
_ZIPPED_SCAN_SHARE: Final = 0.3
_STAMPED_PICTURE_SHARE: Final = 0.5
_ZIP_MOMENT: Final = (2026, 1, 1, 0, 0, 0)


class DocumentStore:
    """Draws files and keeps them, in memory or in a directory that survives restarts."""

    def __init__(self, seed: int, directory: Path | None) -> None:
        self._seed = seed
        self._directory = directory
        self._memory: dict[str, bytes] = {}
        if directory:
            directory.mkdir(parents=True, exist_ok=True)

    def content(self, file: ListFile) -> bytes:
        """The file's bytes."""
        key = _fingerprint(self._seed, file)
        if self._directory is None:
            if key not in self._memory:
                self._memory[key] = self._draw(file)
            return self._memory[key]
        path = self._directory / key
        if not path.exists():
            half_written = path.with_suffix(".part")
            half_written.write_bytes(self._draw(file))
            half_written.replace(path)
        return path.read_bytes()

    def _draw(self, file: ListFile) -> bytes:
        return draw(file, Random(f"{self._seed}/{file.file_id}"))


def draw(file: ListFile, random: Random) -> bytes:
    """Draw a file from its rows."""
    match file.kind:
        case FileKind.PNG:
            return scanning.png(_pictures(file, random)[0])
        case FileKind.JPEG:
            picture = scanning.photographed(_pictures(file, random)[0], random)
            return scanning.jpeg(picture, random.randint(62, 85))
        case FileKind.ZIP:
            return _zip(file, random)
        case FileKind.SCAN:
            return _scan(file, random)
        case FileKind.TEXT_PDF:
            return _text_pdf(file)


def _sheets(file: ListFile, random: Random) -> list[Sheet]:
    style = random.choice(STYLES)
    pages = file.pages()
    sheets, number = [], 1
    for position, rows in enumerate(pages, start=1):
        sheets.append(Sheet(file.title, file.list_date, position, len(pages), number, rows, style))
        number += len(rows)
    return sheets


def _pictures(file: ListFile, random: Random) -> list[Image.Image]:
    """Pictures as web pages carry them: cut off under the table, some of them stamped."""
    drawn = [sheet.draw(width=_PICTURE_WIDTH, height=None) for sheet in _sheets(file, random)]
    return [
        scanning.stamped(image, random) if random.random() < _STAMPED_PICTURE_SHARE else image
        for image in drawn
    ]


def _zip(file: ListFile, random: Random) -> bytes:
    """An archive of a picture for each page, or of one scanned PDF."""
    if random.random() < _ZIPPED_SCAN_SHARE:
        members = {"名单.pdf": _scan(file, random)}
    else:
        pictures = _pictures(file, random)
        members = {f"名单第{n}页.png": scanning.png(picture) for n, picture in enumerate(pictures, start=1)}
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, date_time=_ZIP_MOMENT), content)
    return out.getvalue()


def _scan(file: ListFile, random: Random) -> bytes:
    """A PDF that holds pictures of pages and no text."""
    document = _document(file)
    for sheet in _sheets(file, random):
        page = scanning.scanned(scanning.stamped(sheet.draw(), random), random)
        document.add_page()
        document.image(BytesIO(scanning.jpeg(page, random.randint(68, 85))), x=0, y=0, w=210, h=297)
    return bytes(document.output())


def _document(file: ListFile) -> FPDF:
    document = FPDF(format="A4")
    document.set_auto_page_break(auto=False)
    document.set_creation_date(datetime.combine(file.list_date, time(9), tzinfo=UTC))
    document.set_title(file.title)
    document.set_author(PUBLISHER)
    return document


def _text_pdf(file: ListFile) -> bytes:
    """A PDF with a text layer: number, name and code, no amounts, as the real platform's are.

    Every few names hold radicals in place of characters: they look right and compare unequal.
    """
    document = _document(file)
    document.add_font("noto", fname=FONT_PATH)
    pages = file.pages()
    number = 1
    for position, rows in enumerate(pages, start=1):
        document.add_page()
        document.set_font("noto", size=15)
        document.set_xy(15, 16)
        document.cell(180, 10, file.title, align="C")
        document.set_font("noto", size=9.5)
        _text_table(document, rows, number)
        number += len(rows)
        document.set_xy(15, 282)
        document.cell(180, 6, f"第 {position} 页 / 共 {len(pages)} 页", align="C")
    document.set_xy(15, 272)
    day = file.list_date
    document.cell(180, 6, f"{PUBLISHER}  {day.year}年{day.month}月{day.day}日", align="R")
    return bytes(document.output())


def _text_table(document: FPDF, rows: Sequence[Row], first_number: int) -> None:
    widths, height = (16, 108, 56), 7.1
    top = 34.0
    lines = [("序号", "承兑人名称", "统一社会信用代码")]
    for number, row in enumerate(rows, start=first_number):
        name = str(row.acceptor.name)
        printed = with_radicals(name) if number % _RADICAL_EVERY == 0 else name
        lines.append((str(number), printed, row.acceptor.printed_uscc))
    for line in lines:
        document.set_xy(15, top)
        for text, width, align in zip(line, widths, ("C", "L", "C"), strict=True):
            document.cell(width, height, text, border=1, align=align)
        top += height


def _fingerprint(seed: int, file: ListFile) -> str:
    rows = [(str(r.acceptor.name), r.acceptor.printed_uscc, r.standing) for r in file.rows]
    said = repr((_DRAWING, seed, file.file_id, file.title, file.list_date, rows))
    return f"{file.file_id}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"
