"""The sandbox's mail and webhook sink, run as the program it is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class MailSink:
    """A running sink."""

    url: str
    smtp_port: int

    def misbehave(self, **switches: object) -> None:
        httpx.post(f"{self.url}/admin/misbehave", json=switches).raise_for_status()

    def clear(self) -> None:
        """Forget what arrived, and behave."""
        httpx.delete(f"{self.url}/messages").raise_for_status()
        httpx.delete(f"{self.url}/admin/misbehave").raise_for_status()

    def messages(self, to: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.url}/messages", params={"to": to}).json()["messages"]
        return found

    def hooks(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.url}/hooks/{name}").json()["hooks"]
        return found


@contextmanager
def running_sink() -> Iterator[MailSink]:
    """A sink on free ports, ended with the block."""
    command = [sys.executable, "-m", "sandbox.mail"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline().split()
            assert ready[:1] == ["ready"], f"the sink said {ready!r}"
            smtp_port = httpx.get(f"{ready[1]}/admin/health").json()["smtp_port"]
            yield MailSink(ready[1], smtp_port)
        finally:
            process.terminate()
