"""Seeded documents of every kind the reader must cope with, each with what it should say."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from fpdf import FPDF
from PIL import Image

from tests.factories.documents_bills import draw_bill
from tests.factories.documents_content import Acceptor, bill, truth_of_bill, truth_of_row
from tests.factories.documents_damage import DAMAGES
from tests.factories.documents_layout import (
    Style,
    draw_list,
    heading_text,
    noto,
    printed_fields,
    rows_for,
    style,
    text_of,
)

GROUPS: Final = (
    *(f"ruled/{damage}" for damage in DAMAGES),
    *(f"unruled/{damage}" for damage in DAMAGES),
    *(f"bill/{damage}" for damage in DAMAGES),
    "pdf/text", "pdf/scan", "pages/no-header",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """A document and the truth about it."""

    group: str
    filename: str
    content: bytes
    kind: str
    records: tuple[dict[str, object], ...]


def make(group: str, seed: int, *, fonts: Sequence[str] = (), rows: int = 12) -> Made:
    """The document of a group that a seed stands for."""
    random = Random(f"{group}/{seed}")
    fonts = fonts or (noto(),)
    shape, _, damage = group.partition("/")
    if shape == "bill":
        return _bill(group, damage, random, fonts)
    if shape == "pdf":
        return _pdf(group, damage, random, fonts, rows)
    if shape == "pages":
        return _pages(group, random, fonts, rows)
    looks = style(
        random,
        fonts=fonts,
        rules="grid" if shape == "ruled" else random.choice(("none", "three-line", "rows")),
    )
    lines = rows_for(looks, random, rows)
    page = damaged(draw_list(looks, lines, random), damage, random, looks.font)
    return Made(group, "list.png", png(page), "overdue_list", _truth(looks, lines))


def make_all(groups: Sequence[str], seeds: Sequence[int], **options: object) -> Iterator[Made]:
    """Documents of these groups for each of these seeds."""
    for group in groups:
        for seed in seeds:
            yield make(group, seed, **options)  # type: ignore[arg-type]


def damaged(page: Image.Image, damage: str, random: Random, font: str) -> Image.Image:
    """The page after everything that a kind of damage does to it."""
    for effect in DAMAGES[damage]:
        page = effect(page, random, font)
    return page


def png(page: Image.Image) -> bytes:
    """The page as a PNG file."""
    buffer = io.BytesIO()
    page.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _truth(looks: Style, lines: Sequence[Acceptor]) -> tuple[dict[str, object], ...]:
    return tuple(truth_of_row(line, printed_fields(looks)) for line in lines)


def _bill(group: str, damage: str, random: Random, fonts: Sequence[str]) -> Made:
    made = bill(random, consistent=random.random() < 0.8)
    font = random.choice(list(fonts))
    page = damaged(draw_bill(made, random, font_path=font), damage, random, font)
    return Made(group, "bill.png", png(page), "bill", (truth_of_bill(made),))


def _pages(group: str, random: Random, fonts: Sequence[str], rows: int) -> Made:
    looks = style(random, fonts=fonts)
    lines = rows_for(looks, random, rows * 3)
    pages = [
        draw_list(looks, lines[start : start + rows], random, first=start + 1, header=start == 0).convert(
            "RGB"
        )
        for start in range(0, len(lines), rows)
    ]
    buffer = io.BytesIO()
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:])
    return Made(group, "list.tif", buffer.getvalue(), "overdue_list", _truth(looks, lines))


def _pdf(group: str, kind: str, random: Random, fonts: Sequence[str], rows: int) -> Made:
    looks = style(random, fonts=fonts)
    lines = rows_for(looks, random, rows)
    if kind == "scan":
        page = damaged(
            draw_list(looks, lines, random),
            random.choice(("clean", "noise", "jpeg", "skew")),
            random,
            looks.font,
        )
        buffer = io.BytesIO()
        page.save(buffer, "PDF", resolution=200)
        return Made(group, "scan.pdf", buffer.getvalue(), "overdue_list", _truth(looks, lines))
    return Made(group, "text.pdf", _text_pdf(looks, lines, random), "overdue_list", _truth(looks, lines))


def _text_pdf(looks: Style, lines: Sequence[Acceptor], random: Random) -> bytes:
    pdf = FPDF(orientation="landscape", format="A4")
    pdf.add_font("cjk", fname=noto())
    pdf.set_font("cjk", size=8)
    pdf.add_page()
    if looks.date_in != "column":
        pdf.cell(
            text=f"逾期名单 截止日期：{lines[0].as_of:%Y-%m-%d}  单位：{looks.unit}",
            new_x="LMARGIN",
            new_y="NEXT",
        )
    elif looks.unit_in == "title":
        pdf.cell(text=f"逾期名单 单位：{looks.unit}", new_x="LMARGIN", new_y="NEXT")
    widths = {"no": 12, "name": 70, "uscc": 50, "date": 30, "type": 25}
    table = [[heading_text(looks, f) for f in looks.order]]
    table += [[text_of(looks, f, row, n, random) for f in looks.order] for n, row in enumerate(lines, 1)]
    for cells in table:
        for field, text in zip(looks.order, cells, strict=True):
            pdf.cell(w=widths.get(field, 45), h=9, text=text, border=1 if looks.rules == "grid" else 0)
        pdf.ln()
    return bytes(pdf.output())
