"""A statement printed on pages, turned back into rows: headings tell the columns, dates the rows.

The rows are then handed to the reader of bank files as a table, so that banks' headings, signs and
facts are known in one place only.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from statistics import median
from typing import Final

from activities.adapters.bank_files.profiles import shipped_profiles
from activities.adapters.bank_files.tables.layouts import normal_heading
from activities.adapters.papers.tables import read_statement
from models.bill_monitoring.printed_text import TextLine
from models.lease.documents.paper import PlacedLine
from models.payments.bank_files.statements import BankFile

_FEWEST_HEADINGS: Final = 3
_DATE: Final = re.compile(r"^\d{4}[-./年]?\d{1,2}[-./月]?\d{1,2}")
_AMOUNT_INSIDE: Final = re.compile(r"(?<![\d,.])([+-]?\d[\d,]*\.\d{2})(?![\d.])")
_MONEY: Final = re.compile(r"[¥￥]?[+-]?\d[\d,]*\.\d{1,2}")
_OF_MONEY: Final = re.compile("额|收入|支出|借方|贷方|金额|转入|转出")
_WHOLE_FACT: Final = re.compile(r"[:：]\s*\S")
_FOOTER: Final = re.compile(r"第\s*\d+\s*页|共\s*\d+\s*页|打印时间|^-{3,}")
_NEAR: Final = 1.6
"""Heights of a line within which what has no date belongs to the nearest row."""


@dataclass(slots=True)
class _Columns:
    """Headings of a table and where they stand."""

    headings: list[PlacedLine]

    def place(self, piece: PlacedLine) -> int:
        """Index of the column that a piece stands under: by overlap, else the nearest.

        Headings stand in the middle of their columns, names at the left edge and amounts at the right
        one: a short name may be nearer to the heading of the amounts, where no name can stand.
        """
        is_amount = bool(_MONEY.fullmatch(piece.text))
        fitting = [
            i for i, each in enumerate(self.headings) if bool(_OF_MONEY.search(each.text)) == is_amount
        ]
        return min(fitting or range(len(self.headings)), key=lambda index: self._distance(index, piece))

    def _distance(self, index: int, piece: PlacedLine) -> float:
        heading = self.headings[index].box
        gap = max(heading.left - piece.box.right, piece.box.left - heading.right)
        middle = abs((heading.left + heading.right) - (piece.box.left + piece.box.right)) / 2
        return gap + middle / 1_000


@dataclass(slots=True)
class _Row:
    pieces: list[PlacedLine] = field(default_factory=list)

    @property
    def middle(self) -> float:
        return (self.pieces[0].box.top + self.pieces[0].box.bottom) / 2


def statement_of_lines(lines: Sequence[PlacedLine]) -> BankFile | None:
    """The statement that a paper's lines make; None if they hold no table of entries."""
    columns: _Columns | None = None
    facts: list[list[str]] = []
    rows: list[_Row] = []
    for page in sorted({line.page for line in lines}):
        printed = printed_lines([line for line in lines if line.page == page])
        start, found = _header(printed)
        columns = found or columns
        if columns is None:
            facts += [[piece.text for piece in line] for line in printed]
            continue
        facts += [[piece.text for piece in line] for line in printed[:start]]
        page_rows, others = _rows(printed[start + 1 if found else start :], columns)
        rows += page_rows
        facts += others
    if columns is None or not rows:
        return None
    return read_statement(_as_table(columns, rows, facts))


def printed_lines(lines: Iterable[PlacedLine]) -> list[list[PlacedLine]]:
    """Pieces of text grouped into printed lines, top to bottom, left to right."""
    printed: list[list[PlacedLine]] = []
    for piece in sorted(lines, key=lambda each: each.box.top + each.box.bottom):
        if printed and printed[-1][0].beside(piece):
            printed[-1].append(piece)
        else:
            printed.append([piece])
    return [sorted(line, key=lambda each: each.box.left) for line in printed]


def _header(printed: Sequence[Sequence[PlacedLine]]) -> tuple[int, _Columns | None]:
    """The line with the most known headings, and its columns; (0, None) if there is no such line."""
    counts = [sum(normal_heading(piece.text) in _known_headings() for piece in line) for line in printed]
    best = max(range(len(counts)), key=counts.__getitem__, default=0)
    if not counts or counts[best] < _FEWEST_HEADINGS:
        return 0, None
    return best, _Columns(list(printed[best]))


def _rows(printed: Sequence[Sequence[PlacedLine]], columns: _Columns) -> tuple[list[_Row], list[list[str]]]:
    """Rows of entries, wrapped cells put to the nearest one; and what stands around them."""
    rows: list[_Row] = []
    loose: list[Sequence[PlacedLine]] = []
    dates = {index for index, each in enumerate(columns.headings) if re.search("日期|时间|日$", each.text)}
    for line in printed:
        dated = any(_DATE.match(piece.text) and columns.place(piece) in dates for piece in line)
        if dated and len(line) >= _FEWEST_HEADINGS:
            rows.append(_Row(list(line)))
        elif not any(_FOOTER.search(piece.text) for piece in line):
            loose.append(line)
    others = []
    height = median([piece.height for row in rows for piece in row.pieces]) if rows else 0
    for line in loose:
        middle = (line[0].box.top + line[0].box.bottom) / 2
        near = min(rows, key=lambda row: abs(row.middle - middle), default=None)
        if near is not None and abs(near.middle - middle) < _NEAR * height and len(line) < _FEWEST_HEADINGS:
            near.pieces += line
        else:
            others.append([piece.text for piece in line])
    return rows, others


def _parted(piece: PlacedLine, columns: _Columns) -> list[PlacedLine]:
    """A piece that runs over two columns, parted where an amount begins or ends.

    A balance set to the right and a name set to the left of the next column stand so near each other
    that they are taken for one piece of text.
    """
    texts = [text for text in _AMOUNT_INSIDE.split(piece.text) if text.strip()]
    if len(texts) < 2:  # noqa: PLR2004 - one part is the whole
        return [piece]
    widths = [sum(1 if character.isascii() else 2 for character in text) for text in texts]
    whole, left, parts = sum(widths), piece.box.left, []
    for text, width in zip(texts, widths, strict=True):
        right = left + round((piece.box.right - piece.box.left) * width / whole)
        box = replace(piece.box, left=left, right=right)
        parts.append(PlacedLine(TextLine(text.strip(), piece.line.confidence), box, piece.page))
        left = right
    places = [columns.place(part) for part in parts]
    return parts if len(set(places)) == len(places) else [piece]


def _as_table(columns: _Columns, rows: Sequence[_Row], facts: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    for line in facts:
        # facts that are whole by themselves stand apart, or a comma between two would end the first's figure
        whole = all(_WHOLE_FACT.search(text) for text in line)
        writer.writerows([[text] for text in line] if whole else [line])
    writer.writerow([heading.text for heading in columns.headings])
    for row in rows:
        cells: list[list[PlacedLine]] = [[] for _ in columns.headings]
        for piece in (part for whole in row.pieces for part in _parted(whole, columns)):
            cells[columns.place(piece)].append(piece)
        writer.writerow([_cell(pieces) for pieces in cells])
    return out.getvalue().encode()


def _cell(pieces: list[PlacedLine]) -> str:
    pieces.sort(key=lambda each: (each.box.top, each.box.left))
    return "".join(piece.text for piece in pieces)


@cache
def _known_headings() -> frozenset[str]:
    """Every heading that a shipped profile knows."""
    return frozenset(
        normal_heading(name)
        for profile in shipped_profiles().values()
        for column in profile.columns.values()
        for name in column.names
    )
