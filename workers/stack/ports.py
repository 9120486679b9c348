"""Ports of the embedded services: asked for, or else the usual ones where they are free."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil

from models.errors import ServiceUnreachableError

HOST: Final = "127.0.0.1"

USUAL: Final[Mapping[str, int]] = {
    "temporal": 7233,
    "temporal-ui": 8233,
    "console": 8500,
    "exchange": 8600,
    "smtp": 8625,
    "mailbox": 8626,
    "banks": 8610,
    "banks-sftp": 8622,
    "nats": 4222,
    "partners": 8630,
    "offices": 8640,
    "engine-health": 9461,
    "engine-metrics": 9462,
    "outside-health": 9467,
    "outside-metrics": 9468,
    "robot-health": 9463,
    "robot-metrics": 9464,
    "reading-health": 9465,
    "reading-metrics": 9466,
}


def choose_ports(remembered_in: Path, asked: Mapping[str, int]) -> dict[str, int]:
    """A port for each service, the same as last time where possible.

    Raises:
        ServiceUnreachableError: a port that was asked for is taken.
    """
    remembered: dict[str, int] = json.loads(remembered_in.read_text()) if remembered_in.exists() else {}
    with _reservations() as taken:
        chosen: dict[str, int] = {}
        for service, usual in USUAL.items():
            used = taken | set(chosen.values())
            if service in asked:
                if not _is_free(asked[service], used):
                    raise ServiceUnreachableError(
                        f"port {asked[service]} for {service} is taken",
                        remedy="Ask for another one, or leave it open",
                    )
                chosen[service] = asked[service]
                continue
            wanted = remembered.get(service, usual)
            chosen[service] = wanted if _is_free(wanted, used) else _any_port(used)
        taken.update(chosen.values())
    remembered_in.write_text(json.dumps(chosen, indent=2))
    return chosen


@contextmanager
def _reservations() -> Iterator[set[int]]:
    """Ports that other stacks have chosen but may not listen on yet; what is added becomes ours.

    Two stacks that start together would otherwise choose the same ones.
    """
    file = Path(tempfile.gettempdir()) / f"leaseflow-ports-{os.getuid()}.json"
    with file.open("a+") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        handle.seek(0)
        known: dict[str, list[int]] = json.loads(handle.read() or "{}")
        alive = {pid: ports for pid, ports in known.items() if psutil.pid_exists(int(pid))}
        others = {port for pid, ports in alive.items() if int(pid) != os.getpid() for port in ports}
        taken = set(others)
        yield taken
        handle.truncate(0)
        json.dump(alive | {str(os.getpid()): sorted(taken - others)}, handle)


def _is_free(port: int, used: set[int]) -> bool:
    if port in used:
        return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _any_port(used: set[int]) -> int:
    while True:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port: int = probe.getsockname()[1]
        if port not in used:
            return port
