"""How a cycle of bill monitoring is shown."""

from __future__ import annotations

import os

from benchmarks.bills_cycle import Cycle
from benchmarks.bills_history import shares


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
