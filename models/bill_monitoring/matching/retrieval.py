"""Which of a million names are worth weighing for a record: the blocking index.

Four ways in, each blind where another sees: equal core; equal core up to one character in the same place;
a core that opens with the record's short name; shared rare character pairs. All of them run over the columns
of names piece by piece, keyed by the records' needs, so that nothing is kept per customer but its core.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from models.bill_monitoring.matching.character_pairs import pairs_in_common
from models.bill_monitoring.matching.hashing import (
    Hashes,
    Rows,
    deletion_hashes,
    mix,
    opening_hashes,
    row_hashes,
)
from models.bill_monitoring.matching.name_columns import NameColumns
from models.bill_monitoring.matching.parameters import MatchParameters

_CHUNK: Final = 200_000
_FLAG_BITS: Final = 22
_SHORTEST_TYPO: Final = 4
"""Cores below this length are not looked up with a character left out: everything would be near them."""
_SHORT_NAMES: Final = range(2, 6)
"""Lengths of cores that may be the opening of a longer one (华信 for 华信国际贸易)."""

Keys = tuple[Hashes, Rows]
"""Keys, and the row that each belongs to."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs (query, name) worth weighing; ``certain`` ones must not be cut when there are many."""

    queries: Rows
    names: Rows
    certain: npt.NDArray[np.bool_]


def retrieve(queries: NameColumns, names: NameColumns, parameters: MatchParameters) -> Pairs:
    """Pairs of query and name that may be one enterprise, each pair once."""
    lookups = (
        (_Lookup(_core_keys(queries), parameters.same_core), _core_keys, True),
        (_Lookup(_core_and_place_keys(queries), parameters.same_core), _core_and_place_keys, True),
        (_Lookup(_typo_keys(queries), parameters.same_core * 2), _typo_keys, False),
        (_Lookup(_short_keys(queries), parameters.same_core), _opening_keys, False),
    )
    for offset, chunk in _chunks(names):
        for lookup, keys_of, _ in lookups:
            lookup.meet(keys_of(chunk), offset)
    found = [(*lookup.pairs(), certain) for lookup, _, certain in lookups]
    found.append((*pairs_in_common(queries, names, parameters), False))
    return _each_once(found, len(names))


def _each_once(found: list[tuple[Rows, Rows, bool]], width: int) -> Pairs:
    keys = np.concatenate([q * np.int64(width) + n for q, n, _ in found])
    certain = np.concatenate([np.full(len(q), is_certain) for q, _, is_certain in found])
    order = np.lexsort((~certain, keys))
    keys, certain = keys[order], certain[order]
    first = np.concatenate((np.ones(min(1, len(keys)), dtype=np.bool_), keys[1:] != keys[:-1]))
    keys, certain = keys[first], certain[first]
    return Pairs(keys // max(width, 1), keys % max(width, 1), certain)


def _chunks(names: NameColumns) -> Iterator[tuple[int, NameColumns]]:
    ends = np.cumsum(names.lengths)
    for first in range(0, len(names), _CHUNK):
        last = min(first + _CHUNK, len(names))
        begin = int(ends[first] - names.lengths[first])
        yield (
            first,
            NameColumns(
                names.units[begin : int(ends[last - 1])],
                names.lengths[first:last],
                names.places[first:last],
                names.looks_like_branch[first:last],
            ),
        )


class _Lookup:
    """Finds, among keys that stream by, those that some query wants."""

    def __init__(self, wanted: Keys, most: int) -> None:
        keys, rows = wanted
        order = np.argsort(keys, kind="stable")
        self._keys, self._rows = keys[order], rows[order]
        self._flags = np.zeros(1 << _FLAG_BITS, dtype=np.bool_)
        self._flags[_flag_of(keys)] = True
        self._most = most
        self._found: list[tuple[Rows, Rows]] = []

    def meet(self, offered: Keys, offset: int) -> None:
        """Note every query that wants one of the offered keys."""
        keys, rows = offered
        likely = np.flatnonzero(self._flags[_flag_of(keys)])
        keys, rows = keys[likely], rows[likely]
        left = np.searchsorted(self._keys, keys, side="left")
        counts = np.searchsorted(self._keys, keys, side="right") - left
        wanted = np.flatnonzero(counts)
        left, counts, rows = left[wanted], counts[wanted], rows[wanted]
        within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        self._found.append((self._rows[np.repeat(left, counts) + within], np.repeat(rows, counts) + offset))

    def pairs(self) -> tuple[Rows, Rows]:
        """All pairs found, at most so many for a query."""
        if not self._found:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        queries = np.concatenate([q for q, _ in self._found])
        names = np.concatenate([n for _, n in self._found])
        order = np.argsort(queries, kind="stable")
        queries, names = queries[order], names[order]
        rank = np.arange(len(queries)) - np.searchsorted(queries, queries, side="left")
        kept = rank < self._most
        return queries[kept], names[kept]


def _flag_of(keys: Hashes) -> Hashes:
    return keys >> np.uint64(64 - _FLAG_BITS)


def _core_keys(columns: NameColumns) -> Keys:
    rows = np.flatnonzero(columns.lengths > 0)
    return mix(row_hashes(columns.units, columns.lengths)[rows], np.zeros(1, dtype=np.uint64)), rows


def _core_and_place_keys(columns: NameColumns) -> Keys:
    return mix(row_hashes(columns.units, columns.lengths), columns.places), np.arange(len(columns))


def _typo_keys(columns: NameColumns) -> Keys:
    """Core and place, and core with each character left out and place."""
    whole = row_hashes(columns.units, columns.lengths)
    shortened = deletion_hashes(columns.units, columns.lengths)
    row_of = np.repeat(np.arange(len(columns)), columns.lengths)
    long_enough = np.flatnonzero(columns.lengths[row_of] >= _SHORTEST_TYPO)
    rows = np.concatenate((np.arange(len(columns)), row_of[long_enough]))
    keys = np.concatenate((whole, shortened[long_enough]))
    return mix(keys, columns.places[rows]), rows


def _short_keys(columns: NameColumns) -> Keys:
    """Short cores, alone and with their place: they may open a longer one."""
    short = (columns.lengths >= _SHORT_NAMES.start) & (columns.lengths < _SHORT_NAMES.stop)
    rows = np.flatnonzero(short)
    keys = row_hashes(columns.units, columns.lengths)[rows]
    return mix(keys, columns.places[rows]), rows


def _opening_keys(columns: NameColumns) -> Keys:
    """The first characters of each core, alone and with the place."""
    parts = [opening_hashes(columns.units, columns.lengths, length) for length in _SHORT_NAMES]
    keys = np.concatenate([keys for keys, _ in parts])
    rows = np.concatenate([rows for _, rows in parts])
    placeless = columns.places[rows] != 0
    return (
        np.concatenate((mix(keys, columns.places[rows]), mix(keys[placeless], np.zeros(1, dtype=np.uint64)))),
        np.concatenate((rows, rows[placeless])),
    )
