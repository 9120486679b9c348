"""Starts the embedded services in order, keeps them running, and stops all of them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import psutil

from models.errors import LeaseflowError, ServiceUnreachableError
from workers.stack.guard import Charge, stop
from workers.stack.services import FRUGAL, Service
from workers.stack.state import FILE, refuse_second

_READY_SECONDS = 90
_RESTARTS_IN_A_ROW = 5
_CALM_SECONDS = 60
"""A service that has run so long is taken for healthy again."""


@dataclass(slots=True)
class _Running:
    service: Service
    process: subprocess.Popen[bytes]
    started: float
    restarts: int = 0


@dataclass(slots=True)
class _Database:
    """The database server: no child of ours, since it starts itself."""

    pid: int
    start_again: Callable[[], int]
    started: float
    restarts: int = 0

    def is_alive(self) -> bool:
        try:
            return psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False


@dataclass
class Supervisor:
    """The parent of the embedded stack.

    Args:
        home: directory for data, logs and the file that says where everything is.
        say: told each step, for the terminal.
    """

    home: Path
    say: Callable[[str], None]
    _running: dict[str, _Running] = field(default_factory=dict)
    _guard: subprocess.Popen[bytes] | None = None
    _database: _Database | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)

    # ------------------------------------------------------------ starting

    def open(self) -> None:
        """Take possession of the home directory and start the guard.

        Raises:
            ServiceUnreachableError: a stack is already running there.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "logs").mkdir(exist_ok=True)
        refuse_second(self.home)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stopping.set())
        self._guard = subprocess.Popen(
            [sys.executable, "-m", "workers.stack.guard"], stdin=subprocess.PIPE, start_new_session=True
        )

    def adopt_postgres(self, pid: int, start_again: Callable[[], int]) -> None:
        """Watch over the database server, which started itself.

        Args:
            pid: its process.
            start_again: starts it on the same data and gives its new process.
        """
        self._database = _Database(pid, start_again, time.monotonic())
        self._tell_guard("watch", pid, signal.SIGINT)

    def start(self, *services: Service) -> None:
        """Start services side by side and wait until each is ready.

        Raises:
            ServiceUnreachableError: one ended, or did not become ready in time.
            StackStoppedError: somebody asked to stop meanwhile.
        """
        began = time.monotonic()
        for service in services:
            self._running[service.name] = _Running(service, self._spawn(service), began)
        waiting = list(services)
        while waiting:
            for service in list(waiting):
                if service.is_ready(self._running[service.name].process.pid):
                    waiting.remove(service)
                    self.say(f"{service.name:<16} ready in {time.monotonic() - began:4.1f} s  {service.url}")
                else:
                    self._must_be_starting(service, began)
            if waiting and self._stopping.wait(0.1):
                raise StackStoppedError

    def _must_be_starting(self, service: Service, began: float) -> None:
        code = self._running[service.name].process.poll()
        if code is None and time.monotonic() - began <= _READY_SECONDS:
            return
        what = "ended" if code is not None else "did not become ready"
        raise ServiceUnreachableError(
            f"{service.name} {what}: {self._last_line(service)}", remedy=f"See {self._log_path(service)}"
        )

    def write_state(self, state: Mapping[str, Any]) -> None:
        """Write down where everything is, for every other command to find."""
        body = {
            "pid": os.getpid(),
            "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "services": [
                {"name": name, "pid": entry.process.pid, "url": entry.service.url}
                for name, entry in self._running.items()
            ],
            "postgres_pid": self._database.pid if self._database else None,
            **state,
        }
        temporary = self.home / f"{FILE}.new"
        temporary.write_text(json.dumps(body, indent=2))
        temporary.replace(self.home / FILE)

    # ------------------------------------------------------------ running

    def watch(self, refresh: Callable[[], None]) -> None:
        """Restart what dies, until somebody asks to stop.

        Args:
            refresh: writes the state again after a restart.

        Raises:
            ServiceUnreachableError: a service dies again and again.
        """
        while not self._stopping.wait(0.5):
            if self._database is not None and not self._database.is_alive():
                self._restart_postgres(self._database)
                refresh()
            for entry in list(self._running.values()):
                if entry.process.poll() is None:
                    continue
                self._restart(entry)
                refresh()

    def _restart(self, entry: _Running) -> None:
        service, now = entry.service, time.monotonic()
        restarts = _in_a_row(entry, now)
        self._tell_guard("forget", entry.process.pid, service.stop_signal)
        if restarts > _RESTARTS_IN_A_ROW:
            raise ServiceUnreachableError(
                f"{service.name} ends again and again: {self._last_line(service)}",
                remedy=f"See {self._log_path(service)}",
            )
        self.say(f"{service.name} ended with {entry.process.returncode}; starting it again")
        self._stopping.wait(min(2.0**restarts, 30) / 2)
        self._running[service.name] = _Running(service, self._spawn(service), now, restarts)

    def _restart_postgres(self, database: _Database) -> None:
        """Start the database again; its old processes may need a moment until they leave the data alone.

        Raises:
            ServiceUnreachableError: it does not start.
        """
        now = time.monotonic()
        database.restarts = _in_a_row(database, now)
        self._tell_guard("forget", database.pid, signal.SIGINT)
        self.say("postgres ended; starting it again")
        self._stopping.wait(min(2.0**database.restarts, 30) / 2)
        try:
            database.pid = database.start_again()
        except ServiceUnreachableError:
            if database.restarts >= _RESTARTS_IN_A_ROW:
                raise
            return
        database.started = now
        self._tell_guard("watch", database.pid, signal.SIGINT)

    def close(self) -> None:
        """Stop everything, workers first, the database last."""
        if self._guard is None:  # never opened: what runs in this home belongs to somebody else
            return
        self._stopping.set()
        for entry in reversed(list(self._running.values())):
            self._stop(entry.process.pid, entry.service.stop_signal)
            entry.process.wait()
        if self._database is not None:
            self._stop(self._database.pid, signal.SIGINT)
        (self.home / FILE).unlink(missing_ok=True)
        if self._guard.stdin is not None:
            self._guard.stdin.close()
            self._guard.wait()

    def _stop(self, pid: int, stop_signal: int) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            stop({Charge(pid, stop_signal): psutil.Process(pid)})
        self._tell_guard("forget", pid, stop_signal)

    # ------------------------------------------------------------ processes

    def _spawn(self, service: Service) -> subprocess.Popen[bytes]:
        with self._log(service) as log:
            process = subprocess.Popen(
                service.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**FRUGAL, **os.environ, **service.environment},
                # Ctrl-C in the terminal is for us alone: we stop the services in order
                start_new_session=True,
            )
        self._tell_guard("watch", process.pid, service.stop_signal)
        return process

    def _tell_guard(self, verb: str, pid: int, stop_signal: int) -> None:
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.write(f"{verb} {pid} {int(stop_signal)}\n".encode())
            self._guard.stdin.flush()

    def _log_path(self, service: Service) -> Path:
        return self.home / "logs" / f"{service.name}.log"

    def _log(self, service: Service) -> IO[bytes]:
        return self._log_path(service).open("ab")

    def _last_line(self, service: Service) -> str:
        lines = self._log_path(service).read_text(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "it wrote nothing"


def _in_a_row(entry: _Running | _Database, now: float) -> int:
    """How often it had to be started again without a calm time between."""
    return 0 if now - entry.started > _CALM_SECONDS else entry.restarts + 1


class StackStoppedError(LeaseflowError):
    """Somebody asked to stop while the stack was still starting."""

    def __init__(self) -> None:
        super().__init__("stopped before the stack was ready")
