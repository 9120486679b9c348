"""Lists without ruled lines: columns anchored on each page by its own header and its own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Final

import numpy as np

from activities.adapters.ocr.page import Page
from activities.adapters.ocr.tables import (
    Columns,
    FoundTable,
    ListMemory,
    continued_columns,
    units_of,
)
from activities.adapters.ocr.word_lines import WordLines, covering
from models.bill_monitoring.list_headers import (
    assign_columns,
    is_header,
    lacks_columns,
    with_unnamed_columns,
)
from models.bill_monitoring.reading import Box, Field

_HEADER_LINES: Final = 9
_MOST_LINES_IN_HEADER: Final = 3
_MOST_HEADINGS_MISSED: Final = 3
_SAMPLE_LINES: Final = 4
_CODE_PART: Final = re.compile(r"[0-9A-Z]{6,20}")
_ALONE: Final = re.compile(r"[¥￥]?[\d,，.]{4,}|\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?")
"""An amount or a date that tells a row whose code cannot be read."""
_CODE_LENGTH: Final = 19
"""A code's 18 characters and one misread as two."""


def unruled_table(page: Page, words: WordLines, memory: ListMemory) -> FoundTable | None:
    """The list that a page's words form, or None if they form none."""
    width = page.image.shape[1]
    header, first = _header(words)
    body = words.lines[first:]
    if header:
        edges = _edges_by_content(body, width)
        if len(header) < len(edges) - 1 <= len(header) + _MOST_HEADINGS_MISSED:
            header = _by_column(_cut_at(header, edges), edges)
        else:
            edges = _edges_between(header, body, width)
        columns = _named_columns(words, header, body, edges)
    else:
        edges = _edges_by_content(body, width)
        samples = [line for line in body if len(line) > 1][:_SAMPLE_LINES]
        texts = [_texts_by_column(words, line, edges) for line in samples]
        columns = continued_columns(texts, len(edges) - 1, memory)
    if not columns:
        return None
    memory.columns, memory.width = columns, len(edges) - 1
    rows = _rows(words, body, edges, columns)
    bounds = covering(box for row in rows for box in row.values()) if rows else Box(0, 0, 0, 0)
    if header:
        headings = [word for group in header for word in group]
        bounds = covering([bounds, *headings]) if rows else bounds
    titles = [text for line in words.lines[: max(first - 1, 0)] for text in words.texts(line)]
    return FoundTable(rows, units_of(columns), bounds, tuple(titles), read=words.read) if rows else None


def _named_columns(
    words: WordLines, header: list[list[Box]], body: Sequence[Sequence[Box]], edges: Sequence[int]
) -> Columns:
    headings = [" ".join(words.texts(group)) for group in header]  # empty where no heading was found
    columns = assign_columns(headings)
    if not lacks_columns(columns):
        return columns
    samples = [line for line in body if len(line) > 1][:_SAMPLE_LINES]
    return with_unnamed_columns(columns, headings, [_texts_by_column(words, line, edges) for line in samples])


def _by_column(header: list[list[Box]], edges: Sequence[int]) -> list[list[Box]]:
    """Headings under the body's columns; a column whose heading was not found has none."""
    columns: list[list[Box]] = [[] for _ in edges[1:]]
    for group in header:
        columns[_column_of(covering(group), edges)] += group
    return columns


def _cut_at(header: list[list[Box]], edges: Sequence[int]) -> list[list[Box]]:
    """Headings cut where the body's columns part: neighbouring ones may have run together."""
    groups: list[list[Box]] = []
    for group in header:
        whole = covering(group)
        height = group[0].bottom - group[0].top
        inner = [x for x in edges if whole.left + 0.8 * height < x < whole.right - 0.8 * height]
        if not inner or len(group) > 1:
            groups.append(group)
            continue
        sides = [whole.left, *inner, whole.right]
        groups += [[Box(a, whole.top, b, whole.bottom)] for a, b in pairwise(sides)]
    return groups


def _header(words: WordLines) -> tuple[list[list[Box]], int]:
    """The header's words, grouped by column, and the number of the first line below it.

    Headings may be wrapped, beside others that are not: up to three lines of words then make one header.
    """
    best: tuple[int, list[list[Box]], int] = (0, [], 0)
    for index in range(min(_HEADER_LINES, len(words.lines))):
        if best[0] and index > best[2]:
            break
        for count in range(1, _MOST_LINES_IN_HEADER + 1):
            lines = words.lines[index : index + count]
            if len(lines) < count or not _stand_close(lines):
                break
            groups = _stacked([word for line in lines for word in line])
            found = assign_columns([" ".join(words.texts(group)) for group in groups])
            if is_header(found) and len(found) > best[0]:
                best = (len(found), groups, index + count)
    return best[1], best[2]


def _stand_close(lines: Sequence[Sequence[Box]]) -> bool:
    """Whether lines follow each other as parts of one header: close, and none spanning several headings."""
    for upper, lower in pairwise(lines):
        height = median(word.bottom - word.top for word in upper)
        if min(word.top for word in lower) - max(word.bottom for word in upper) > 0.8 * height:
            return False
        if any(sum(_overlap(word, other) > 0 for other in lower) > 1 for word in upper):
            return False
    return True


def _stacked(line: Sequence[Box]) -> list[list[Box]]:
    """The words of a line, those above each other joined: a wrapped heading beside unwrapped ones."""
    groups: list[list[Box]] = []
    for word in sorted(line, key=lambda b: b.top):
        over = [
            g for g in groups if _overlap(covering(g), word) > 0.5 * min(_width(covering(g)), _width(word))
        ]
        if over:
            over[0].append(word)
        else:
            groups.append([word])
    return sorted(groups, key=lambda g: covering(g).left)


def _overlap(a: Box, b: Box) -> int:
    return min(a.right, b.right) - max(a.left, b.left)


def _width(box: Box) -> int:
    return box.right - box.left


def _coverage(body: Sequence[Sequence[Box]], width: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """For each pixel of the page's width, in how many lines a word stands there."""
    covered = np.zeros(width + 1, np.int32)
    for line in body:
        for word in line if len(line) > 1 else []:
            covered[word.left : word.right] += 1
    return covered


def _edges_between(header: list[list[Box]], body: Sequence[Sequence[Box]], width: int) -> list[int]:
    """Column edges: between neighbouring headings, in the middle of the emptiest stretch."""
    covered = _coverage(body, width)
    boxes = [covering(group) for group in header]
    edges = [0]
    for left, right in pairwise(boxes):
        start, end = (left.left + left.right) // 2, max((right.left + right.right) // 2, 1)
        stretch = covered[start:end]
        if not len(stretch):
            edges.append(start)
            continue
        edges.append(start + _middle_of_longest(stretch == stretch.min()))
    return [*edges, width]


def _edges_by_content(body: Sequence[Sequence[Box]], width: int) -> list[int]:
    covered = _coverage(body, width)
    busy = np.concatenate(([0], (covered > max(1, 0.1 * len(body))).astype(np.int8), [0]))
    changes = np.flatnonzero(np.diff(busy))
    starts, ends = changes[::2], changes[1::2]
    return [0, *(int(end + start) // 2 for end, start in zip(ends, starts[1:], strict=False)), width]


def _middle_of_longest(flags: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    changes = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    runs = list(zip(changes[::2].tolist(), changes[1::2].tolist(), strict=True))
    start, end = max(runs, key=lambda run: run[1] - run[0])
    return int(start + end) // 2


def _column_of(word: Box, edges: Sequence[int]) -> int:
    overlaps = [min(word.right, right) - max(word.left, left) for left, right in pairwise(edges)]
    return overlaps.index(max(overlaps))


def _texts_by_column(words: WordLines, line: Sequence[Box], edges: Sequence[int]) -> list[str]:
    texts = [""] * (len(edges) - 1)
    for word, text in zip(line, words.texts(line), strict=True):
        texts[_column_of(word, edges)] += text
    return texts


def _rows(
    words: WordLines, body: Sequence[Sequence[Box]], edges: Sequence[int], columns: Columns
) -> list[dict[Field, Box]]:
    """Rows around their anchors: one word per row in the column that does not wrap.

    Words of other columns belong to the nearest anchor, which joins wrapped cells.
    """
    by_column: dict[int, list[Box]] = {}
    for line in body:
        for word in line:
            by_column.setdefault(_column_of(word, edges), []).append(word)
    anchors = _anchors(words, by_column, columns)
    if not anchors:
        return []
    anchors = _with_missed(words, anchors, by_column, columns)
    middles = [(a.top + a.bottom) / 2 for a in anchors]
    steps = [below - above for above, below in pairwise(middles)]
    reach = 0.75 * median(steps) if steps else 2.5 * (anchors[0].bottom - anchors[0].top)
    rows: list[dict[Field, list[Box]]] = [{} for _ in anchors]
    for name, (column, _) in columns.items():
        for word in by_column.get(column, []):
            middle = (word.top + word.bottom) / 2
            nearest = min(range(len(anchors)), key=lambda i: abs(middles[i] - middle))
            if abs(middles[nearest] - middle) <= reach:
                rows[nearest].setdefault(name, []).append(word)
    return [{name: covering(boxes) for name, boxes in row.items()} for row in rows]


def _with_missed(
    words: WordLines, anchors: list[Box], by_column: dict[int, list[Box]], columns: Columns
) -> list[Box]:
    """Anchors with those rows added whose code is illegible but whose amount or date stands alone."""
    found = list(anchors)
    for name in (Field.OVERDUE_BALANCE, Field.CUMULATIVE_OVERDUE, Field.DATE):
        for word in by_column.get(columns[name][0], []) if name in columns else []:
            nearest = min(abs(_middle(word) - _middle(anchor)) for anchor in found)
            alone = nearest > 0.8 * (word.bottom - word.top)
            if alone and _ALONE.fullmatch(words.texts([word])[0].strip()):
                found.append(word)
    return sorted(found, key=_middle)


def _middle(box: Box) -> float:
    return (box.top + box.bottom) / 2


def _anchors(words: WordLines, by_column: dict[int, list[Box]], columns: Columns) -> list[Box]:
    """The words that stand for one row each: codes, else amounts, else names."""
    if Field.USCC in columns:
        codes = sorted(by_column.get(columns[Field.USCC][0], []), key=lambda b: b.top)
        texts = [re.sub(r"\W", "", text).upper() for text in words.texts(codes)]
        anchors = _code_anchors(
            [(w, t) for w, t in zip(codes, texts, strict=True) if _CODE_PART.fullmatch(t)]
        )
        if anchors:
            return anchors
    for name in (Field.OVERDUE_BALANCE, Field.CUMULATIVE_OVERDUE, Field.DATE, Field.NAME):
        if name in columns and by_column.get(columns[name][0]):
            return sorted(by_column[columns[name][0]], key=lambda b: b.top)
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
