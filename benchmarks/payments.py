"""The figures of payments and ledger, side by side in one run: ``python -m benchmarks.payments``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from benchmarks.figures import Figure, run_parts

_MIB: Final = "MiB"


def ledger(*, small: bool) -> list[Figure]:
    """Our postings over raw PostgreSQL doing the same rows."""
    from benchmarks.payments_ledger import posting  # noqa: PLC0415 - starts PostgreSQL

    return posting(small=small)


def payment(*, small: bool) -> list[Figure]:
    """One payment, start to posted, five at once."""
    from benchmarks.payments_flow import payments  # noqa: PLC0415 - starts a stack

    found = payments(50 if small else 200)
    name = f"payment through a bank of 50 ms, {found.per_second:.1f}/s"
    return [Figure(f"{name}: p50", found.p50, floor=0.5), Figure(f"{name}: p95", found.p95, floor=1.0)]


def batch(*, small: bool) -> list[Figure]:
    """A debit batch from order to close."""
    from benchmarks.payments_flow import batch as run  # noqa: PLC0415 - starts a stack

    found = run(1_000 if small else 20_000)
    return [Figure(f"debit batch of {found.items:,}", found.seconds, floor=60, comparable=not small)]


def files(*, small: bool) -> list[Figure]:
    """A statement of 10,000 entries."""
    del small
    from benchmarks.payments_files import camt053  # noqa: PLC0415 - reads in a process of its own

    found = camt053()
    name = f"camt.053 of {found.items:,} entries"
    return [
        Figure(name, found.seconds, floor=1.0),
        Figure(f"{name}: memory of the process", found.peak_mib, floor=64, unit=_MIB),
    ]


PARTS: Final[Mapping[str, Callable[..., list[Figure]]]] = {
    "files": files,
    "ledger": ledger,
    "payment": payment,
    "batch": batch,
}
"""Files first: a child's peak memory is never told as less than its parent's was when it began."""


if __name__ == "__main__":
    run_parts("python -m benchmarks.payments", PARTS)
