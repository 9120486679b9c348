"""Figures of the reader, side by side in one run: ``python -m benchmarks.ocr``.

Speed is compared with RapidOCR as it comes, on the same pages in the same run; accuracy is told by
group of documents, and besides on seeds (and fonts, if named) that nothing was tuned on.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from activities.adapters.ocr.engines import load_reader
from activities.adapters.ocr.pool import OcrPool
from activities.adapters.ocr.reader import StagedReader
from benchmarks.ocr_accuracy import Accuracy, measure
from models.bill_monitoring.reading import ReadScope
from tests.factories.documents import GROUPS, make

_FULL_LIST: Final = 4226
"""Acceptors on the longest real list seen (2025-12-31)."""
_KNOWN_SEEDS: Final = range(1, 4)
_HELD_OUT_SEEDS: Final = range(1001, 1004)


def main() -> None:
    """Print speed, throughput and accuracy."""
    arguments = _arguments()
    reader = load_reader()
    if not arguments.accuracy_only:
        speed(reader)
        asyncio.run(throughput(arguments.processes, arguments.pages))
    if arguments.speed_only:
        return
    groups = [group for group in GROUPS if group.startswith(arguments.groups)]
    report("seeds tuned on", measure(reader, groups, _KNOWN_SEEDS))
    report("held-out seeds", measure(reader, groups, _HELD_OUT_SEEDS))
    if arguments.fonts:
        report("held-out seeds and fonts", measure(reader, groups, _HELD_OUT_SEEDS, fonts=arguments.fonts))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ocr", description=__doc__)
    parser.add_argument("--processes", type=int, default=2, help="reading processes for the throughput")
    parser.add_argument("--pages", type=int, default=16, help="pages of 20 rows for the throughput")
    parser.add_argument("--fonts", nargs="*", default=[], help="font files that nothing was tuned on")
    parser.add_argument("--groups", default="", help="only groups that begin so, such as ruled/")
    parser.add_argument("--speed-only", action="store_true")
    parser.add_argument("--accuracy-only", action="store_true")
    return parser.parse_args()


@dataclass(frozen=True, slots=True)
class SpeedRatio:
    """All fields of a page by our reader, over RapidOCR as it comes."""

    clock: float
    cpu: float


def speed(reader: StagedReader, *, pages: int = 3, repeats: int = 3) -> SpeedRatio:
    """Seconds per ruled page of 20 rows: RapidOCR as it comes, then ours, in turns."""
    from rapidocr import RapidOCR  # noqa: PLC0415 - heavy

    default: Any = RapidOCR(params={"Global.log_level": "critical"})
    contents = [make("ruled/clean", seed, rows=20).content for seed in range(1, pages + 1)]
    ways: dict[str, Callable[[bytes], object]] = {
        "RapidOCR as it comes": default,
        "all fields": lambda c: reader.read(c, filename="page.png", scope=ReadScope.EVERYTHING),
        "identity only": lambda c: reader.read(c, filename="page.png", scope=ReadScope.IDENTITY),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    work: dict[str, list[float]] = {name: [] for name in ways}
    for read in ways.values():
        read(contents[0])
    for _ in range(repeats):
        for content in contents:
            for name, read in ways.items():
                started, worked = time.perf_counter(), time.process_time()
                read(content)
                seconds[name].append(time.perf_counter() - started)
                work[name].append(time.process_time() - worked)
    print(f"\nruled page of 20 rows, median of {pages * repeats}: by the clock, and of CPU on all cores")
    base, base_work = (statistics.median(of["RapidOCR as it comes"]) for of in (seconds, work))
    for name in ways:
        clock, cpu = statistics.median(seconds[name]), statistics.median(work[name])
        print(f"  {name:22} {clock:6.2f} s {clock / base:5.2f} x   {cpu:6.2f} s {cpu / base_work:5.2f} x")
    return SpeedRatio(
        statistics.median(seconds["all fields"]) / base, statistics.median(work["all fields"]) / base_work
    )


async def throughput(processes: int, pages: int) -> None:
    """Rows per second of the pool, identity scope, engines already loaded."""
    pool = OcrPool(processes)
    contents = [make("ruled/clean", seed, rows=20).content for seed in range(100, 100 + pages)]

    async def read(content: bytes) -> int:
        reading = await pool.read(content, filename="page.png", scope=ReadScope.IDENTITY)
        return len(reading.records)

    try:
        await asyncio.gather(*(read(contents[0]) for _ in range(processes)))
        started = time.perf_counter()
        rows = sum(await asyncio.gather(*map(read, contents)))
        taken = time.perf_counter() - started
    finally:
        await pool.close()
    print(f"\n{rows} rows on {processes} processes in {taken:.1f} s: {rows / taken:.1f} rows/s")
    print(f"  {_FULL_LIST} rows would take {_FULL_LIST * taken / rows:.0f} s")


def report(title: str, accuracy: Accuracy) -> None:
    """Print accuracy per group and field, and silent errors per field."""
    print(f"\n{title}: share right (silent errors, reviews) per group")
    for group, by_field in accuracy.fields.items():
        cells = [
            f"{name} {_share(t.right, t.total)} ({t.silent}, {t.reviewed})" for name, t in by_field.items()
        ]
        lost, invented = accuracy.lost[group], accuracy.invented[group]
        print(
            f"  {group:20} {'  '.join(cells)}"
            + (f"  lost {lost} invented {invented}" if lost or invented else "")
        )
    print(f"  {'field':20} {'right':>8} {'silent':>8} {'missed':>8} {'review':>8} {'of n':>6}")
    for name, tally in accuracy.totals().items():
        shares: Sequence[int] = (tally.right, tally.silent, tally.missed, tally.reviewed)
        print(
            f"  {name:20} " + " ".join(f"{_share(s, tally.total):>8}" for s in shares) + f" {tally.total:6}"
        )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "-"


if __name__ == "__main__":
    main()
