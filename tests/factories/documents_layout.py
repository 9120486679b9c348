"""Overdue lists drawn as pages, in many layouts chosen by a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import files
from random import Random
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from models.money import Money
from tests.factories.documents_content import Acceptor, acceptor

HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    "no": ("序号", "编号", "No."),
    "name": ("承兑人名称", "企业名称", "承兑人", "承兑人全称", "公司名称", "Acceptor name"),
    "uscc": (
        "统一社会信用代码",
        "信用代码",
        "社会信用代码",
        "承兑人统一社会信用代码",
        "USCC",
        "Unified social credit code",
    ),
    "overdue_balance": (
        "逾期余额",
        "逾期金额",
        "期末逾期余额",
        "当前逾期余额",
        "逾期票据余额",
        "Overdue balance",
    ),
    "cumulative_overdue": (
        "累计逾期发生额",
        "累计逾期金额",
        "累计逾期",
        "逾期累计发生额",
        "累计发生逾期金额",
        "Cumulative overdue amount",
    ),
    "date": ("截止日期", "披露日期", "截至日期", "数据日期", "统计截止日", "As-of date"),
    "type": ("机构类型", "承兑人类型", "企业性质", "备注", "所属地区", "Remark"),
}


@dataclass(frozen=True, slots=True)
class Style:
    """How a list looks; one draw from a seed."""

    font: str
    size: int
    order: tuple[str, ...]
    headings: dict[str, str]
    unit: str
    unit_in: str
    """``heading``, ``title`` or nowhere."""
    grouped: bool
    date_form: str
    date_in: str
    """``column``, ``title`` or ``footer``."""
    rules: str
    """``grid``, ``three-line``, ``none`` or ``rows``."""
    row_height: float
    header_fill: str
    wrap: bool
    total: bool
    align: str
    zebra: bool
    width: int
    wrapped_heading: bool


def noto() -> str:
    """The CJK font that a wheel ships."""
    return next(str(f.locate()) for f in files("cvttf-notosanscjk-regular") or [] if f.name.endswith(".otf"))


def style(random: Random, *, fonts: Sequence[str], rules: str | None = None) -> Style:
    """A list's looks."""
    english = random.random() < 0.1
    date_in = random.choice(("column", "column", "title", "footer"))
    order = ["name", "uscc", "overdue_balance", "cumulative_overdue"]
    if date_in == "column":
        order.append("date")
    if random.random() < 0.25:
        order.remove("cumulative_overdue")
    if random.random() < 0.5:
        random.shuffle(order)
    if random.random() < 0.4:
        order.insert(random.randrange(1, len(order)), "type")
    if random.random() < 0.85:
        order.insert(0, "no")
    unit = random.choice(("元", "元", "元", "万元"))
    return Style(
        font=random.choice(list(fonts)),
        size=random.choice((20, 22, 24, 28)),
        order=tuple(order),
        headings={k: v[-1] if english else random.choice(v[:-1]) for k, v in HEADINGS.items()},
        unit=unit,
        unit_in=random.choice(("heading", "title"))
        if unit != "元"
        else random.choice(("heading", "title", "")),
        grouped=random.random() < 0.75,
        date_form=random.choice(("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d", "%Y%m%d")),
        date_in=date_in,
        rules=rules or random.choice(("grid", "grid", "none", "three-line", "rows")),
        row_height=random.uniform(1.7, 2.4),
        header_fill=random.choice(("white", "white", "#dde6f0", "#1f4e79", "#c00000")),
        wrap=random.random() < 0.25,
        total=random.random() < 0.25,
        align=random.choice(("left", "centre", "right")),
        zebra=random.random() < 0.2,
        width=random.choice((1400, 1654, 1900)),
        wrapped_heading=random.random() < 0.2,
    )


def rows_for(style: Style, random: Random, count: int, *, misprints: float = 0.03) -> list[Acceptor]:
    """Rows that the style can print exactly."""
    as_of = date(2023, 1, 31) + timedelta(days=random.randrange(1000))
    round_to = 10_000 if style.unit == "万元" else 1
    return [
        acceptor(random, as_of, round_to=round_to, misprint=random.random() < misprints) for _ in range(count)
    ]


def printed_fields(style: Style) -> set[str]:
    """Fields that a reader can find in a list of this style."""
    return {*style.order, "date"} - {"no", "type"}


def text_of(style: Style, field: str, row: Acceptor, number: int, random: Random) -> str:
    """What a cell shows."""
    if field in {"overdue_balance", "cumulative_overdue"}:
        return amount_text(getattr(row, field), style)
    if field == "date":
        return row.as_of.strftime(style.date_form)
    if field == "no":
        return str(number)
    if field == "type":
        return random.choice(("企业", "财务公司", "银行", "江苏省", "其他"))
    return str(getattr(row, field))


def amount_text(money: Money, style: Style) -> str:
    """An amount in the style's unit and grouping."""
    amount = money.amount / (10_000 if style.unit == "万元" else 1)
    return f"{amount:,.2f}" if style.grouped else f"{amount:.2f}"


def heading_text(style: Style, field: str) -> str:
    """A column's heading, with its unit if the style names it there."""
    text = style.headings[field]
    if field.startswith(("overdue", "cumul")) and style.unit_in == "heading":
        text += f"（{style.unit}）"
    return text


def draw_list(
    style: Style, rows: Sequence[Acceptor], random: Random, *, first: int = 1, header: bool = True
) -> Image.Image:
    """One page of a list."""
    font = ImageFont.truetype(style.font, style.size)
    table = _texts(style, rows, random, first, header=header)
    widths = [
        max(max(font.getlength(part) for part in cell.split("\n")) for cell in column) + style.size * 1.2
        for column in zip(*table, strict=True)
    ]
    margin, title_height = style.size * 3, style.size * 5
    heights = [
        max(cell.count("\n") for cell in line) * style.size * 1.25 + style.size * style.row_height
        for line in table
    ]
    slack = max(style.width - 2 * margin - sum(widths), 0) / len(widths)
    widths = [w + slack for w in widths]
    page = Image.new(
        "RGB", (int(sum(widths) + 2 * margin), int(sum(heights) + title_height + margin * 3)), "white"
    )
    draw = ImageDraw.Draw(page)
    _titles(draw, style, rows, font, page.size, header=header)
    y = float(title_height)
    for index, (line, height) in enumerate(zip(table, heights, strict=True)):
        _line(
            draw, style, line, (margin, y), widths, height, font, is_header=header and index == 0, index=index
        )
        y += height
    if style.rules == "three-line":
        draw.line((margin, y, margin + sum(widths), y), fill="black", width=3)
    if style.date_in == "footer" and rows:
        draw.text(
            (margin, y + style.size),
            f"数据截止日期：{rows[0].as_of.strftime('%Y年%m月%d日')}",
            font=font,
            fill="black",
        )
    return page


def _texts(
    style: Style, rows: Sequence[Acceptor], random: Random, first: int, *, header: bool
) -> list[list[str]]:
    table = [[heading_text(style, f) for f in style.order]] if header else []
    if header and style.wrapped_heading:
        table[0] = [
            h[: len(h) // 2] + "\n" + h[len(h) // 2 :] if len(h) > 5 and h.isascii() is False else h
            for h in table[0]
        ]
    for number, row in enumerate(rows, start=first):
        cells = [text_of(style, f, row, number, random) for f in style.order]
        if style.wrap:
            cells = [
                c[:10] + "\n" + c[10:] if f == "name" and len(c) > 12 else c
                for f, c in zip(style.order, cells, strict=True)
            ]
        table.append(cells)
    if style.total and header:
        table.append(_total(style, rows))
    return table


def _total(style: Style, rows: Sequence[Acceptor]) -> list[str]:
    cells = [""] * len(style.order)
    for index, field in enumerate(style.order):
        if field in {"overdue_balance", "cumulative_overdue"}:
            cells[index] = amount_text(Money(sum(getattr(r, field).minor for r in rows)), style)
    cells[style.order.index("name")] = "合计"
    return cells


def _titles(
    draw: ImageDraw.ImageDraw,
    style: Style,
    rows: Sequence[Acceptor],
    font: ImageFont.FreeTypeFont,
    size: tuple[int, int],
    *,
    header: bool,
) -> None:
    if not header or not rows:
        return
    title = "商业承兑汇票持续逾期承兑人名单"
    if style.date_in == "title":
        title += f"（截至{rows[0].as_of.strftime('%Y年%m月%d日')}）"
    draw.text(((size[0] - font.getlength(title)) / 2, style.size), title, font=font, fill="black")
    if style.unit_in == "title":
        note = f"单位：{style.unit}"
        draw.text(
            (size[0] - style.size * 3 - font.getlength(note), style.size * 3), note, font=font, fill="black"
        )


def _line(
    draw: ImageDraw.ImageDraw,
    style: Style,
    line: Sequence[str],
    at: tuple[float, float],
    widths: Sequence[float],
    height: float,
    font: ImageFont.FreeTypeFont,
    *,
    is_header: bool,
    index: int,
) -> None:
    x, y = at
    right = x + sum(widths)
    if is_header and style.header_fill != "white" and style.rules != "three-line":
        draw.rectangle((x, y, right, y + height), fill=style.header_fill)
    elif style.zebra and index % 2:
        draw.rectangle((x, y, right, y + height), fill="#f2f2f2")
    if style.rules == "three-line" and index < 2:
        draw.line((x, y, right, y), fill="black", width=3)
    if style.rules == "rows":
        draw.line((x, y, right, y), fill="#888888", width=1)
        draw.line((x, y + height, right, y + height), fill="#888888", width=1)
    colour = (
        "white"
        if is_header and style.header_fill in {"#1f4e79", "#c00000"} and style.rules != "three-line"
        else "black"
    )
    for cell, width in zip(line, widths, strict=True):
        if style.rules == "grid":
            draw.rectangle((x, y, x + width, y + height), outline="#333333", width=1 + style.size // 24)
        parts = cell.split("\n")
        top = y + (height - len(parts) * style.size * 1.25) / 2
        for part in parts:
            room = width - font.getlength(part) - style.size * 0.4
            shift = {"left": style.size * 0.4, "centre": room / 2 + style.size * 0.2, "right": room}[
                style.align
            ]
            draw.text((x + shift, top), part, font=font, fill=colour)
            top += style.size * 1.25
        x += width
