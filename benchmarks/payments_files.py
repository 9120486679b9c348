"""Figures of bank files: reading a camt.053 of ten thousand entries, writing orders of twenty thousand items.

Run ``python -m benchmarks.payments_files``. Each figure is taken in a process of its own, so that peak memory
is that of the work and not of what was measured before. The file is made before the clock starts.
"""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from tests.factories.bank_files import Camt, Entry, Statement

ENTRIES = 10_000
ITEMS = 20_000


@dataclass(frozen=True, slots=True)
class FileFigures:
    """What one file takes."""

    items: int
    seconds: float
    megabytes: float
    """Size of the file."""
    growth_mib: float
    """Peak resident memory over that of the process before, the file's bytes being in memory already."""
    peak_mib: float
    """Peak resident memory of the whole process, interpreter included."""


def camt053() -> FileFigures:
    """Read a camt.053: parse, validate against its definition, check totals and duplicates."""
    entries = tuple(Entry(reference=f"R{i}", end_to_end=(f"E{i}",)) for i in range(ENTRIES))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "camt053.xml"
        path.write_bytes(Camt(statements=(Statement(entries),)).bytes())
        return _apart(_read_camt053, path)


def pain001() -> FileFigures:
    """Write a pain.001 and validate it."""
    return _apart(_write_pain001)


def _apart(measure: Callable[..., FileFigures], *arguments: Path) -> FileFigures:
    """Measure in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, arguments)


def _read_camt053(path: Path) -> FileFigures:
    from activities.adapters.bank_files.reading import read_bank_file  # noqa: PLC0415 - not part of the figure

    content = path.read_bytes()
    read_bank_file(Camt().bytes())  # imports and the message definition are loaded once per process
    before = _peak()
    started = time.perf_counter()
    file = read_bank_file(content)
    seconds = time.perf_counter() - started
    assert file.computed.entries == ENTRIES  # noqa: S101 - a figure of something else is worthless
    return FileFigures(ENTRIES, seconds, len(content) / 1e6, _peak() - before, _peak())


def _write_pain001() -> FileFigures:
    from activities.adapters.bank_files.writing import write_pain001  # noqa: PLC0415 - not part of the figure
    from models.money import Money  # noqa: PLC0415
    from models.payments.bank_files.dialects import CHINESE_CREDIT_TRANSFER  # noqa: PLC0415
    from models.payments.bank_files.orders import (  # noqa: PLC0415
        AccountParty,
        CreditTransferFile,
        CreditTransferItem,
    )

    us = AccountParty("星河融资租赁有限公司", "6222020200012345678", "102100099996")
    party = AccountParty("张三", "6217000010001234567", "105100000017")
    items = tuple(CreditTransferItem(f"E{i}", Money(100 + i), party, "退租金") for i in range(ITEMS))
    created = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    batch = CreditTransferFile("M1", created, "星河", "P1", date(2026, 1, 5), us, items)
    before = _peak()
    started = time.perf_counter()
    content = write_pain001(batch, dialect=CHINESE_CREDIT_TRANSFER)
    seconds = time.perf_counter() - started
    return FileFigures(ITEMS, seconds, len(content) / 1e6, _peak() - before, _peak())


def _peak() -> float:
    """Peak resident memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    for title, figures in (("read camt.053", camt053()), ("write pain.001", pain001())):
        print(
            f"{title}: {figures.items} items, {figures.megabytes:.1f} MB in {figures.seconds:.2f} s, "
            f"memory +{figures.growth_mib:.0f} MiB, peak {figures.peak_mib:.0f} MiB"
        )


if __name__ == "__main__":
    main()
