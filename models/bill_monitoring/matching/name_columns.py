"""A million names folded and stripped to their cores at once.

The result is the same as taking each name apart in Python would give for places, brackets and legal forms,
thirty times faster. It serves retrieval only: decisions are taken on `models.bill_monitoring.names`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from models.bill_monitoring.matching.characters import fold
from models.bill_monitoring.matching.divisions import spellings
from models.bill_monitoring.matching.hashing import (
    EMPTY,
    Hashes,
    Rows,
    Units,
    hash_text,
    powers,
    scrambled,
    within_rows,
)
from models.bill_monitoring.matching.vocabulary.words import BRANCH_FORMS, LEGAL_FORMS

_CHUNK: Final = 100_000
_NEWLINE: Final = ord("\n")
_DROPPED: Final = 0
_SLOW: Final = 1
"""Marks characters that fold to several, or need more than one UTF-16 unit."""
_UNKNOWN: Final = 2
_GROUP: Final = "集团"
_LONGEST_DIVISION: Final = 8
_FLAG_BITS: Final = 20

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class NameColumns:
    """Cores of many names, end to end, with what was set aside to get them."""

    units: Units
    lengths: Rows
    places: Hashes
    """A value for the finest division that a name states; equal for all its spellings, 0 for none."""
    looks_like_branch: Flags

    def __len__(self) -> int:
        return len(self.lengths)


def fold_names(names: Sequence[str]) -> NameColumns:
    """Fold names and strip brackets, places and legal forms."""
    parts = [_fold_chunk(names[i : i + _CHUNK]) for i in range(0, len(names), _CHUNK)]
    if not parts:
        nothing = np.zeros(0, dtype=np.int64)
        return NameColumns(
            nothing.astype(np.uint16), nothing, nothing.astype(np.uint64), nothing.astype(np.bool_)
        )
    return NameColumns(
        units=np.concatenate([part.units for part in parts]),
        lengths=np.concatenate([part.lengths for part in parts]),
        places=np.concatenate([part.places for part in parts]),
        looks_like_branch=np.concatenate([part.looks_like_branch for part in parts]),
    )


def _fold_chunk(names: Sequence[str]) -> NameColumns:
    units, lengths = _folded_units(names)
    units, lengths, places = _without_bracketed_places(units, lengths)
    if not len(units):
        return NameColumns(units, lengths, places, np.zeros(len(names), dtype=np.bool_))
    ends = np.cumsum(lengths)
    starts = ends - lengths
    is_branch = _branches(units, starts, ends)
    starts, opening = _strip_places(units, starts, ends)
    places = np.where(opening != EMPTY, opening, places)
    ends = _strip_forms(units, starts, ends)
    core_lengths = ends - starts
    positions = np.repeat(starts, core_lengths) + within_rows(core_lengths)
    return NameColumns(units[positions], core_lengths, places, is_branch)


def _folded_units(names: Sequence[str]) -> tuple[Units, Rows]:
    """All names folded, brackets kept."""
    joined = "\n".join(names)
    raw = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    folded = _folded(raw)
    line_ends = np.flatnonzero(raw == _NEWLINE)
    if len(line_ends) != len(names) - 1:
        return _folded_units([name.replace("\n", "") for name in names])
    slow = np.flatnonzero(folded == _SLOW)
    if len(slow):
        rows = np.unique(np.searchsorted(line_ends, slow)).tolist()
        mended = list(names)
        for row in rows:
            mended[row] = "".join(c for c in fold(names[row]) if ord(c) <= 0xFFFF)  # noqa: PLR2004
        return _folded_units(mended)
    kept = folded[folded != _DROPPED]
    bounds = np.concatenate((np.array([-1]), np.flatnonzero(kept == _NEWLINE), np.array([len(kept)])))
    return kept[kept != _NEWLINE], np.diff(bounds) - 1


@cache
def _fold_table() -> Units:
    table = np.full(65536, _UNKNOWN, dtype=np.uint16)
    table[0xD800:0xE000] = _SLOW
    table[_NEWLINE] = _NEWLINE
    return table


def _folded(raw: Units) -> Units:
    """Each unit folded; the table learns a character when it first meets it."""
    table = _fold_table()
    folded: Units = table[raw]
    if (folded == _UNKNOWN).any():
        for code in np.flatnonzero(np.bincount(raw, minlength=65536)).tolist():
            if table[code] == _UNKNOWN:
                text = fold(chr(code))
                is_unit = len(text) == 1 and ord(text) <= 0xFFFF  # noqa: PLR2004
                table[code] = ord(text) if is_unit else (_SLOW if text else _DROPPED)
        folded = table[raw]
    return folded


@cache
def _place_table() -> tuple[Hashes, Hashes, Flags]:
    """Hashes of all spellings of divisions in order, the value of each, and flags to look at first."""
    found = sorted((hash_text(spelling), hash_text(min(codes))) for spelling, codes in spellings().items())
    hashes = np.array([h for h, _ in found], dtype=np.uint64)
    flags = np.zeros(1 << _FLAG_BITS, dtype=np.bool_)
    flags[hashes >> np.uint64(64 - _FLAG_BITS)] = True
    return hashes, np.array([value for _, value in found], dtype=np.uint64), flags


def _places_of(hashes: Hashes) -> Hashes:
    """For each hash the value of the division it spells, or 0."""
    known, values, flags = _place_table()
    result = np.zeros(len(hashes), dtype=np.uint64)
    likely = np.flatnonzero(flags[hashes >> np.uint64(64 - _FLAG_BITS)])
    where = np.minimum(np.searchsorted(known, hashes[likely]), len(known) - 1)
    hit = known[where] == hashes[likely]
    result[likely[hit]] = values[where[hit]]
    return result


def _strip_places(units: Units, starts: Rows, ends: Rows) -> tuple[Rows, Hashes]:
    """Move starts behind the divisions that open the names; the value of the last of them."""
    starts = starts.copy()
    places = np.zeros(len(starts), dtype=np.uint64)
    rows = np.arange(len(starts))
    while len(rows):
        longest, values = _longest_place(units, starts[rows], ends[rows] - 2)
        found = longest > 0
        rows, values = rows[found], values[found]
        starts[rows] += longest[found]
        places[rows] = values
    return starts, places


def _longest_place(units: Units, starts: Rows, limits: Rows) -> tuple[Rows, Hashes]:
    """At each start, the length and value of the longest division that ends before the limit."""
    up, _ = powers()
    longest = np.zeros(len(starts), dtype=np.int64)
    values = np.zeros(len(starts), dtype=np.uint64)
    running = np.zeros(len(starts), dtype=np.uint64)
    for offset in range(_LONGEST_DIVISION):
        position = np.minimum(starts + offset, len(units) - 1)
        running += scrambled()[units[position]] * up[offset]
        found = _places_of(running)
        fits = (found != EMPTY) & (starts + offset < limits)
        longest[fits] = offset + 1
        values[fits] = found[fits]
    return longest, values


def _without_bracketed_places(units: Units, lengths: Rows) -> tuple[Units, Rows, Hashes]:
    """Drop brackets, and their content where it is a division or the word group."""
    places = np.zeros(len(lengths), dtype=np.uint64)
    is_opening, is_closing = units == ord("("), units == ord(")")
    brackets = np.flatnonzero(is_opening | is_closing)
    if not len(brackets):
        return units, lengths, places
    keep = ~(is_opening | is_closing)
    row_of = np.searchsorted(np.cumsum(lengths), brackets, side="right")
    paired = is_opening[brackets[:-1]] & is_closing[brackets[1:]] & (row_of[:-1] == row_of[1:])
    for index in np.flatnonzero(paired & (np.diff(brackets) <= _LONGEST_DIVISION + 1)).tolist():
        opening, closing = int(brackets[index]), int(brackets[index + 1])
        value = _bracketed(units[opening + 1 : closing].tobytes())
        if value is not None:
            keep[opening : closing + 1] = False
            places[row_of[index]] = value or places[row_of[index]]
    dropped = np.bincount(
        np.searchsorted(np.cumsum(lengths), np.flatnonzero(~keep), side="right"), minlength=len(lengths)
    )
    return units[keep], lengths - dropped, places


@cache
def _bracketed_places() -> dict[bytes, int]:
    known = {s.encode("utf-16-le"): hash_text(min(codes)) for s, codes in spellings().items()}
    return {**known, _GROUP.encode("utf-16-le"): 0}


def _bracketed(content: bytes) -> int | None:
    """The value of the division that a bracket holds, 0 for the word group, None for anything else."""
    return _bracketed_places().get(content)


def _ends_with(units: Units, starts: Rows, ends: Rows, rows: Rows, ending: str) -> Rows:
    """Those of the rows that end with a text and hold more than it."""
    for distance, character in enumerate(reversed(ending), start=1):
        position = ends[rows] - distance
        rows = rows[(position > starts[rows]) & (units[np.maximum(position, 0)] == ord(character))]
    return rows


def _strip_forms(units: Units, starts: Rows, ends: Rows) -> Rows:
    """Move ends before the legal form, and before the word group."""
    ends = ends.copy()
    rows = np.arange(len(starts))
    for form in sorted((f for f in LEGAL_FORMS if "(" not in f), key=len, reverse=True):
        found = _ends_with(units, starts, ends, rows, form)
        ends[found] -= len(form)
        rows = np.setdiff1d(rows, found, assume_unique=True) if len(found) else rows
    ends[_ends_with(units, starts, ends, np.arange(len(starts)), _GROUP)] -= len(_GROUP)
    return ends


def _branches(units: Units, starts: Rows, ends: Rows) -> Flags:
    """Which names end like a branch's."""
    flags = np.zeros(len(starts), dtype=np.bool_)
    filled = np.flatnonzero(ends > starts)
    last = units[np.maximum(ends[filled] - 1, 0)] if len(units) else np.zeros(0, dtype=np.uint16)
    for character in sorted({form[-1] for form in BRANCH_FORMS}):
        rows = filled[last == ord(character)]
        for form in BRANCH_FORMS:
            if form.endswith(character):
                flags[_ends_with(units, starts, ends, rows, form)] = True
    return flags
