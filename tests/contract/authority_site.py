"""The played signing authority in a process of its own, for whoever signs in a test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from activities.adapters.authority.http import KEY_SECRET, ROOT_SECRET, HttpAuthority
from sandbox.authority import SHARED_KEY
from tests.contract.bank_site import ROOT, GivenSecrets, now


@dataclass(frozen=True, slots=True)
class AuthoritySite:
    """A running authority, and the admin's side of it."""

    address: str
    http: httpx.Client

    @property
    def root(self) -> bytes:
        return self.http.get("/admin/root.pem").raise_for_status().content

    @property
    def secrets(self) -> GivenSecrets:
        return GivenSecrets({KEY_SECRET: SHARED_KEY, ROOT_SECRET: self.root.decode()})

    def adapter(self, *, answer_seconds: float = 10.0) -> HttpAuthority:
        return HttpAuthority(self.address, self.secrets, now, answer_seconds=answer_seconds)

    def misbehave(self, kind: str, **details: Any) -> None:
        self.http.post("/admin/misbehave", json={"kind": kind} | details).raise_for_status()

    def behave(self) -> None:
        self.http.delete("/admin/misbehave").raise_for_status()

    def sessions(self, key: str, **chosen: str) -> list[dict[str, Any]]:
        """Sessions whose key begins so."""
        found: list[dict[str, Any]] = self.http.get("/admin/sessions", params=chosen).json()
        return [each for each in found if each["key"].startswith(key)]

    def act(self, session_id: str, what: str, **details: str) -> None:
        self.http.post(f"/admin/sessions/{session_id}/{what}", json=details).raise_for_status()

    def revoke(self, identifier: str) -> None:
        self.http.post("/admin/revoke", json={"identifier": identifier}).raise_for_status()


@contextmanager
def running_authority(*options: str) -> Iterator[AuthoritySite]:
    """The offices on a free port, ended afterwards."""
    command = [sys.executable, "-m", "sandbox.offices", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready.startswith("ready "), ready
        try:
            address = f"{ready.split()[1]}/authority"
            with httpx.Client(base_url=address, timeout=30) as http:
                yield AuthoritySite(address, http)
        finally:
            process.terminate()
            ended = process.wait(10)
        assert ended == 0
