"""Pages of a list as a clerk lays them out: title, table, footer. Drawn straight and clean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PIL.ImageFont import FreeTypeFont

    from sandbox.exchange.announcements import Row

FONT_PATH: Final = str(files("cvttf_NotoSansCJK_Regular").joinpath("NotoSansCJKtc-Regular.otf"))

PUBLISHER: Final = "华东示范票据交易所"

PAGE: Final = (1240, 1754)
"""A4 at 150 dots per inch."""

_MARGIN: Final = 48
_LINE_HEIGHT: Final = 25
_ROW_PADDING: Final = 8
_TEXT_SIZE: Final = 18
_INK: Final = (28, 28, 32)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a column needs to know of its row."""

    number: int
    row: Row
    list_date: date


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a drawn table; ``share`` is its part of the table's width."""

    title: str
    share: float
    align: str
    text: Callable[[Cell], str]


@dataclass(frozen=True, slots=True)
class Style:
    """How one of the houses that draw up such lists sets its tables."""

    columns: tuple[Column, ...]
    ruled: bool
    header_fill: tuple[int, int, int] | None


def yuan(fen: int) -> str:
    """``1,234.50`` for 123450 fen."""
    return f"{fen // 100:,}.{fen % 100:02d}"


_NUMBER = Column("序号", 0.05, "center", lambda c: str(c.number))
_NAME = Column("承兑人名称", 0.34, "left", lambda c: str(c.row.acceptor.name))
_ENTERPRISE = Column("企业名称", 0.37, "left", lambda c: str(c.row.acceptor.name))
_CODE = Column("统一社会信用代码", 0.215, "center", lambda c: c.row.acceptor.printed_uscc)
_BALANCE = Column("逾期余额(元)", 0.155, "right", lambda c: yuan(c.row.standing.overdue_balance))
_CUMULATIVE = Column("累计逾期发生额(元)", 0.165, "right", lambda c: yuan(c.row.standing.cumulative_overdue))
_AS_OF = Column("截止日期", 0.11, "center", lambda c: c.list_date.isoformat())

STYLES: Final = (
    Style((_NUMBER, _NAME, _CODE, _BALANCE, _CUMULATIVE, _AS_OF), ruled=True, header_fill=None),
    Style((_NUMBER, _CODE, _ENTERPRISE, _CUMULATIVE, _BALANCE), ruled=True, header_fill=(221, 232, 246)),
    Style((_ENTERPRISE, _CODE, _AS_OF, _BALANCE, _CUMULATIVE), ruled=False, header_fill=None),
    Style((_NUMBER, _NAME, _CODE, _AS_OF, _CUMULATIVE, _BALANCE), ruled=True, header_fill=(232, 232, 232)),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page to draw."""

    title: str
    list_date: date
    page: int
    of_pages: int
    first_number: int
    rows: Sequence[Row]
    style: Style

    def draw(self, *, width: int = PAGE[0], height: int | None = PAGE[1]) -> Image.Image:
        """The page; a height of None cuts it off under the footer, as pictures on web pages are."""
        image = Image.new("RGB", (width, height or PAGE[1]), "white")
        pen = ImageDraw.Draw(image)
        middle = width / 2
        pen.text((middle, 56), self.title, _INK, font(32), anchor="mt")
        subtitle = f"截至{_chinese_date(self.list_date)}    单位:元"
        pen.text((middle, 112), subtitle, _INK, font(_TEXT_SIZE), anchor="mt")
        bottom = self._table(pen, width)
        footer = bottom + 40 if height is None else height - 70
        pen.text((middle, footer), f"第 {self.page} 页 / 共 {self.of_pages} 页", _INK, font(16), anchor="mt")
        if self.page == self.of_pages:
            self._signature(pen, width, bottom)
        return image if height else image.crop((0, 0, width, bottom + 130))

    def _table(self, pen: ImageDraw.ImageDraw, width: int) -> int:
        """Draw the table; returns where it ends."""
        lefts = _edges(self.style.columns, width)
        top = 156
        fill = self.style.header_fill
        if fill:
            pen.rectangle((lefts[0], top, lefts[-1], top + 42), fill=fill)
        lines = [top]
        for column, left, right in zip(self.style.columns, lefts, lefts[1:], strict=False):
            pen.text(((left + right) / 2, top + 21), column.title, _INK, font(17), anchor="mm")
        top += 42
        lines.append(top)
        for offset, row in enumerate(self.rows):
            cell = Cell(self.first_number + offset, row, self.list_date)
            top = self._row(pen, cell, lefts, top)
            lines.append(top)
        self._rules(pen, lefts, lines)
        return top

    def _row(self, pen: ImageDraw.ImageDraw, cell: Cell, lefts: list[float], top: int) -> int:
        spans = list(zip(self.style.columns, lefts, lefts[1:], strict=False))
        texts = [_wrapped(column.text(cell), right - left - 12) for column, left, right in spans]
        bottom = top + max(len(lines) for lines in texts) * _LINE_HEIGHT + 2 * _ROW_PADDING
        for (column, left, right), lines in zip(spans, texts, strict=True):
            x, anchor = _anchor(column.align, left, right)
            first = (top + bottom - (len(lines) - 1) * _LINE_HEIGHT) / 2
            for position, line in enumerate(lines):
                pen.text((x, first + position * _LINE_HEIGHT), line, _INK, font(_TEXT_SIZE), anchor=anchor)
        return bottom

    def _rules(self, pen: ImageDraw.ImageDraw, lefts: list[float], lines: list[int]) -> None:
        horizontal = lines if self.style.ruled else (lines[0], lines[1], lines[-1])
        for y in horizontal:
            pen.line((lefts[0], y, lefts[-1], y), fill=_INK, width=1)
        for x in lefts if self.style.ruled else ():
            pen.line((x, lines[0], x, lines[-1]), fill=_INK, width=1)

    def _signature(self, pen: ImageDraw.ImageDraw, width: int, bottom: int) -> None:
        pen.text((width - _MARGIN - 40, bottom + 30), PUBLISHER, _INK, font(20), anchor="rt")
        pen.text(
            (width - _MARGIN - 40, bottom + 66), _chinese_date(self.list_date), _INK, font(20), anchor="rt"
        )


@cache
def font(size: int) -> FreeTypeFont:
    """The CJK font at a size in pixels."""
    return ImageFont.truetype(FONT_PATH, size)


def _chinese_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _edges(columns: tuple[Column, ...], width: int) -> list[float]:
    total = sum(column.share for column in columns)
    edges = [float(_MARGIN)]
    for column in columns:
        edges.append(round(edges[-1] + column.share / total * (width - 2 * _MARGIN)))
    return edges


def _anchor(align: str, left: float, right: float) -> tuple[float, str]:
    match align:
        case "left":
            return left + 6, "lm"
        case "right":
            return right - 6, "rm"
        case _:
            return (left + right) / 2, "mm"


def _wrapped(text: str, width: float) -> list[str]:
    """The text in as many lines as the column needs."""
    if font(_TEXT_SIZE).getlength(text) <= width:
        return [text]
    lines = [""]
    for character in text:
        if font(_TEXT_SIZE).getlength(lines[-1] + character) > width:
            lines.append("")
        lines[-1] += character
    return lines
