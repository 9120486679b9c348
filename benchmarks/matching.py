"""Figures of matching, side by side in one run: quality by kind, speed and memory at size.

Run ``python -m benchmarks.matching`` (a few minutes, mostly making names), or with ``--customers 100000``.
The baseline is what one would write first: ``rapidfuzz.process.extractOne`` per record over all names, a
match from ratio 90 up, codes compared first. It is measured on a sample of the records and extrapolated.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from activities.adapters.tabular.customers import read_customers
from activities.adapters.tabular.writing import write_customers
from benchmarks.matching_quality import print_quality, tallies
from models.bill_monitoring.customers import Customer
from models.bill_monitoring.matching.index import CustomerIndex, match_all
from models.bill_monitoring.matching.results import Decision, MatchResult, RecordIdentity, Relation
from tests.factories.names_cases import Case, filler, stock

TUNING_SEED = 1
HELD_OUT_SEED = 20_260
CUSTOMERS_OF_CASES = 20_000
CASES_PER_KIND = 230
BASELINE_RATIO = 90.0


def baseline(customers: Sequence[Customer], records: Sequence[RecordIdentity]) -> list[MatchResult]:
    """Plain extractOne for each record whose code is not found."""
    names = [customer.name for customer in customers]
    by_code = {customer.uscc: customer for customer in customers if customer.uscc}
    results = []
    for record in records:
        best = process.extractOne(record.name, names, scorer=fuzz.ratio)
        customer, score = by_code.get(record.uscc or ""), 100.0
        if customer is None and best is not None:
            customer, score = customers[best[2]], best[1]
        hit = customer is not None and score >= BASELINE_RATIO
        results.append(
            MatchResult(
                record.record_id,
                Decision.MATCH if hit else Decision.NONE,
                customer.customer_id if customer is not None and hit else None,
                Relation.SAME if hit else Relation.NONE,
                None,
                score,
                "extractOne",
            )
        )
    return results


def measure_quality() -> None:
    """Print quality on the seed that was tuned on, and on one with other misreadings that was not."""
    for title, seed, classic in (("tuning seed", TUNING_SEED, True), ("held-out seed", HELD_OUT_SEED, False)):
        made = stock(seed, customers=CUSTOMERS_OF_CASES, cases_per_kind=CASES_PER_KIND, classic=classic)
        results = match_all(made.customers, [case.record for case in made.cases])
        print_quality(f"{title}, {len(made.customers)} customers", made.cases, results)


@dataclass(frozen=True, slots=True)
class SizeFigures:
    """What matching at size takes, beside the baseline."""

    seconds: float
    """To build the index and match, customers being in memory."""
    baseline_seconds: float
    memory_gib: float
    """Peak of the process, the benchmark's own customers included."""
    f1: float
    baseline_f1: float


def measure_size(customers: int, records: int, sample: int) -> SizeFigures:
    """Print speed and memory at size, and quality beside the baseline on the same sample."""
    made = stock(HELD_OUT_SEED + 1, customers=CUSTOMERS_OF_CASES, cases_per_kind=CASES_PER_KIND)
    everyone = [*made.customers, *filler(7, customers - len(made.customers))]
    cases = [made.cases[i % len(made.cases)] for i in range(records)]
    asked = [RecordIdentity(f"R{i}", case.record.name, case.record.uscc) for i, case in enumerate(cases)]
    before = _memory()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.csv"
        write_customers(everyone, path)
        size = path.stat().st_size / 1e6
        started = time.perf_counter()
        table = read_customers(path).customers
        read = time.perf_counter()
    index = CustomerIndex.build(table)
    built = time.perf_counter()
    results = index.match(asked)
    done = time.perf_counter()
    print(f"\n{records} records x {customers} customers ({size:.0f} MB of CSV)")
    print(f"read file {read - started:.2f} s, build index {built - read:.2f} s, match {done - built:.2f} s")
    print(f"matching alone {done - read:.2f} s; with the file {done - started:.2f} s")
    peak = _memory()
    print(f"peak memory {peak:.2f} GiB (of it {before:.2f} before reading: the benchmark's own customers)")
    baseline_seconds, f1, baseline_f1 = _compare(
        everyone, cases, asked, results, ours=done - read, sample=sample
    )
    return SizeFigures(done - read, baseline_seconds, peak, f1, baseline_f1)


def _compare(
    everyone: Sequence[Customer],
    cases: Sequence[Case],
    asked: Sequence[RecordIdentity],
    results: Sequence[MatchResult],
    *,
    ours: float,
    sample: int,
) -> tuple[float, float, float]:
    """Print quality of both on the same sample; gives the baseline's seconds, our F1 and its F1."""
    chosen = random.Random(3).sample(range(len(cases)), sample)
    started = time.perf_counter()
    plain = baseline(everyone, [asked[i] for i in chosen])
    seconds = (time.perf_counter() - started) / sample * len(cases)
    mine = tallies([cases[i] for i in chosen], [results[i] for i in chosen])["all"]
    theirs = tallies([cases[i] for i in chosen], plain)["all"]
    print(
        f"extractOne per record: {seconds:.0f} s extrapolated from {sample}: {seconds / ours:.0f} x as long"
    )
    for title, tally in (("cascade", mine), ("extractOne", theirs)):
        print(f"{title:12} precision {tally.precision:.4f} recall {tally.recall:.4f} F1 {tally.f1:.4f}")
    return seconds, mine.f1, theirs.f1


def _memory() -> float:
    """Peak resident memory so far, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--records", type=int, default=5_000)
    parser.add_argument("--sample", type=int, default=60, help="records that extractOne is measured on")
    arguments = parser.parse_args()
    measure_size(arguments.customers, arguments.records, arguments.sample)
    measure_quality()


if __name__ == "__main__":
    main()
