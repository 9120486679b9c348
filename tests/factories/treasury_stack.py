"""A treasury on the embedded stack: many workers that die, and the people who do their work meanwhile."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any, Final

from sqlalchemy import text
from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError

from activities.store import people
from activities.store.database import Database
from activities.store.ledger.posting import post
from activities.store.payments import discrepancies
from models.calendar import business_date
from models.ledger.journals import JournalOrder, Line
from models.money import Money
from models.payments.banking import BankAccount
from models.payments.messages import (
    BatchDecision,
    BatchOrder,
    BatchState,
    CloseBatch,
    PaymentAnswer,
    PaymentOrder,
    PaymentState,
    Resolution,
)
from models.payments.workflow_ids import batch_workflow, payment_workflow
from models.people import Actor
from tests.contract.bank_site import PlayedBank
from workflows.queues import Queue

CLOSED: Final = "99901"
NO_FUNDS: Final = "99902"
COMES_BACK: Final = "99904"
STUCK: Final = "99905"
"""Endings of account numbers: what the played banks make of them."""


# ---------------------------------------------------------------- workers that die


def _work(home: str, log: str, queues: Sequence[Queue]) -> None:
    """A worker process of the house, as ``leaseflow worker`` runs it."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ |= {
        "LEASEFLOW_HOME": home,
        "LEASEFLOW_SECRET_EXCHANGE_PASSWORD": "sandbox",
        "LEASEFLOW_SECRET_WEBHOOK_KEY": "sandbox",
    }
    from workers.logging import set_up_logging
    from workers.run import run_workers
    from workers.settings import load_settings

    parent = multiprocessing.parent_process()
    assert parent is not None
    orphaned = [parent.sentinel]
    Thread(target=lambda: wait(orphaned) and os._exit(1), daemon=True).start()
    settings = load_settings(home=Path(home))
    set_up_logging(settings.log_format)
    asyncio.run(run_workers(settings, queues, health=None, metrics=None))


@dataclass
class Crowd:
    """Worker processes beside the stack's own, each killed now and then and replaced at once.

    They are forked from a process that has imported everything: a worker that takes seconds to start
    would be dead before it had begun to work.
    """

    home: Path
    size: int = 3
    queues: tuple[Queue, ...] = (Queue.ENGINE, Queue.BANKS)
    kills: int = 0
    _alive: list[BaseProcess] = field(default_factory=list)
    _context: ForkServerContext = field(default_factory=lambda: multiprocessing.get_context("forkserver"))

    @contextmanager
    def at_work(self) -> Iterator[None]:
        self._context.set_forkserver_preload(["tests.factories.treasury_stack", "workers.run"])
        self._alive = [self._hire() for _ in range(self.size)]
        try:
            yield
        finally:
            for process in self._alive:
                process.kill()
                process.join(10)

    def kill_one(self, chance: random.Random) -> None:
        """SIGKILL one of them; another takes its place."""
        place = chance.randrange(self.size)
        self._alive[place].kill()
        self._alive[place].join(10)
        self._alive[place] = self._hire()
        self.kills += 1

    def _hire(self) -> BaseProcess:
        log = self.home / "logs" / "crowd.log"
        process = self._context.Process(
            target=_work, args=(str(self.home), str(log), self.queues), daemon=True
        )
        process.start()
        return process


# ---------------------------------------------------------------- the house and its people


@dataclass
class House:
    """The database, the client and the two banks of a running stack."""

    database: Database
    client: Client
    harbour: PlayedBank
    river: PlayedBank

    def actor(self, username: str) -> Actor:
        with self.database.transaction() as session:
            return people.find_member(session, username).actor()

    def rows(self, query: str, **values: Any) -> list[Any]:
        with self.database.transaction() as session:
            return list(session.execute(text(query), values))

    async def running(self, *kinds: str) -> int:
        """Open workflows of these types."""
        named = ", ".join(f"'{kind}'" for kind in kinds)
        query = f"ExecutionStatus = 'Running' AND WorkflowType IN ({named})"
        return (await self.client.count_workflows(query)).count

    async def build(self, batch_id: str, product: str) -> None:
        """Order a batch of everything that is due."""
        day = business_date(datetime.now(UTC))
        await self.client.start_workflow(
            "DebitBatch",
            BatchOrder(batch_id, "river", product, day, self.actor("luo.dan")),
            id=batch_workflow(batch_id),
            task_queue=Queue.ENGINE,
        )

    async def command(self, workflow_id: str, update: str, command: object, answer: type) -> bool:
        """Give a person's command under one id until it is answered; False when it is refused."""
        handle, request = self.client.get_workflow_handle(workflow_id), uuid.uuid4().hex
        for _ in range(6):
            # the worker that should answer may be dead: ask again, under the same id
            with suppress(WorkflowUpdateRPCTimeoutOrCancelledError, RPCError):
                try:
                    await handle.execute_update(
                        update, command, id=request, result_type=answer, rpc_timeout=timedelta(seconds=15)
                    )
                except WorkflowUpdateFailedError:
                    return False
                return True
        return False

    async def approve(self, batch_id: str) -> bool:
        decision = BatchDecision(self.actor("he.ting"), approved=True, note="checked")
        return await self.command(batch_workflow(batch_id), "decide", decision, BatchState)

    async def close(self, batch_id: str) -> bool:
        closing = CloseBatch(self.actor("he.ting"), "the bank never answered the rest")
        return await self.command(batch_workflow(batch_id), "close", closing, BatchState)


def payments(count: int, ordered_by: Actor, *, seed: int) -> Iterator[PaymentOrder]:
    """Pay-outs and collections, none over the release limit, some to accounts that do not take them."""
    chance = random.Random(seed)
    for number in range(1, count + 1):
        collection = number % 3 == 0
        yield PaymentOrder(
            payment_id=f"P-{number:04d}",
            product="rent" if collection else "supplier",
            bank="harbour",
            counterparty=BankAccount(account(number, collection=collection), f"对方{number}", "104290003033"),
            amount=Money(chance.randint(1, 9_999_999)),
            business_reference=f"INV-{number:04d}",
            ordered_by=ordered_by,
            mandate=f"M-{number}" if collection else "",
        )


def account(number: int, *, collection: bool) -> str:
    """The other side's account: every 40th closed, every 50th sends back, every 90th stays open."""
    if number % 40 == 7:
        return f"310015203130{number:03d}{CLOSED}"
    if number % 50 == 11:
        return f"310015203130{number:03d}{COMES_BACK}"
    if number % 90 == 13:
        return f"310015203130{number:03d}{STUCK}"
    if collection and number % 60 == 18:
        return f"310015203130{number:03d}{NO_FUNDS}"
    return f"31001520313051{number:06d}"


def dues_file(directory: Path, product: str, count: int) -> Path:
    """A CSV file of dues, as another system would write it; some debtors have no account, or no money."""
    chance = random.Random(f"{product}{count}")
    file = directory / f"{product}.csv"
    day = business_date(datetime.now(UTC))
    rows = [
        f"{product}-{n}/01,L-{n},承租人{n},{account(n % 1000, collection=True)},M-{n},"
        f"{Money(chance.randint(100, 999_999))},{day}"
        for n in range(1, count + 1)
    ]
    head = "due_id,business_reference,debtor_name,debtor_account,mandate,amount,due_date"
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return file


@dataclass
class Treasurer:
    """Decides what waits for a person by asking the bank on the telephone: by its own books."""

    house: House
    actor: Actor
    decided: dict[str, str] = field(default_factory=dict)

    async def look(self) -> None:
        """Everything that waits now."""
        waiting = self.house.rows(
            "SELECT payment_id FROM payment WHERE state = 'contradicted'"
            " OR (state IN ('unknown', 'instructed') AND sentence LIKE '%has said nothing definite%')"
        )
        await asyncio.gather(*(self._decide(row.payment_id) for row in waiting))

    async def _decide(self, reference: str) -> None:
        orders = (
            await asyncio.to_thread(
                self.house.harbour.http.get, "/admin/harbour/orders", params={"reference": reference}
            )
        ).json()["orders"]
        answer, note, bank_reference = PaymentAnswer.FAILED, "their books have nothing of it", ""
        if any(each["status"] == "ACCEPTED" for each in orders):
            await asyncio.to_thread(self.house.harbour.post, f"orders/{reference}/settle")
            answer, note = PaymentAnswer.ASK_AGAIN, "they had forgotten it, and book it now"
        elif booked := [each for each in orders if each["status"] in {"SETTLED", "RETURNED"}]:
            answer, note = PaymentAnswer.SETTLED, "it stands in their books"
            bank_reference = booked[0]["bank_reference"]
        command = Resolution(self.actor, answer, note, bank_reference)
        if await self.house.command(payment_workflow(reference), "resolve", command, PaymentState):
            self.decided[reference] = answer


@dataclass
class Accountant:
    """Brings the ledger to what the bank has booked, where the bank lied and it is known to have done so."""

    house: House
    actor: Actor

    def correct(self, bank: str, account_code: str, differences: dict[str, int]) -> None:
        """Post what is missing, or too much, under the order's own reference, and settle what is noted."""
        now = datetime.now(UTC)
        day = business_date(now)
        with self.house.database.transaction() as session:
            for reference, minor in sorted(differences.items()):
                amount = Money(minor)
                lines = (Line(account_code, amount, reference=reference), Line("1531", -amount))
                post(
                    session,
                    JournalOrder(
                        key=f"correction/{bank}/{reference}",
                        kind="manual",
                        business_date=day,
                        value_date=day,
                        lines=lines,
                        narrative=f"按银行账更正 {reference}",
                        posted_by=self.actor.username,
                    ),
                )
            for row in discrepancies.listed(session, limit=10_000):
                if row.bank == bank and row.discrepancy_id is not None:
                    discrepancies.settle(
                        session,
                        row.discrepancy_id,
                        by=self.actor.username,
                        note="compared with their books",
                        at=now,
                    )
