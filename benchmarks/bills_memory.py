"""Memory of the whole stack: proportional set sizes, so that pages shared by processes count once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

_INTERVAL_SECONDS: Final = 0.5
_KIB_PER_MIB: Final = 1024
_BROWSER_PROGRAMS: Final = ("chrom", "node", "headless")
"""How the names of Chromium's processes, and of the program that drives it, begin."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """MiB of the stack at one moment, by service."""

    by_service: Mapping[str, float] = field(default_factory=dict)

    @property
    def total(self) -> float:
        return sum(self.by_service.values())


class MemoryWatch:
    """Samples the stack twice a second while a cycle runs, and keeps the largest sum.

    Args:
        state: what the supervisor wrote down about itself, with the process id of each service.
    """

    def __init__(self, state: Mapping[str, Any]) -> None:
        self._services = {state["pid"]: "supervisor", state["postgres_pid"]: "postgres"}
        self._services |= {service["pid"]: service["name"] for service in state["services"]}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak = Footprint()
        self.cost_seconds = 0.0
        """CPU time that the sampling itself took: it disturbs the cycle by so much."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_INTERVAL_SECONDS):
            now = _footprint(self._services)
            if now.total > self.peak.total:
                self.peak = now
        self.cost_seconds = time.thread_time()


def _footprint(services: Mapping[int, str]) -> Footprint:
    """Memory by service: each process belongs to the nearest service among its ancestors."""
    everybody = _processes()
    sizes: Counter[str] = Counter()
    for pid, (_parent, program) in everybody.items():
        owner = _owner(pid, services, everybody)
        if owner is not None:
            browser = program.startswith(_BROWSER_PROGRAMS)
            sizes[f"{owner}'s browser" if browser else owner] += _pss_kib(pid)
    return Footprint({name: kib / _KIB_PER_MIB for name, kib in sizes.items()})


def _processes() -> dict[int, tuple[int, str]]:
    """Parent and program of every process: read in one pass, which is what makes sampling cheap."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended meanwhile
            program, _, rest = stat.partition("(")[2].rpartition(")")
            found[int(folder.name)] = (int(rest.split()[1]), program)
    return found


def _owner(pid: int, services: Mapping[int, str], everybody: Mapping[int, tuple[int, str]]) -> str | None:
    while pid in everybody:
        if pid in services:
            return services[pid]
        pid = everybody[pid][0]
    return None


def _pss_kib(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        pass  # it ended meanwhile
    return 0
