"""A counter with its workers running, on the server that skips time."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.payments.books import LedgerBackedBooks
from activities.payments.receipts.books import LedgerBackedReceipts, LedgerBackedRefunds
from activities.payments.receipts.terminals import PostgresTerminals
from activities.store.database import Database
from models.money import Money
from models.parameters.banks import BankProfile, HttpConnection
from models.payments.messages import (
    PaymentOrder,
    PaymentOutcome,
    ReceiptBooked,
    ReceiptOrder,
    ReceiptOutcome,
    ReceiptState,
    Reconciled,
    RefundOrder,
    TerminalDayOrder,
    TerminalDayOutcome,
)
from models.payments.receipts.workflow_ids import (
    receipt_workflow,
    refund_workflow,
    terminal_day_workflow,
)
from models.people import Actor
from tests.factories.receipts import TakingHouse
from tests.factories.threads import own_threads
from workers.registry import steps_of, workflow_runner
from workflows.payments.payment import Payment
from workflows.payments.receipt import Receipt
from workflows.payments.refund import Refund
from workflows.payments.returning import PaymentReturn
from workflows.payments.terminal_day import TerminalDay
from workflows.queues import Queue

QUEUE = Queue.ENGINE
OPENING = Money.of("10000000.00")
DEAF_BANK = BankProfile(
    code="harbour",
    name="Harbour Bank",
    ledger_account="1002.01",
    own_account="6222021001116245702",
    own_name="租赁公司",
    http=HttpConnection(address="http://127.0.0.1:9", client_id="leaseflow"),
)
"""For stories in which nobody speaks to it."""

Handle = WorkflowHandle[Receipt, ReceiptOutcome]


@dataclass
class Counter:
    """A house that takes money, and how people speak to its receipts."""

    house: TakingHouse
    temporal: WorkflowEnvironment
    started: set[str] = field(default_factory=set)

    @property
    def client(self) -> Client:
        return self.temporal.client

    @property
    def cashier(self) -> Actor:
        return self.house.actor("luo.dan")

    @property
    def treasurer(self) -> Actor:
        return self.house.actor("he.ting")

    def receipt(self, receipt_id: str) -> Handle:
        """A receipt that another one started."""
        self.started.add(receipt_workflow(receipt_id))
        return self.client.get_workflow_handle_for(Receipt.run, receipt_workflow(receipt_id))

    async def start(self, order: ReceiptOrder) -> Handle:
        self.started.add(receipt_workflow(order.receipt_id))
        return await self.client.start_workflow(
            Receipt.run, order, id=receipt_workflow(order.receipt_id), task_queue=QUEUE
        )

    async def take(self, order: ReceiptOrder) -> Handle:
        """Take it, and wait until the books have it."""
        handle = await self.start(order)
        await self.booked(handle)
        return handle

    async def booked(self, handle: Handle) -> ReceiptBooked:
        """What the books made of it, from the receipt itself or, when it has ended, as it ended."""
        return await handle.execute_update("taken", id=uuid.uuid4().hex, result_type=ReceiptBooked)

    async def tell(self, handle: Handle, name: str, command: Any) -> ReceiptState:
        return await handle.execute_update(name, command, id=uuid.uuid4().hex, result_type=ReceiptState)

    async def refused(self, handle: Any, name: str, command: Any) -> str:
        """Why a command is refused."""
        with pytest.raises(WorkflowUpdateFailedError) as error:
            await handle.execute_update(name, command, id=uuid.uuid4().hex)
        return str(error.value.cause)

    async def reaches(self, handle: Handle, state: ReceiptState, waiting_for: str = "") -> None:
        """The receipt comes into a state; asked at the pace of the server's answers."""
        async with asyncio.timeout(30):
            status = await handle.query(Receipt.status)
            while status.state is not state or waiting_for not in status.waiting_for:
                status = await handle.query(Receipt.status)

    def balances(self, *accounts: str) -> list[str]:
        """Debit positive; the bank's without its opening balance."""
        amounts = [self.house.balance(code) for code in accounts]
        return [str(a - OPENING if c == "1002.01" else a) for c, a in zip(accounts, amounts, strict=True)]

    # ------------------------------------------------------------ terminals

    async def open_terminal(
        self, terminal: str, day: date
    ) -> WorkflowHandle[TerminalDay, TerminalDayOutcome]:
        """Register and open a terminal; gives its day."""
        self.house.terminal(terminal)
        self.started.add(terminal_day_workflow(terminal, day))
        handle = await self.client.start_workflow(
            TerminalDay.run,
            TerminalDayOrder(terminal, day, self.cashier),
            id=terminal_day_workflow(terminal, day),
            task_queue=QUEUE,
        )
        async with asyncio.timeout(30):
            while (await handle.query(TerminalDay.status)).state is None:
                pass
        return handle

    async def say(
        self, handle: WorkflowHandle[TerminalDay, TerminalDayOutcome], name: str, command: Any
    ) -> Reconciled:
        return await handle.execute_update(name, command, id=uuid.uuid4().hex, result_type=Reconciled)

    # ------------------------------------------------------------ refunds

    async def refund(self, order: PaymentOrder) -> WorkflowHandle[Refund, PaymentOutcome]:
        return await self.client.start_workflow(
            Refund.run, RefundOrder(order), id=refund_workflow(order.payment_id), task_queue=QUEUE
        )


@asynccontextmanager
async def open_counter(
    temporal: WorkflowEnvironment, database: Database, bank: BankProfile = DEAF_BANK
) -> AsyncIterator[Counter]:
    """A counter of a house with one bank."""
    house = TakingHouse(database)
    house.open(bank)
    hands = (
        LedgerBackedBooks(database),
        LedgerBackedReceipts(database),
        LedgerBackedRefunds(database),
        PostgresTerminals(database),
    )
    with ThreadPoolExecutor(4) as threads:
        async with (
            own_threads(),
            Worker(
                temporal.client,
                task_queue=QUEUE,
                workflows=[Receipt, Refund, TerminalDay, Payment, PaymentReturn],
                activities=[step for hand in hands for step in steps_of(hand)],
                activity_executor=threads,
                workflow_runner=workflow_runner(),
            ),
        ):
            counter = Counter(house, temporal)
            yield counter
            for workflow_id in counter.started:  # what stays open would keep the server from skipping time
                with suppress(RPCError):
                    await temporal.client.get_workflow_handle(workflow_id).terminate()
