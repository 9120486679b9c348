"""One file inspected, in a reading process: its lines, its rows, how it came about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING, Final

from activities.adapters.papers.kinds import CSV, PDF, PICTURES, TABLES, XLSX, media_type_of
from activities.adapters.papers.rows import statement_of_lines
from models.bill_monitoring.reading import Box
from models.lease.documents.paper import Paper, PlacedLine

if TYPE_CHECKING:
    from activities.adapters.ocr.page import Page
    from activities.adapters.ocr.reader import StagedReader

_MOST_PAGES: Final = 60
_ILLEGIBLE: Final = 0.8
"""Mean confidence under which a page is tried the other ways up."""
_FEWEST_LINES: Final = 3
_SAME_PLACE: Final = 0.3
"""Share of a box that lies in another if both hold the same text."""


def inspect_in_process(content: bytes, filename: str) -> Paper:
    """`inspect` with the engine of this reading process; to be run by `OcrPool.run`."""
    from activities.adapters.ocr.pool import loaded_reader  # noqa: PLC0415 - only in a reading process

    return inspect(content, filename, loaded_reader())


def inspect(content: bytes, filename: str, reader: StagedReader) -> Paper:
    """Everything that can be found in a file, without saying what it means.

    Raises:
        UnreadableDocumentError: nothing can be read from it.
    """
    media_type = media_type_of(content, filename)
    if media_type in TABLES:
        return _table(content, media_type)
    if media_type == PDF:
        return _pdf(content, filename, reader)
    paper = _pages(content, filename, reader, media_type)
    if media_type in PICTURES:
        from activities.adapters.papers.pictures import picture_facts  # noqa: PLC0415 - heavy

        return replace(paper, picture=picture_facts(content))
    return paper


def _table(content: bytes, media_type: str) -> Paper:
    from activities.adapters.papers.tables import printed_cells, read_statement, workbook_facts  # noqa: PLC0415

    return Paper(
        media_type=media_type,
        pages=1,
        engine="rows",
        lines=printed_cells(content, is_workbook=media_type != CSV),
        table=read_statement(content),
        workbook=workbook_facts(content) if media_type == XLSX else None,
    )


def _pdf(content: bytes, filename: str, reader: StagedReader) -> Paper:
    from activities.adapters.papers.pdfs import pdf_facts, rendered  # noqa: PLC0415 - native library

    facts = pdf_facts(content)
    if facts.text_over_picture or facts.patches:
        # a few typed words would pass for the page's text, and what is under a patch for visible
        pages = [_pages(picture, filename, reader, PDF) for picture in rendered(content, _MOST_PAGES)]
        lines = tuple(
            replace(line, page=number) for number, page in enumerate(pages, 1) for line in page.lines
        )
        return _with_rows(Paper(PDF, len(pages), pages[0].engine, lines, pdf=facts))
    return replace(_pages(content, filename, reader, PDF), pdf=facts)


def _pages(content: bytes, filename: str, reader: StagedReader, media_type: str) -> Paper:
    lines: list[PlacedLine] = []
    engines: dict[str, None] = {}
    count = 0
    for page in reader.pages(content, filename=filename):
        count += 1
        if count > _MOST_PAGES:
            break
        engines[page.engine] = None
        lines += _upright_lines(page, reader)
    engine = next((name for name in engines if name != "text"), "text")
    return _with_rows(Paper(media_type, count, engine, tuple(lines)))


def _with_rows(paper: Paper) -> Paper:
    return replace(paper, table=statement_of_lines(paper.lines))


def _upright_lines(page: Page, reader: StagedReader) -> list[PlacedLine]:
    lines = list(_lines(page))
    if page.engine != "text" and _is_illegible(lines):
        turned = reader.right_way_up(page)
        if turned is not page:
            return list(_lines(turned))
    return lines


def _lines(page: Page) -> Iterator[PlacedLine]:
    """Pieces of text; captions that are printed in red are read from the page as it is."""
    from activities.adapters.ocr.page import ScannedPage  # noqa: PLC0415 - heavy

    plain = list(_pieces(page, page.words()))
    yield from plain
    if isinstance(page, ScannedPage) and page.has_red:
        with_red = page.with_red()
        boxes = [box for box in with_red.words() if not any(_overlap(box, each.box) for each in plain)]
        yield from _pieces(with_red, boxes)


def _pieces(page: Page, boxes: list[Box]) -> Iterator[PlacedLine]:
    ordered = sorted(boxes, key=lambda box: (box.top, box.left))
    for box, line in zip(ordered, page.cells(ordered), strict=True):
        if line.text.strip():
            yield PlacedLine(line, box, page.number)


def _overlap(one: Box, other: Box) -> bool:
    """Whether a good part of the smaller of two boxes lies in the other."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    areas = [(box.right - box.left) * (box.bottom - box.top) for box in (one, other)]
    return width > 0 and height > 0 and width * height > _SAME_PLACE * min(areas)


def _is_illegible(lines: list[PlacedLine]) -> bool:
    confidences = [
        fmean([g.confidence for g in each.line.glyphs] or [each.line.confidence]) for each in lines
    ]
    return len(lines) < _FEWEST_LINES or fmean(confidences) < _ILLEGIBLE
