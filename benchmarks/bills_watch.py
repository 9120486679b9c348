"""What the whole stack takes while a cycle runs: memory at the peak, and CPU time.

Memory is the sum of proportional set sizes, so that pages shared by processes count once. They are
costly to ask for, so they are taken when the resident sizes, which cost nothing, sum up to a new high.
CPU time tells more than the clock on a machine that does other work besides.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

_INTERVAL_SECONDS: Final = 0.5
_KIB_PER_MIB: Final = 1024
_TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")
_BROWSER_PROGRAMS: Final = ("chrom", "node", "headless")
"""How the names of Chromium's processes, and of the program that drives it, begin."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An amount by service, browsers apart."""

    by_service: Mapping[str, float] = field(default_factory=dict)

    @property
    def total(self) -> float:
        return sum(self.by_service.values())

    @property
    def largest_first(self) -> list[tuple[str, float]]:
        return sorted(self.by_service.items(), key=lambda entry: -entry[1])


class StackWatch:
    """Samples the stack twice a second, from entering to leaving.

    Args:
        state: what the supervisor wrote down about itself, with the process id of each service.
    """

    def __init__(self, state: Mapping[str, Any]) -> None:
        self._services = {state["pid"]: "supervisor", state["postgres_pid"]: "postgres"}
        self._services |= {service["pid"]: service["name"] for service in state["services"]}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.memory = Taken()
        """MiB at the moment of the largest sum."""
        self.cpu = Taken()
        """Seconds of CPU time, user and system."""
        self.others_cpu = 0.0
        """Seconds of CPU time that the rest of the machine took meanwhile, this benchmark included."""
        self.own_cpu = 0.0
        """Seconds of CPU time that the sampling took: it disturbs the cycle by so much."""

    def __enter__(self) -> Self:
        self._before, self._busy_before = _cpu(self._services), _busy_seconds()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        taken = {name: now - self._before.get(name, 0.0) for name, now in _cpu(self._services).items()}
        self.cpu = Taken({name: max(0.0, seconds) for name, seconds in taken.items()})
        self.others_cpu = max(0.0, _busy_seconds() - self._busy_before - self.cpu.total)

    def memory_now(self) -> Taken:
        """MiB at this moment; need not be entered for it."""
        return _memory(self._services)

    def _watch(self) -> None:
        highest = 0
        while not self._stop.wait(_INTERVAL_SECONDS):
            resident = sum(process.resident_pages for _owner, _pid, process in _owned(self._services))
            if resident > highest:
                highest = resident
                now = _memory(self._services)
                if now.total > self.memory.total:
                    self.memory = now
        self.own_cpu = time.thread_time()


class _Process(NamedTuple):
    parent: int
    program: str
    cpu_seconds: float
    """Of the process and of those of its children that ended."""
    resident_pages: int


def _memory(services: Mapping[int, str]) -> Taken:
    sizes: Counter[str] = Counter()
    for owner, pid, _process in _owned(services):
        sizes[owner] += _pss_kib(pid)
    return Taken({name: kib / _KIB_PER_MIB for name, kib in sizes.items()})


def _cpu(services: Mapping[int, str]) -> dict[str, float]:
    seconds: dict[str, float] = {}
    for owner, _pid, process in _owned(services):
        seconds[owner] = seconds.get(owner, 0.0) + process.cpu_seconds
    return seconds


def _owned(services: Mapping[int, str]) -> Iterator[tuple[str, int, _Process]]:
    """The stack's processes; each belongs to the nearest service among its ancestors."""
    everybody = _processes()
    for pid, process in everybody.items():
        ancestor = pid
        while ancestor in everybody and ancestor not in services:
            ancestor = everybody[ancestor].parent
        if ancestor in services:
            owner = services[ancestor]
            browser = process.program.startswith(_BROWSER_PROGRAMS)
            yield f"{owner}'s browser" if browser else owner, pid, process


def _processes() -> dict[int, _Process]:
    """Every process of the machine, read in one pass, which is what makes sampling cheap."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended meanwhile
            program, _, rest = stat.partition("(")[2].rpartition(")")
            fields = rest.split()  # see proc(5): the first of these is field 3, the state
            ticks = sum(map(int, fields[11:15]))
            found[int(folder.name)] = _Process(
                int(fields[1]), program, ticks / _TICKS_PER_SECOND, int(fields[21])
            )
    return found


def _pss_kib(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        pass  # it ended meanwhile
    return 0


def _busy_seconds() -> float:
    """CPU time that the whole machine was not idle, since it started."""
    user, nice, system, _idle, _iowait, irq, softirq, *_ = map(
        int, Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:]
    )
    return (user + nice + system + irq + softirq) / _TICKS_PER_SECOND
