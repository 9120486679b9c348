"""Rows of a list without ruled lines: words gathered around what stands once in each row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from activities.adapters.ocr.tables import Columns
from activities.adapters.ocr.word_headers import column_of
from activities.adapters.ocr.word_lines import WordLines, covering
from models.bill_monitoring.reading import Box, Field

_CODE_PART: Final = re.compile(r"[0-9A-Z]{6,20}")
_ALONE: Final = re.compile(r"[¥￥]?[\d,，.]{4,}|\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?")
"""An amount or a date that tells a row whose code cannot be read."""
_CODE_LENGTH: Final = 19
"""A code's 18 characters and one misread as two."""
_REACH: Final = 0.75
"""How far from its anchor a row's words stand, as a share of the usual distance of rows."""
_ROOM_FOR_ANOTHER: Final = 1.6
"""Distance of neighbouring anchors, as a share of the usual one, from which a row may stand between them."""
_Cells = dict[int, list[Box]]


@dataclass(frozen=True, slots=True)
class PlacedRows:
    """Rows as rectangles, and after which of them (from 0) others may be missing."""

    rows: list[dict[Field, Box]]
    gaps: frozenset[int] = frozenset()


def place_rows(
    words: WordLines, body: Sequence[Sequence[Box]], edges: Sequence[int], columns: Columns
) -> PlacedRows:
    """Rows around their anchors: one word per row in the column that does not wrap.

    Words of other columns belong to the nearest anchor, which joins wrapped cells. Where anchors stand
    so far apart that a row fits between them, text is looked for again, on that part of the page alone.
    """
    cells = _by_column([word for line in body for word in line], edges)
    anchors = _anchors(words, cells, columns)
    if not anchors:
        return PlacedRows([])
    anchors = _with_missed(words, anchors, cells, columns)
    if _wide_steps(anchors):
        cells = _looked_again(words, anchors, cells, edges)
        anchors = _with_missed(words, _anchors(words, cells, columns), cells, columns)
    anchors = _with_orphans(anchors, cells, columns)
    reach = _reach(anchors)
    rows: list[dict[Field, list[Box]]] = [{} for _ in anchors]
    for name, (column, _) in columns.items():
        for word in cells.get(column, []):
            nearest = _nearest(anchors, word)
            if abs(_middle(anchors[nearest]) - _middle(word)) <= reach:
                rows[nearest].setdefault(name, []).append(word)
    placed = [{name: covering(boxes) for name, boxes in row.items()} for row in rows]
    return PlacedRows(placed, _gaps(words, anchors, cells, columns))


def _by_column(words: Sequence[Box], edges: Sequence[int]) -> _Cells:
    cells: _Cells = {}
    for word in words:
        cells.setdefault(column_of(word, edges), []).append(word)
    return cells


def _nearest(anchors: Sequence[Box], word: Box) -> int:
    return min(range(len(anchors)), key=lambda i: abs(_middle(anchors[i]) - _middle(word)))


def _steps(anchors: Sequence[Box]) -> list[float]:
    return [_middle(below) - _middle(above) for above, below in pairwise(anchors)]


def _reach(anchors: Sequence[Box]) -> float:
    steps = _steps(anchors)
    return _REACH * median(steps) if steps else 2.5 * (anchors[0].bottom - anchors[0].top)


def _wide_steps(anchors: Sequence[Box]) -> list[int]:
    """Numbers of the anchors (from 0) after which another row would fit."""
    steps = _steps(anchors)
    usual = median(steps) if steps else 0.0
    return [index for index, step in enumerate(steps) if step > _ROOM_FOR_ANOTHER * usual]


def _looked_again(words: WordLines, anchors: Sequence[Box], cells: _Cells, edges: Sequence[int]) -> _Cells:
    """The words with those added that a second look between far anchors finds."""
    known = [word for column in cells.values() for word in column]
    table = covering(known)
    found: list[Box] = []
    for index in _wide_steps(anchors):
        above, below = anchors[index], anchors[index + 1]
        part = Box(table.left, above.bottom, table.right, below.top)
        found += [w for w in words.look_again(part) if not any(_overlaps(w, other) for other in known)]
    return _by_column([*known, *found], edges)


def _overlaps(a: Box, b: Box) -> bool:
    return min(a.right, b.right) > max(a.left, b.left) and min(a.bottom, b.bottom) > max(a.top, b.top)


def _with_orphans(anchors: list[Box], cells: _Cells, columns: Columns) -> list[Box]:
    """Anchors with one added for each line of words that is too far from any to belong to it.

    A line counts if it has words in two columns at least: one word may be a remark.
    """
    reach, found = _reach(anchors), list(anchors)
    data = {column for column, _ in columns.values()}
    orphans = sorted(
        ((word, column) for column, words in cells.items() for word in words), key=lambda w: _middle(w[0])
    )
    orphans = [o for o in orphans if abs(_middle(anchors[_nearest(anchors, o[0])]) - _middle(o[0])) > reach]
    inside = [o for o in orphans if anchors[0].top < _middle(o[0]) < anchors[-1].bottom]
    while inside:
        line = [o for o in inside if abs(_middle(o[0]) - _middle(inside[0][0])) < reach]
        if len({column for _, column in line}) > 1 and any(column in data for _, column in line):
            found.append(next(word for word, column in line if column in data))
        inside = [o for o in inside if o not in line]
    return sorted(found, key=_middle)


def _gaps(words: WordLines, anchors: Sequence[Box], cells: _Cells, columns: Columns) -> frozenset[int]:
    """Rows (from 0) after which another may be missing: a number is left out, or there is unread ink."""
    numbers = _numbers(words, anchors, cells, columns)
    skipped = {i for i in range(len(anchors) - 1) if _skips(numbers.get(i), numbers.get(i + 1))}
    known = [word for column in cells.values() for word in column]
    inked = {i for i in _wide_steps(anchors) if _unread_ink(words, anchors[i], anchors[i + 1], known)}
    return frozenset(skipped | inked)


def _unread_ink(words: WordLines, above: Box, below: Box, known: Sequence[Box]) -> bool:
    """Whether something is printed between two anchors where no word was found."""
    table, top = covering(known), above.bottom
    for word in sorted((w for w in known if w.bottom > above.bottom and w.top < below.top), key=_middle):
        if words.has_ink(Box(table.left, top, table.right, word.top)):
            return True
        top = max(top, word.bottom)
    return words.has_ink(Box(table.left, top, table.right, below.top))


def _skips(number: int | None, following: int | None) -> bool:
    return number is not None and following is not None and following > number + 1


def _numbers(words: WordLines, anchors: Sequence[Box], cells: _Cells, columns: Columns) -> Mapping[int, int]:
    """The rows' printed numbers, if the list's first column has them; read only if some are missing."""
    first = min(cells)
    if first in {column for column, _ in columns.values()}:
        return {}
    reach, numbers = _reach(anchors), {}
    for word in cells[first]:
        row = _nearest(anchors, word)
        text = words.texts([word])[0].strip(" .、")
        if text.isdigit() and abs(_middle(anchors[row]) - _middle(word)) <= reach:
            numbers[row] = int(text)
    return numbers


def _with_missed(words: WordLines, anchors: list[Box], cells: _Cells, columns: Columns) -> list[Box]:
    """Anchors with those rows added whose code is illegible but whose amount or date stands alone."""
    found = list(anchors)
    for name in (Field.OVERDUE_BALANCE, Field.CUMULATIVE_OVERDUE, Field.DATE):
        for word in cells.get(columns[name][0], []) if name in columns else []:
            nearest = min(abs(_middle(word) - _middle(anchor)) for anchor in found)
            alone = nearest > 0.8 * (word.bottom - word.top)
            if alone and _ALONE.fullmatch(words.texts([word])[0].strip()):
                found.append(word)
    return sorted(found, key=_middle)


def _middle(box: Box) -> float:
    return (box.top + box.bottom) / 2


def _anchors(words: WordLines, cells: _Cells, columns: Columns) -> list[Box]:
    """The words that stand for one row each: codes, else amounts, else names."""
    if Field.USCC in columns:
        codes = sorted(cells.get(columns[Field.USCC][0], []), key=lambda b: b.top)
        texts = [re.sub(r"\W", "", text).upper() for text in words.texts(codes)]
        anchors = _code_anchors(
            [(w, t) for w, t in zip(codes, texts, strict=True) if _CODE_PART.fullmatch(t)]
        )
        if anchors:
            return anchors
    for name in (Field.OVERDUE_BALANCE, Field.CUMULATIVE_OVERDUE, Field.DATE, Field.NAME):
        if name in columns and cells.get(columns[name][0]):
            return sorted(cells[columns[name][0]], key=lambda b: b.top)
    return []


def _code_anchors(parts: Sequence[tuple[Box, str]]) -> list[Box]:
    """One rectangle per code; the two lines of a wrapped code are one."""
    groups: list[tuple[Box, str]] = []
    for box, text in parts:
        if groups:
            last, before = groups[-1]
            if len(before) + len(text) <= _CODE_LENGTH and box.top - last.bottom < last.bottom - last.top:
                groups[-1] = (covering([last, box]), before + text)
                continue
        groups.append((box, text))
    return [box for box, _ in groups]
