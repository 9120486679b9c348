"""The sandbox banks in a process of their own, and adapters that speak to them, for contract tests."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from activities.adapters.banks.secret_names import secret_of
from activities.ports.secrets import MissingSecretError, SecretStore
from models.money import Money
from models.parameters.banks import BankProfile, HttpConnection
from models.payments.banking import BankAccount, BankOrder, Direction

ROOT = Path(__file__).parents[2]
OWN_ACCOUNT = "6222020000000000001"
DAY = date(2026, 11, 20)


@dataclass(frozen=True, slots=True)
class PlayedBank:
    """The admin's side of one played bank."""

    name: str
    http: httpx.Client

    def misbehave(self, **switches: Any) -> None:
        self.http.post(f"/admin/{self.name}/misbehave", json=switches).raise_for_status()

    def behave(self) -> None:
        self.http.delete(f"/admin/{self.name}/misbehave").raise_for_status()

    def settings(self, **settings: Any) -> None:
        self.http.post(f"/admin/{self.name}/settings", json=settings).raise_for_status()

    def books(self, **chosen: Any) -> list[dict[str, Any]]:
        return self.http.get(f"/admin/{self.name}/books", params=chosen).json()["entries"]

    def lies(self, reference: str) -> list[dict[str, Any]]:
        return self.http.get(f"/admin/{self.name}/lies", params={"reference": reference}).json()["lies"]

    def requests(self, **chosen: Any) -> list[dict[str, Any]]:
        return self.http.get(f"/admin/{self.name}/requests", params=chosen).json()["requests"]

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        return self.http.post(f"/admin/{self.name}/{path}", json=body).raise_for_status().json()


@dataclass(frozen=True, slots=True)
class BankSite:
    """A running sandbox with both banks."""

    http: httpx.Client
    keys: dict[str, Any]

    @property
    def harbour(self) -> PlayedBank:
        return PlayedBank("harbour", self.http)

    @property
    def river(self) -> PlayedBank:
        return PlayedBank("river", self.http)


@dataclass(slots=True)
class GivenSecrets(SecretStore):
    """Secrets of a test."""

    values: dict[str, str]

    def get(self, name: str) -> str:
        if name not in self.values:
            raise MissingSecretError(f"secret {name!r} is not given")
        return self.values[name]


@dataclass(slots=True)
class Evidence:
    """What was kept."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def keep(self, content: bytes, media_type: str) -> str:
        assert media_type == "message/http"
        digest = hashlib.sha256(content).hexdigest()
        self.kept[digest] = content
        return digest


@contextmanager
def running_banks(*options: str) -> Iterator[BankSite]:
    """Both banks on free ports, ended afterwards."""
    command = [sys.executable, "-m", "sandbox.banks", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready.startswith("ready "), ready
        with httpx.Client(base_url=ready.split()[1], timeout=30) as http:
            yield BankSite(http, http.get("/admin/keys").json())
        process.terminate()
        assert process.wait(10) == 0


def now() -> datetime:
    return datetime.now(UTC)


def http_profile(site: BankSite, *, client: str = "leaseflow", **changes: Any) -> BankProfile:
    known = site.keys["harbour"]
    connection = {
        "address": known["address"],
        "client_id": client,
        "signature": known["clients"].get(client, {}).get("signature", "ed25519"),
        "answer_seconds": 1.0,
    }
    return BankProfile(
        code="harbour",
        name="Harbour Bank",
        ledger_account="1002.01",
        own_account=OWN_ACCOUNT,
        own_name="租赁公司",
        http=HttpConnection(**(connection | changes)),
    )


def http_secrets(site: BankSite, client: str = "leaseflow", **changes: str) -> GivenSecrets:
    known = site.keys["harbour"]["clients"][client] | changes
    names = ("key", "public_key")
    return GivenSecrets({secret_of("harbour", name): known[name] for name in names})  # type: ignore[arg-type]


def order(amount: str = "1234.50", *, to: str = "6228480000000012345", **changes: Any) -> BankOrder:
    """An order with a reference of its own."""
    said: dict[str, Any] = {
        "reference": f"P{uuid4().hex[:20]}",
        "direction": Direction.PAY_OUT,
        "own_account": BankAccount(OWN_ACCOUNT, "租赁公司"),
        "counterparty": BankAccount(to, "上海某某汽车销售有限公司", "104290003033"),
        "amount": Money.of(amount),
        "execution_date": DAY,
        "purpose": "放款 L2026-0001",
    }
    return BankOrder(**(said | changes))
