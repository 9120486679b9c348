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

import psutil

_INTERVAL_SECONDS: Final = 0.5


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
        self._roots = {"supervisor": state["pid"], "postgres": state["postgres_pid"]}
        self._roots |= {service["name"]: service["pid"] for service in state["services"]}
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
            now = _footprint(self._roots)
            if now.total > self.peak.total:
                self.peak = now
        self.cost_seconds = time.thread_time()


def _footprint(roots: Mapping[str, int]) -> Footprint:
    """Memory by service. Services are the supervisor's children, so each process is counted once."""
    owners = {pid: name for name, pid in roots.items()}
    sizes: Counter[str] = Counter()
    for name, pid in roots.items():
        for process in _family(pid):
            # the supervisor's family is everybody: what belongs to a service is counted there
            if name == "supervisor" and _owner(process, owners) != name:
                continue
            part = _part(process, name)
            sizes[part] += _pss_kib(process.pid) / 1024  # type: ignore[assignment]
    return Footprint(dict(sizes))


def _family(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _owner(process: psutil.Process, owners: Mapping[int, str]) -> str:
    try:
        for member in (process, *process.parents()):
            if member.pid in owners:
                return owners[member.pid]
    except psutil.NoSuchProcess:
        pass  # it ended meanwhile and holds no memory
    return ""


def _part(process: psutil.Process, service: str) -> str:
    """The service, its browser apart: that is most of what the robot takes."""
    try:
        program = process.name()
    except psutil.NoSuchProcess:
        return service
    return f"{service}'s browser" if program.startswith(("chrom", "node")) else service


def _pss_kib(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        pass  # it ended meanwhile
    return 0
