"""Kills what a dead supervisor left behind.

The supervisor holds the other end of our standard input and names each process it starts. When it
ends, for whatever reason, SIGKILL included, the pipe closes and whatever still runs is stopped. It
works wherever pipes do, which a parent-death signal does not.
"""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass

import psutil

_PATIENCE_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Charge:
    """A process to be stopped, and the signal that it takes as a request.

    psutil remembers its start time: a process id that was given to another is left alone.
    """

    pid: int
    stop_signal: int


def family(processes: list[psutil.Process]) -> list[psutil.Process]:
    """The processes and everything that they started."""
    members: dict[int, psutil.Process] = {}
    for process in processes:
        try:
            for member in [process, *process.children(recursive=True)]:
                members[member.pid] = member
        except psutil.NoSuchProcess:
            continue
    return list(members.values())


def stop(charges: dict[Charge, psutil.Process]) -> None:
    """Ask each process to stop, then kill whatever of its family is left."""
    members = family(list(charges.values()))
    for charge, process in charges.items():
        try:
            process.send_signal(charge.stop_signal)
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(list(charges.values()), timeout=_PATIENCE_SECONDS)
    for member in members:
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    charges: dict[Charge, psutil.Process] = {}
    for line in sys.stdin:
        verb, pid, stop_signal = line.split()
        charge = Charge(int(pid), int(stop_signal))
        if verb == "watch":
            try:
                charges[charge] = psutil.Process(charge.pid)
            except psutil.NoSuchProcess:
                continue
        else:
            charges.pop(charge, None)
    alive = {charge: process for charge, process in charges.items() if process.is_running()}
    if alive:
        stop(alive)


if __name__ == "__main__":
    main()
