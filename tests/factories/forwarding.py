"""A house that exchanges messages with partner systems, and what carries them.

``python -m tests.factories.forwarding DATABASE_URL PARTNER`` delivers in a process that can be killed, too.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment
from temporalio.worker import Worker

from activities.adapters.transports.opening import OpenTransports
from activities.forwarding.carriers import PartnerCarriers
from activities.forwarding.desk import BooksDesk
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
from tests.factories.threads import own_threads
from workers.registry import steps_of, workflow_runner
from workflows.forwarding.consistency import ConsistencyCheck
from workflows.forwarding.inbox import InboxReader
from workflows.forwarding.outbox import OutboxForwarder
from workflows.queues import Queue

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
KEY = "sandbox"


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
        # a carrier that fails ends the test at once; one that is cancelled leaves its thread at work
        async with own_threads(), asyncio.TaskGroup() as group:
            tasks = [group.create_task(carry(hands.deliver, partner, seen)) for partner in partners]
            tasks += [group.create_task(carry(hands.take_in, partner)) for partner in partners]
            yield seen
            for task in tasks:
                task.cancel()
    finally:
        await transports.close()


@asynccontextmanager
async def forwarding_workers(client: Client, database: Database, queue: str) -> AsyncIterator[None]:
    """Workers for the workflows, on a queue of the test's own, and for every step."""
    hands, transports = carriers(database)
    with ThreadPoolExecutor(4) as threads:
        engine = Worker(
            client,
            task_queue=queue,
            workflows=[OutboxForwarder, InboxReader, ConsistencyCheck],
            activities=steps_of(BooksDesk(database, transports.to)),
            activity_executor=threads,
            workflow_runner=workflow_runner(),
        )
        carrying = Worker(client, task_queue=Queue.FORWARDING, activities=steps_of(hands))
        async with own_threads(), engine, carrying:
            yield
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
