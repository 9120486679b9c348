"""How figures are shown: measured, floor, aim, and whether the floor is held."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.bills_cycle import Cycle
from benchmarks.bills_history import shares


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    name: str
    measured: float
    floor: float
    """The worst value that is good enough; the best one if ``at_least``."""
    aim: float | None = None
    unit: str = "s"
    at_least: bool = False
    comparable: bool = True
    """False where the floor is meant for another size than was measured."""

    @property
    def held(self) -> bool:
        return self.measured >= self.floor if self.at_least else self.measured <= self.floor

    @property
    def verdict(self) -> str:
        if not self.comparable:
            return "(small)"
        return "pass" if self.held else "FAIL"


def print_figures(figures: Sequence[Figure]) -> None:
    """The table, with the machine's load now."""
    cores, load = os.cpu_count(), os.getloadavg()[0]
    print(f"\n{'figure':<58}{'measured':>12}{'floor':>12}{'aim':>10}")
    for figure in figures:
        sign = "≥" if figure.at_least else "≤"
        aim = f"{figure.aim:g}" if figure.aim is not None else ""
        print(
            f"{figure.name:<58}{figure.measured:>9.2f} {figure.unit:<3}{sign:>4}{figure.floor:>7g}"
            f"{aim:>10}  {figure.verdict}"
        )
    print(f"{cores} cores; load average {load:.1f} at the end")


def print_cycle(title: str, cycle: Cycle) -> None:
    """Where a cycle's time and memory went, and what it found."""
    print(f"\n== {title}: {cycle.seconds:.1f} s (load average {cycle.load:.1f} when it started)")
    print(f"{'activity':<24}{'turns':>6}{'waiting':>10}{'running':>10}{'from':>9}{'to':>8}")
    for share in shares(cycle.turns):
        print(
            f"{share.name:<24}{share.turns:>6}{share.waiting:>8.1f} s{share.running:>8.1f} s"
            f"{share.first:>7.1f} s{share.last:>6.1f} s"
        )
    watch = cycle.watch
    machine = (os.cpu_count() or 1) * cycle.seconds
    print(
        f"CPU time {watch.cpu.total:.0f} s, {watch.cpu.total / machine:.0%} of the machine's; "
        f"others took {watch.others_cpu:.0f} s (of it {watch.own_cpu:.0f} s for sampling)"
    )
    print("  " + ", ".join(f"{name} {size:.0f}" for name, size in watch.cpu.largest_first if size >= 1))
    print(f"memory at the peak {watch.memory.total:.0f} MiB")
    print("  " + ", ".join(f"{name} {size:.0f}" for name, size in watch.memory.largest_first))
    verdict = cycle.verdict
    print(f"found: {_counted(verdict.matches)}; findings about others: {len(verdict.wrong)}")
    print(f"overdue balances of these: {_counted(verdict.amounts)}")
    print(
        f"records {verdict.records}, review items {verdict.review_items}, "
        f"documents with notes {verdict.unreadable}"
    )
    for sentence in verdict.wrong[:5]:
        print(f"  wrong: {sentence}")


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{counts[name]} {name}" for name in sorted(counts)) or "nothing"
