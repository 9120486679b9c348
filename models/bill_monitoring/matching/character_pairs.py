"""Names that share the record's rarest pairs of neighbouring characters.

Rarity is counted over the customers themselves: 贸易 finds everybody and is never looked up, 沪蓉 finds
three. Weights are inverse document frequencies, as in TF-IDF.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from models.bill_monitoring.matching.hashing import Rows, Units
from models.bill_monitoring.matching.name_columns import NameColumns
from models.bill_monitoring.matching.parameters import MatchParameters

_SLOT_BITS: Final = 22
_CHUNK: Final = 2_000_000
_BATCH: Final = 1_000
_SAME_PLACE: Final = 1.25
"""How much more a name in the record's own place weighs."""
_LENGTH_DAMPING: Final = 4.0

Slots = npt.NDArray[np.int64]


def pairs_in_common(
    queries: NameColumns, names: NameColumns, parameters: MatchParameters
) -> tuple[Rows, Rows]:
    """For each query, the names that share most of its rare character pairs."""
    nothing = np.zeros(0, dtype=np.int64)
    slots, query_rows = _pairs_of(queries.units, queries.lengths)
    if not len(slots) or not len(names):
        return nothing, nothing
    distinct, query_pairs = np.unique(slots, return_inverse=True)
    pair_ids, name_rows = _occurrences(names, distinct)
    frequency = np.bincount(pair_ids, minlength=len(distinct))
    wanted = _rarest(query_rows, query_pairs, frequency, parameters.postings_per_record)
    weights = np.log1p(len(names) / np.maximum(frequency, 1))
    asked = sparse.csr_matrix(
        (weights[query_pairs[wanted]], (query_rows[wanted], query_pairs[wanted])),
        shape=(len(queries), len(distinct)),
    )
    used = np.zeros(len(distinct), dtype=np.bool_)
    used[query_pairs[wanted]] = True
    kept = used[pair_ids]
    offered = sparse.csr_matrix(
        (np.ones(int(kept.sum())), (pair_ids[kept], name_rows[kept])), shape=(len(distinct), len(names))
    )
    return _best(asked, offered, queries, names, parameters.candidates)


def _pairs_of(units: Units, lengths: Rows) -> tuple[Slots, Rows]:
    """The slot of each pair of neighbours within a row, and the row."""
    rows = np.repeat(np.arange(len(lengths)), lengths)
    inside = np.flatnonzero(rows[1:] == rows[:-1])
    return _slots(units)[inside], rows[inside]


def _slots(units: Units) -> Slots:
    """A 22-bit number for each neighbouring pair; two pairs that share one only cost a wasted look."""
    wide = units.astype(np.uint32)
    pairs = (wide[:-1] << np.uint32(16) | wide[1:]) * np.uint32(0x9E3779B1)
    return (pairs >> np.uint32(32 - _SLOT_BITS)).astype(np.int64)


def _occurrences(names: NameColumns, distinct: Slots) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Where the wanted pairs stand: pair number and name, for each occurrence."""
    number = np.full(1 << _SLOT_BITS, -1, dtype=np.int32)
    number[distinct] = np.arange(len(distinct))
    rows = np.repeat(np.arange(len(names), dtype=np.int32), names.lengths)
    ids, where = [], []
    for first in range(0, len(rows), _CHUNK):
        window = slice(first, first + _CHUNK + 1)
        found = number[_slots(names.units[window])]
        row = rows[window]
        kept = np.flatnonzero((found >= 0) & (row[1:] == row[:-1]))
        ids.append(found[kept])
        where.append(row[kept])
    if not ids:
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
    return np.concatenate(ids), np.concatenate(where)


def _rarest(query_rows: Rows, pairs: Rows, frequency: Rows, budget: int) -> Rows:
    """Which (query, pair) to look up: the rarest of each query, until their names exceed the budget."""
    counts = frequency[pairs]
    order = np.lexsort((counts, query_rows))
    order = order[counts[order] > 0]
    cost = np.cumsum(counts[order])
    rows = query_rows[order]
    opens = np.concatenate((np.ones(min(1, len(rows)), dtype=np.bool_), rows[1:] != rows[:-1]))
    before = np.where(opens, cost - counts[order], 0)
    spent = cost - np.maximum.accumulate(before)
    chosen: Rows = order[spent <= budget]
    return chosen


def _best(
    asked: sparse.csr_matrix, offered: sparse.csr_matrix, queries: NameColumns, names: NameColumns, most: int
) -> tuple[Rows, Rows]:
    """The heaviest names of each query; short names and names of the same place weigh more."""
    damping = 1.0 / np.sqrt(names.lengths + _LENGTH_DAMPING)
    found_queries, found_names = [], []
    for first in range(0, len(queries), _BATCH):
        product = (asked[first : first + _BATCH] @ offered).tocsr()
        rows = np.repeat(np.arange(product.shape[0]) + first, np.diff(product.indptr))
        same = (names.places[product.indices] == queries.places[rows]) & (queries.places[rows] != 0)
        weight = product.data * damping[product.indices] * np.where(same, _SAME_PLACE, 1.0)
        for row in range(product.shape[0]):
            begin, end = product.indptr[row], product.indptr[row + 1]
            if end - begin > most:
                top = np.argpartition(weight[begin:end], end - begin - most)[-most:] + begin
            else:
                top = np.arange(begin, end)
            found_queries.append(np.full(len(top), first + row, dtype=np.int64))
            found_names.append(product.indices[top].astype(np.int64))
    return np.concatenate(found_queries), np.concatenate(found_names)
