"""Many records against many customers at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from models.bill_monitoring.customers import Customer, CustomerTable
from models.bill_monitoring.matching.cascade import KnownCustomer, ReadRecord, decide
from models.bill_monitoring.matching.characters import fold
from models.bill_monitoring.matching.code_index import CodeIndex
from models.bill_monitoring.matching.codes import clean_code
from models.bill_monitoring.matching.divisions import as_divisions
from models.bill_monitoring.matching.hashing import Rows
from models.bill_monitoring.matching.name_columns import NameColumns, fold_names
from models.bill_monitoring.matching.parameters import MatchParameters
from models.bill_monitoring.matching.results import MatchResult, RecordIdentity
from models.bill_monitoring.matching.retrieval import retrieve
from models.bill_monitoring.names import normalise_name, parse_name, split_branch

_DEFAULT: Final = MatchParameters()
_CERTAIN: Final = 100.0
"""Names of equal core are lifted above this, the highest ratio: they are weighed whatever the rest is."""


@dataclass(frozen=True)
class CustomerIndex:
    """Customers made ready to be asked about many records, any number of times.

    Every name counts: current, former, and for a branch its parent's, so that the record of a parent finds
    customers that are its branches. Memory is about 100 bytes a customer on top of the customers themselves.
    """

    table: CustomerTable
    names: NameColumns
    """Cores of all names: first the current ones in the order of customers, then the others."""
    owners: Rows
    """For each name the row of its customer."""

    @classmethod
    def build(cls, customers: Iterable[Customer]) -> CustomerIndex:
        """Fold and strip every name of the customers."""
        table = CustomerTable.of(customers)
        current = fold_names(table.names)
        texts, owners = _further_names(table, current)
        names = _joined(current, fold_names(texts)) if texts else current
        return cls(table, names, np.concatenate((np.arange(len(table)), np.array(owners, dtype=np.int64))))

    def match(
        self, records: Sequence[RecordIdentity], parameters: MatchParameters = _DEFAULT
    ) -> list[MatchResult]:
        """Decide on each record, in the order given."""
        read = [ReadRecord(r, clean_code(r.uscc), parse_name(r.name)) for r in records]
        candidates = self._candidates(read, parameters)
        known: dict[int, KnownCustomer] = {}
        return [
            decide(record, [self._known(row, known) for row in rows], parameters)
            for record, rows in zip(read, candidates, strict=True)
        ]

    @cached_property
    def _codes(self) -> CodeIndex:
        return CodeIndex.build(self.table.usccs)

    def _candidates(self, records: Sequence[ReadRecord], parameters: MatchParameters) -> list[list[int]]:
        """Rows of customers to weigh, for each record."""
        found = self._codes.find([record.code for record in records])
        for record, row in self._by_name(records, parameters):
            if row not in found[record]:
                found[record].append(row)
        self._add_parents(found)
        return found

    def _by_name(
        self, records: Sequence[ReadRecord], parameters: MatchParameters
    ) -> Iterator[tuple[int, int]]:
        texts = [record.identity.name for record in records]
        asked = list(range(len(records)))
        for row, record in enumerate(records):
            if record.parts.parent:
                texts.append(record.parts.parent)
                asked.append(row)
        pairs = retrieve(fold_names(texts), self.names, parameters)
        askers, rows = np.array(asked, dtype=np.int64)[pairs.queries], self.owners[pairs.names]
        scores = self._likeness([records[i].parts.text for i in askers.tolist()], rows)
        yield from _best_of_each(askers, rows, scores + 2 * _CERTAIN * pairs.certain, parameters)

    def _likeness(self, texts: Sequence[str], rows: Rows) -> npt.NDArray[np.float32]:
        """Rapidfuzz's ratio of each record's name with the name that was found for it."""
        if not len(rows):
            return np.zeros(0, dtype=np.float32)
        distinct, inverse = np.unique(rows, return_inverse=True)
        folded = [normalise_name(self.table.names[row]) for row in distinct.tolist()]
        found = [folded[i] for i in inverse.tolist()]
        return process.cpdist(texts, found, scorer=fuzz.ratio, dtype=np.float32)

    def _add_parents(self, found: Sequence[list[int]]) -> None:
        """Weigh the parent that the file names for a branch, though its own name may be unlike."""
        parents = self.table.parent_customer_ids
        wanted = {parents[row] for rows in found for row in rows} - {None}
        if not wanted:
            return
        row_of = {cid: row for row, cid in enumerate(self.table.customer_ids) if cid in wanted}
        for rows in found:
            for row in tuple(rows):
                parent = row_of.get(parents[row] or "")
                if parent is not None and parent not in rows:
                    rows.append(parent)

    def _known(self, row: int, known: dict[int, KnownCustomer]) -> KnownCustomer:
        customer = known.get(row)
        if customer is None:
            table = self.table
            name, region = table.names[row], table.regions[row]
            customer = known[row] = KnownCustomer(
                customer_id=table.customer_ids[row],
                name=name,
                code=clean_code(table.usccs[row]),
                parts=parse_name(name),
                former=tuple(parse_name(former) for former in table.former_names[row]),
                region=(as_divisions(normalise_name(region)) or ()) if region else (),
                parent_customer_id=table.parent_customer_ids[row],
            )
        return customer


def match_all(
    customers: Iterable[Customer],
    records: Sequence[RecordIdentity],
    parameters: MatchParameters = _DEFAULT,
) -> list[MatchResult]:
    """Decide on each record, in the order given; index and all, for customers that are asked once."""
    return CustomerIndex.build(customers).match(records, parameters)


def _further_names(table: CustomerTable, current: NameColumns) -> tuple[list[str], list[int]]:
    """Former names, and the parents' names of branches, with the row of their customer."""
    texts: list[str] = []
    owners: list[int] = []
    for row, former in enumerate(table.former_names):
        for name in former:
            texts.append(name)
            owners.append(row)
    for row in np.flatnonzero(current.looks_like_branch).tolist():
        parent, _ = split_branch(fold(table.names[row]))
        if parent:
            texts.append(parent)
            owners.append(row)
    return texts, owners


def _joined(left: NameColumns, right: NameColumns) -> NameColumns:
    return NameColumns(
        np.concatenate((left.units, right.units)),
        np.concatenate((left.lengths, right.lengths)),
        np.concatenate((left.places, right.places)),
        np.concatenate((left.looks_like_branch, right.looks_like_branch)),
    )


def _best_of_each(
    askers: Rows, rows: Rows, scores: npt.NDArray[np.float32], parameters: MatchParameters
) -> Iterator[tuple[int, int]]:
    """For each record the names most like its own, and all whose core is equal."""
    order = np.lexsort((rows, -scores, askers))
    askers, rows, scores = askers[order], rows[order], scores[order]
    rank = np.arange(len(askers)) - np.searchsorted(askers, askers, side="left")
    likely = (rank < parameters.candidates) & (scores >= parameters.weighed_from)
    kept = likely | (rank < parameters.shown - 1) | (scores > _CERTAIN)
    yield from zip(askers[kept].tolist(), rows[kept].tolist(), strict=True)
