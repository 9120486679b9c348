"""Statements as files: PDF with a text layer, workbook, CSV, in several banks' layouts."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Final

from fpdf import FPDF
from PIL import Image

from sandbox.exchange.sheets import FONT_PATH
from sandbox.papers.drawing import copied, jpeg, yuan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from sandbox.papers.truth import Entry, Statement

_ROWS: Final = 38
_ROW_HEIGHT: Final = 6.0
_TOP: Final = 44.0
_PRODUCERS: Final = (
    "iText 2.1.7 by 1T3XT",
    "JasperReports (iText)",
    "Apache FOP Version 2.6",
    "OpenPDF 1.3.30",
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a bank sets its statements."""

    name: str
    title: str
    columns: tuple[tuple[str, float, str, Callable[[Entry], str]], ...]
    """Heading, width in millimetres, alignment, text."""
    newest_first: bool = False
    with_totals: bool = False


LAYOUTS: Final = (
    Layout(
        "signed",
        "账户交易明细清单",
        (
            ("交易日期", 22, "C", lambda e: f"{e.day:%Y-%m-%d}"),
            ("交易时刻", 18, "C", lambda e: e.time),
            ("摘要", 24, "L", lambda e: e.kind),
            ("交易金额", 28, "R", lambda e: yuan(e.amount)),
            ("账户余额", 30, "R", lambda e: yuan(e.balance)),
            ("对方户名", 62, "L", lambda e: e.other),
        ),
    ),
    Layout(
        "two-columns",
        "对账单",
        (
            ("记账日期", 22, "C", lambda e: f"{e.day:%Y%m%d}"),
            ("摘要", 24, "L", lambda e: e.kind),
            ("支出金额", 28, "R", lambda e: yuan(-e.amount) if e.amount < 0 else ""),
            ("收入金额", 28, "R", lambda e: yuan(e.amount) if e.amount > 0 else ""),
            ("余额", 30, "R", lambda e: yuan(e.balance)),
            ("对方户名", 58, "L", lambda e: e.other),
        ),
        with_totals=True,
    ),
    Layout(
        "newest-first",
        "交易流水",
        (
            ("交易时间", 34, "C", lambda e: f"{e.day:%Y-%m-%d} {e.time}"),
            ("交易流水号", 36, "L", lambda e: e.reference),
            ("交易金额", 28, "R", lambda e: yuan(e.amount)),
            ("账户余额", 28, "R", lambda e: yuan(e.balance)),
            ("交易摘要", 22, "L", lambda e: e.kind),
            ("对方户名", 42, "L", lambda e: e.other[:13]),
        ),
        newest_first=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Totals:
    """What the foot of a statement states; a forger may leave the genuine ones."""

    credits: int
    debits: int


def totals_of(statement: Statement) -> Totals:
    return Totals(
        sum(e.amount for e in statement.entries if e.amount > 0),
        -sum(e.amount for e in statement.entries if e.amount < 0),
    )


@dataclass(frozen=True, slots=True)
class Making:
    """How the file is made; genuine unless a forger says otherwise."""

    producer: str = _PRODUCERS[0]
    modified_after: timedelta = timedelta(0)
    totals: Totals | None = None
    odd_font_rows: frozenset[int] = frozenset()
    """Rows (of the whole statement, as printed) whose figures are set in another font."""
    patched_rows: tuple[tuple[int, Entry], ...] = ()
    """Rows whose figures are covered by a white patch and written anew."""


def genuine(random: Random) -> Making:
    return Making(producer=random.choice(_PRODUCERS))


def as_pdf(statement: Statement, layout: Layout, making: Making) -> bytes:
    """A PDF with a text layer."""
    document = FPDF(format="A4")
    document.set_auto_page_break(auto=False)
    created = datetime.combine(statement.end + timedelta(days=1), time(10, 12), tzinfo=UTC)
    document.set_creation_date(created)
    document.set_producer(making.producer)
    document.set_title(layout.title)
    document.add_font("noto", fname=FONT_PATH)
    printed = _in_order(statement, layout)
    pages = [printed[at : at + _ROWS] for at in range(0, len(printed), _ROWS)] or [[]]
    for number, rows in enumerate(pages):
        document.add_page()
        _head(document, statement, layout)
        _rows(document, rows, layout, making, first=number * _ROWS)
        document.set_font("noto", size=8)
        document.text(95, 290, f"第 {number + 1} 页 / 共 {len(pages)} 页")
    if layout.with_totals:
        totals = making.totals or totals_of(statement)
        document.set_font("noto", size=8)
        document.text(12, 280, f"收入总额：{yuan(totals.credits)}")
        document.text(80, 280, f"支出总额：{yuan(totals.debits)}")
    content = bytes(document.output())
    return _modified(content, created + making.modified_after) if making.modified_after else content


def _in_order(statement: Statement, layout: Layout) -> list[Entry]:
    return list(statement.entries[::-1] if layout.newest_first else statement.entries)


def _head(document: FPDF, statement: Statement, layout: Layout) -> None:
    document.set_font("noto", size=14)
    document.text(70, 16, f"{statement.bank}{layout.title}")
    document.set_font("noto", size=8.5)
    document.text(12, 25, f"户名：{statement.owner}")
    document.text(110, 25, f"账号：{statement.account}")
    document.text(12, 31, f"起始日期：{statement.start:%Y-%m-%d}")
    document.text(60, 31, f"截止日期：{statement.end:%Y-%m-%d}")
    document.text(110, 31, "币种：人民币")
    x = 12.0
    document.set_font("noto", size=8)
    for heading, width, _, _ in layout.columns:
        document.set_xy(x, 36)
        document.cell(width, _ROW_HEIGHT, heading, border=1, align="C")
        x += width


def _rows(document: FPDF, rows: Sequence[Entry], layout: Layout, making: Making, *, first: int) -> None:
    patched = dict(making.patched_rows)
    for place, entry in enumerate(rows):
        y = _TOP + place * _ROW_HEIGHT - 2
        _row(document, entry, layout, y, font="noto")
        if first + place in making.odd_font_rows:
            _cover(document, entry, layout, y, hide=False)
        elif first + place in patched:
            _cover(document, patched[first + place], layout, y, hide=True)


def _row(document: FPDF, entry: Entry, layout: Layout, y: float, *, font: str) -> None:
    x = 12.0
    document.set_font(font, size=7.5)
    for _, width, align, text in layout.columns:
        document.set_xy(x, y)
        document.cell(width, _ROW_HEIGHT, text(entry), border=1, align=align)
        x += width


def _cover(document: FPDF, entry: Entry, layout: Layout, y: float, *, hide: bool) -> None:
    """Figures written over, on a white patch; without hiding, the patch is the forger's whole cell."""
    x = 12.0
    for _, width, align, text in layout.columns:
        if align == "R":
            if hide:
                document.set_fill_color(255, 255, 255)
                document.rect(x + 0.4, y + 0.4, width - 0.8, _ROW_HEIGHT - 0.8, style="F")
            document.set_font("Helvetica", size=7.5)
            document.set_xy(x, y)
            document.cell(width, _ROW_HEIGHT, text(entry), align=align)
        x += width


def _modified(content: bytes, at: datetime) -> bytes:
    """The file saved upon itself, as editors do: another information dictionary behind it."""
    start = int(content[content.rindex(b"startxref") + 9 :].split()[0])
    trailer = content[content.rindex(b"trailer") :]
    size = int(trailer.split(b"/Size")[1].split()[0].strip(b">/"))
    root = trailer.split(b"/Root")[1].split(b"R")[0].strip()
    info = (
        f"{size} 0 obj\n<< /Producer (Adobe Acrobat Pro 2023) "
        f"/CreationDate (D:{at - timedelta(days=2):%Y%m%d%H%M%S}Z) "
        f"/ModDate (D:{at:%Y%m%d%H%M%S}Z) >>\nendobj\n"
    ).encode()
    offset = len(content) + 1
    table = f"xref\n{size} 1\n{offset:010d} 00000 n \n".encode()
    end = f"trailer\n<< /Size {size + 1} /Root {root.decode()} R /Info {size} 0 R /Prev {start} >>\n".encode()
    place = offset + len(info)
    return content + b"\n" + info + table + end + f"startxref\n{place}\n%%EOF\n".encode()


def as_rows(statement: Statement, layout: Layout) -> list[list[str]]:
    """The statement as cells, facts first."""
    rows = [
        [f"户名：{statement.owner}", f"账号：{statement.account}"],
        [f"起始日期：{statement.start:%Y-%m-%d}", f"截止日期：{statement.end:%Y-%m-%d}"],
        [heading for heading, _, _, _ in layout.columns],
    ]
    rows += [[text(entry) for _, _, _, text in layout.columns] for entry in _in_order(statement, layout)]
    return rows


def as_csv(statement: Statement, layout: Layout) -> bytes:
    out = StringIO()
    csv.writer(out).writerows(as_rows(statement, layout))
    return out.getvalue().encode("gb18030")


def as_xlsx(statement: Statement, layout: Layout, *, saved_by: str = "") -> bytes:
    """A workbook; ``saved_by`` names the person who saved it again after the bank made it."""
    import xlsxwriter  # noqa: PLC0415 - only for workbooks

    out = BytesIO()
    workbook = xlsxwriter.Workbook(out, {"in_memory": True})
    created = datetime.combine(statement.end + timedelta(days=1), time(10))
    workbook.set_properties({"author": "corebank", "created": created})
    sheet = workbook.add_worksheet("明细")
    for number, row in enumerate(as_rows(statement, layout)):
        sheet.write_row(number, 0, row)
    workbook.close()
    return _saved_by(out.getvalue(), saved_by, created) if saved_by else out.getvalue()


def _saved_by(content: bytes, name: str, created: datetime) -> bytes:
    import zipfile  # noqa: PLC0415

    out = BytesIO()
    later = created + timedelta(days=1, hours=3)
    with (
        zipfile.ZipFile(BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for item in source.infolist():
            data = source.read(item.filename)
            if item.filename == "docProps/core.xml":
                text = data.decode()
                text = text.replace("<cp:lastModifiedBy>corebank", f"<cp:lastModifiedBy>{name}")
                head, tail = text.split('<dcterms:modified xsi:type="dcterms:W3CDTF">')
                data = (
                    f'{head}<dcterms:modified xsi:type="dcterms:W3CDTF">{later:%Y-%m-%dT%H:%M:%S}Z'
                    f"{tail[tail.index('</dcterms:modified>') :]}"
                ).encode()
            target.writestr(item, data)
    return out.getvalue()


def as_scan(pdf: bytes, random: Random, *, pages: int = 2) -> bytes:
    """The first pages of a PDF printed and scanned: pictures in a PDF, without text."""
    document = FPDF(format="A4")
    document.set_auto_page_break(auto=False)
    for picture in page_pictures(pdf, pages):
        document.add_page()
        document.image(BytesIO(jpeg(copied(picture, random), 82)), x=0, y=0, w=210, h=297)
    return bytes(document.output())


def page_pictures(pdf: bytes, pages: int) -> list[Image.Image]:
    """The first pages of a PDF at 150 dots per inch."""
    import pypdfium2  # noqa: PLC0415 - native library

    opened = pypdfium2.PdfDocument(pdf)
    try:
        return [
            opened[index].render(scale=150 / 72).to_pil().convert("RGB")
            for index in range(min(pages, len(opened)))
        ]
    finally:
        opened.close()


def cut_to(statement: Statement, rows: int) -> Statement:
    """The last rows only, as a short statement of its own."""
    kept = statement.entries[-rows:]
    opening = kept[0].balance - kept[0].amount
    return replace(statement, entries=kept, opening=opening, start=kept[0].day)
