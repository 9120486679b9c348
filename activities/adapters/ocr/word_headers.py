"""The header of a list without ruled lines, among the lines of words at the page's top."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from activities.adapters.ocr.word_lines import WordLines, covering
from models.bill_monitoring.list_headers import assign_columns, is_header
from models.bill_monitoring.reading import Box

_HEADER_LINES: Final = 9
_MOST_LINES_IN_HEADER: Final = 3


def find_header(words: WordLines) -> tuple[list[list[Box]], int]:
    """The header's words, grouped by column, and the number of the first line below it.

    Headings may be wrapped, beside others that are not: up to three lines of words then make one header.
    Of several ways to take lines together that which announces most fields wins, then that with
    fewest words: a title close above is no part of the header.
    """
    best: tuple[tuple[int, int], list[list[Box]], int] = ((0, 0), [], 0)
    for index in range(min(_HEADER_LINES, len(words.lines))):
        if best[2] and index > best[2]:
            break
        for count in range(1, _MOST_LINES_IN_HEADER + 1):
            lines = words.lines[index : index + count]
            if len(lines) < count or not _stand_close(lines):
                break
            groups = _stacked([word for line in lines for word in line])
            found = assign_columns([" ".join(words.texts(group)) for group in groups])
            rank = (len(found), -sum(map(len, lines)))
            if is_header(found) and rank > best[0]:
                best = (rank, groups, index + count)
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


def cut_at(header: list[list[Box]], edges: Sequence[int]) -> list[list[Box]]:
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


def by_column(header: list[list[Box]], edges: Sequence[int]) -> list[list[Box]]:
    """Headings under the body's columns; a column whose heading was not found has none."""
    columns: list[list[Box]] = [[] for _ in edges[1:]]
    for group in header:
        columns[column_of(covering(group), edges)] += group
    return columns


def column_of(word: Box, edges: Sequence[int]) -> int:
    overlaps = [min(word.right, right) - max(word.left, left) for left, right in pairwise(edges)]
    return overlaps.index(max(overlaps))
