"""The figures of bill monitoring, side by side in one run: ``python -m benchmarks.bills``.

Whole cycles run on embedded stacks of their own, from the scan's order to its completion; what the
stack needs to start, and the drawing of the played site's files, is not part of them. See
docs/guides/benchmarks.md for what is compared with what.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from benchmarks.bills_cycle import Cycle, run_cycle
from benchmarks.bills_figures import print_cycle
from benchmarks.bills_raw import RawJob, run_raw
from benchmarks.bills_world import PlayedWorld
from benchmarks.figures import Figure, print_figures

PARTS: Final = ("cycle", "images", "overhead", "memory", "matching", "ocr")
_MIB_PER_GIB: Final = 1024


class Session:
    """One run of the benchmark: cycles that several figures look at are run once.

    Args:
        small: a fourteenth of the size, to see that everything works.
        drawn: where the played site's files are kept.
        ocr_processes: how many read side by side, in cycles and in the raw job.
        with_raw: do each cycle's bare work right after it, when the machine is most alike.
    """

    def __init__(self, *, small: bool, drawn: Path, ocr_processes: int, with_raw: bool) -> None:
        self._small = small
        self._drawn = drawn
        self._processes = ocr_processes
        self._with_raw = with_raw
        self._cycles: dict[float, Cycle] = {}
        self._raw: dict[float, RawJob] = {}
        self.figures: list[Figure] = []

    def cycle(self) -> None:
        """Most of the list in on-line tables."""
        name = f"cycle, {self._size}, 30 % images and scans"
        self._note(Figure(name, self._run(0.3).seconds, floor=90, aim=60, comparable=not self._small))

    def images(self) -> None:
        """Nothing but images and scans."""
        name = f"cycle, {self._size}, all images and scans"
        self._note(Figure(name, self._run(1.0).seconds, floor=180, aim=90, comparable=not self._small))

    def overhead(self) -> None:
        """Each cycle over the bare fetching and reading that it contains."""
        for share in sorted(self._cycles) or (0.3,):
            ratio = self._run(share).seconds / self._raw[share].seconds
            name = f"cycle over raw fetch + raw OCR, {share:.0%} images and scans"
            self._note(Figure(name, ratio, floor=1.25, unit="x", comparable=not self._small))

    def memory(self) -> None:
        """The whole stack at its largest moment."""
        for share in sorted(self._cycles) or (0.3,):
            peak = self._run(share).watch.memory.total / _MIB_PER_GIB
            name = f"memory of the whole stack, {share:.0%} images and scans"
            self._note(Figure(name, peak, floor=4, unit="GiB"))

    def matching(self) -> None:
        """Names and codes against a million customers."""
        from benchmarks.matching import measure_size  # noqa: PLC0415 - makes names when imported

        customers, records = (100_000, 500) if self._small else (1_000_000, 5_000)
        size = measure_size(customers, records, 60)
        name = f"matching {records:,} x {customers:,}"
        comparable = not self._small
        self._note(Figure(name, size.seconds, floor=10, comparable=comparable))
        self._note(Figure(f"{name}: memory", size.memory_gib, floor=2, unit="GiB", comparable=comparable))
        faster = size.baseline_seconds / size.seconds
        self._note(
            Figure(
                f"{name}: faster than extractOne", faster, 20, unit="x", at_least=True, comparable=comparable
            )
        )
        gain = size.f1 - size.baseline_f1
        self._note(Figure(f"{name}: F1 above extractOne's", gain, 0, unit="", at_least=True))

    def ocr(self) -> None:
        """A ruled page of 20 rows, all fields."""
        from activities.adapters.ocr.engines import load_reader  # noqa: PLC0415 - heavy
        from benchmarks.ocr import speed  # noqa: PLC0415 - heavy

        ratio = speed(load_reader())
        self._note(
            Figure("ruled page of 20 rows over default RapidOCR, by the clock", ratio.clock, 0.5, unit="x")
        )
        self._note(Figure("ruled page of 20 rows over default RapidOCR, of CPU", ratio.cpu, 0.5, unit="x"))

    # ------------------------------------------------------------ cycles

    @property
    def _size(self) -> str:
        world = self._world(0.3)
        return f"{world.acceptors:,} x {world.customers:,}"

    def _world(self, share: float) -> PlayedWorld:
        if self._small:
            return PlayedWorld(acceptors=300, customers=10_000, image_share=share)
        return PlayedWorld(acceptors=4_200, customers=100_000, image_share=share)

    def _run(self, share: float) -> Cycle:
        if share not in self._cycles:
            cycle = run_cycle(self._world(share), drawn=self._drawn, ocr_processes=self._processes)
            print_cycle(f"cycle with {share:.0%} images and scans", cycle)
            self._cycles[share] = cycle
            if self._with_raw:
                raw = run_raw(
                    self._world(share), cycle.work, drawn=self._drawn, ocr_processes=self._processes
                )
                _print_raw(cycle, raw)
                self._raw[share] = raw
        return self._cycles[share]

    def _note(self, figure: Figure) -> None:
        self.figures.append(figure)
        sys.stdout.flush()


def _print_raw(cycle: Cycle, raw: RawJob) -> None:
    played = sum(cycle.watch.cpu.by_service.get(name, 0.0) for name in ("exchange", "mail"))
    engine = cycle.watch.cpu.total - played
    print(
        f"raw job: {raw.seconds:.1f} s; the cycle took {cycle.seconds / raw.seconds:.2f} times as long\n"
        f"  CPU time {raw.cpu:.0f} s; the cycle took {engine:.0f} s without the played site, "
        f"{engine / raw.cpu:.2f} times as much\n"
        f"  {raw.requests} requests in {raw.fetching:.1f} s, one after another over one connection\n"
        f"  {raw.documents} documents read in {raw.reading:.1f} s (names and codes)\n"
        f"  {raw.completed_rows} rows read to the end in {raw.completing:.1f} s"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a floor is not held."""
    asked = _arguments(arguments)
    # a stack that runs must be taken down, whoever ends us
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    session = Session(
        small=asked.small,
        drawn=asked.drawn,
        ocr_processes=asked.ocr_processes,
        with_raw="overhead" in asked.only,
    )
    print(f"load average {os.getloadavg()[0]:.1f} at the start, {os.cpu_count()} cores")
    parts: dict[str, Callable[[], None]] = {part: getattr(session, part) for part in PARTS}
    for part in PARTS:
        if part in asked.only:
            parts[part]()
    print_figures(session.figures)
    return int(any(figure.verdict == "FAIL" for figure in session.figures))


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bills", description=__doc__)
    parser.add_argument("--small", action="store_true", help="300 acceptors and 10,000 customers")
    parser.add_argument("--only", type=_parts, default=PARTS, help=f"some of {','.join(PARTS)}")
    parser.add_argument("--ocr-processes", type=int, default=os.cpu_count() or 1)
    default = Path(tempfile.gettempdir()) / "leaseflow-benchmarks" / "drawn"
    parser.add_argument("--drawn", type=Path, default=default, help="keeps the played site's files")
    return parser.parse_args(arguments)


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(text.split(","))
    if unknown := set(parts) - set(PARTS):
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: use some of {', '.join(PARTS)}")
    return parts


if __name__ == "__main__":
    sys.exit(main())
