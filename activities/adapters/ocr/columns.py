"""Lists without ruled lines: columns anchored on each page by its own header and its own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np

from activities.adapters.ocr.page import Page
from activities.adapters.ocr.tables import FoundTable, Layout, ListMemory, continued_layout, found_table
from activities.adapters.ocr.word_headers import by_column, column_of, cut_at, find_header
from activities.adapters.ocr.word_lines import WordLines, covering
from activities.adapters.ocr.word_rows import PlacedRows, place_rows
from models.bill_monitoring.list_headers import assign_columns
from models.bill_monitoring.printed_text import TextLine
from models.bill_monitoring.reading import Box

_MOST_HEADINGS_MISSED: Final = 3
_SAMPLE_LINES: Final = 4


def unruled_table(page: Page, words: WordLines, memory: ListMemory) -> FoundTable | None:
    """The list that a page's words form, or None if they form none."""
    header, first = find_header(words)
    body = words.lines[first:]
    edges = _edges_by_content(body, page.image.shape[1])
    sample = partial(_sample, words, body)
    if header:
        missed = len(edges) - 1 - len(header)
        if 0 < missed <= _MOST_HEADINGS_MISSED or (missed == 0 and _one_each(header, edges)):
            ways = [by_column(groups, edges) for groups in (header, cut_at(header, edges))]
            header = max(ways, key=partial(_worth, words))
        else:
            edges = _edges_between(header, body, page.image.shape[1])
        headings = [TextLine.joined(words.read(group), " ") for group in header]
        columns = assign_columns([line.text for line in headings])
        layout = Layout.of_header(columns, headings, partial(sample, edges))
    else:
        layout = continued_layout(sample(edges), len(edges) - 1, memory)
    if not layout.columns:
        return None
    memory.layout = layout
    placed = place_rows(words, body, edges, layout.columns)
    titles = [text for line in words.lines[: max(first - 1, 0)] for text in words.texts(line)]
    return _table(words, placed, header, layout, titles) if placed.rows else None


def _worth(words: WordLines, header: Sequence[Sequence[Box]]) -> tuple[int, int]:
    """How many fields and units a header announces: a cut must not sever a unit from its heading."""
    columns = assign_columns([" ".join(words.texts(group)) for group in header])
    return len(columns), sum(unit is not None for _, unit in columns.values())


def _one_each(header: Sequence[Sequence[Box]], edges: Sequence[int]) -> bool:
    """Whether every heading stands over a column of its own."""
    return len({column_of(covering(group), edges) for group in header}) == len(header)


def _table(
    words: WordLines, placed: PlacedRows, header: list[list[Box]], layout: Layout, titles: Sequence[str]
) -> FoundTable:
    headings = [word for group in header for word in group]
    bounds = covering([*(box for row in placed.rows for box in row.values()), *headings])
    table = found_table(placed.rows, layout, bounds, titles)
    return replace(table, read=words.read, gaps=placed.gaps)


def _sample(words: WordLines, body: Sequence[Sequence[Box]], edges: Sequence[int]) -> list[list[str]]:
    """The texts of some lines by column, to tell columns by their content."""
    lines = [line for line in body if len(line) > 1][:_SAMPLE_LINES]
    return [_texts_by_column(words, line, edges) for line in lines]


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


def _texts_by_column(words: WordLines, line: Sequence[Box], edges: Sequence[int]) -> list[str]:
    texts = [""] * (len(edges) - 1)
    for word, text in zip(line, words.texts(line), strict=True):
        texts[column_of(word, edges)] += text
    return texts
