"""The whole house on a played outside world: every part real, each test file with a stack of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
WORLD = ("--seed=7", "--acceptors=60", "--page-rows=20")


@dataclass
class Stack:
    """A running embedded stack, used through the command line and the sandbox's admin pages."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "LEASEFLOW_HOME": str(self.home), "COLUMNS": "200"}

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command; its standard output."""
        outcome = self.attempt(*arguments)
        assert outcome.returncode == code, (
            f"{arguments}: {outcome.returncode}\n{outcome.stdout}\n{outcome.stderr}"
        )
        return outcome.stdout

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli.app", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json"))

    @property
    def state(self) -> dict[str, Any]:
        return json.loads((self.home / "stack.json").read_text())

    def pid(self, service: str) -> int:
        return next(entry["pid"] for entry in self.state["services"] if entry["name"] == service)

    def url(self, service: str) -> str:
        return next(entry["url"] for entry in self.state["services"] if entry["name"] == service)

    # ------------------------------------------------------------ the outside world

    def exchange(self, path: str, body: object = None, *, method: str | None = None) -> Any:
        return _http(self.state["settings"]["exchange_url"] + path, body, method)

    def banks(self, path: str, body: object = None, *, method: str | None = None) -> Any:
        """The admin's side of the played banks."""
        return _http(f"{self.url('banks')}/admin/{path}", body, method)

    def offices(self, path: str, body: object = None, *, method: str | None = None) -> Any:
        """The admin's side of the played offices: ``movables/admin/registrations``."""
        return _http(f"{self.url('offices')}/{path}", body, method)

    def misbehave(self, **switches: object) -> None:
        self.exchange("/admin/misbehave", switches)

    def behave(self) -> None:
        self.exchange("/admin/misbehave", method="DELETE")

    def mails(self) -> list[dict[str, Any]]:
        answer = _http(f"{self.url('mail')}/messages", None, None)
        return answer["messages"] if isinstance(answer, dict) else answer

    def import_customers(self) -> dict[str, Any]:
        """Bring the customer file that goes with the played lists; gives what is true about them."""
        file = self.home / "customers.csv"
        subprocess.run(
            [
                sys.executable,
                "-m",
                "sandbox.exchange",
                "customers",
                *WORLD,
                "--customers=800",
                f"--out={file}",
            ],
            cwd=ROOT,
            check=True,
        )
        self.run("customers", "import", str(file), "--as", "risk.desk")
        self.run("params", "set", "crawl.delay_seconds=0", "--reason=test", "--as=risk.desk")
        return json.loads((self.home / "truth.json").read_text())


def start(home: Path) -> Stack:
    stack = Stack(home)
    stack.run("up", "--detach", *(f"--exchange-option={option}" for option in WORLD))
    return stack


def _http(url: str, body: object, method: str | None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        url, data=data, method=method, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        content = answer.read()
    return json.loads(content) if content else None


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = start(tmp_path_factory.mktemp("house"))
    yield running
    running.run("down")
