"""The supervisor keeps what it started running, and leaves alone what another one started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from models.errors import ServiceUnreachableError
from workers.stack.state import read_state
from workers.stack.supervisor import Supervisor


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """A supervisor takes them over."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_a_second_stack_in_the_same_home_is_refused_and_leaves_the_first_one_known(tmp_path: Path) -> None:
    first, second = Supervisor(tmp_path, print), Supervisor(tmp_path, print)
    with contextlib.closing(first):
        first.open()
        first.write_state({})
        with contextlib.closing(second), pytest.raises(ServiceUnreachableError, match="already running"):
            second.open()
        state = read_state(tmp_path)
        assert state is not None
        assert state["pid"] == os.getpid()


def test_a_database_that_died_is_started_again(tmp_path: Path) -> None:
    servers = [_server()]
    told: list[str] = []
    supervisor = Supervisor(tmp_path, told.append)

    def start_again() -> int:
        if len(told) == 1:
            raise ServiceUnreachableError("the old one's memory is in use")
        servers.append(_server())
        return servers[-1].pid

    with contextlib.closing(supervisor):
        supervisor.open()
        supervisor.adopt_postgres(servers[0].pid, start_again)
        servers[0].kill()
        servers[0].wait()
        # told of the state's change, the watch has done its work
        supervisor.watch(lambda: _stop_when_there(supervisor, servers))
        supervisor.write_state({})
        state = read_state(tmp_path)
        assert state is not None
        assert state["postgres_pid"] == servers[1].pid
    assert told == ["postgres ended; starting it again"] * 2
    servers[1].wait()
    assert not psutil.pid_exists(servers[1].pid)


def _server() -> subprocess.Popen[bytes]:
    command = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_DFL); time.sleep(600)"
    return subprocess.Popen([sys.executable, "-c", command])


def _stop_when_there(supervisor: Supervisor, servers: list[subprocess.Popen[bytes]]) -> None:
    if len(servers) > 1:
        supervisor._stopping.set()  # noqa: SLF001 - what a signal does
