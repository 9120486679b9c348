"""A receipt clears as its channel says, or bounces; and the ledger shows what is ours."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.payments.receipts.books import LedgerBackedReceipts
from activities.store.database import Database
from models.calendar import SHANGHAI, BusinessCalendar
from models.money import Money
from models.parameters.banks import BankProfile, HttpConnection
from models.payments.messages import (
    BounceReceipt,
    CancelReceipt,
    ChangeMethod,
    ConfirmReceipt,
    IdentifyReceipt,
    ReceiptBooked,
    ReceiptOrder,
    ReceiptOutcome,
    ReceiptPart,
    ReceiptState,
    ReverseReceipt,
)
from models.payments.receipts.workflow_ids import receipt_workflow
from tests.factories.receipts import CONTRACT, TakingHouse
from workers.registry import steps_of, workflow_runner
from workflows.payments.receipt import Receipt

pytestmark = pytest.mark.stack

QUEUE = "receipts-test"
OPENING = Money.of("10000000.00")
BANK = BankProfile(
    code="harbour",
    name="Harbour Bank",
    ledger_account="1002.01",
    own_account="6222021001116245702",
    own_name="租赁公司",
    http=HttpConnection(address="http://127.0.0.1:9", client_id="leaseflow"),
)
Handle = WorkflowHandle[Receipt, ReceiptOutcome]


@dataclass
class Counter:
    """A house with its workers running."""

    house: TakingHouse
    temporal: WorkflowEnvironment

    @property
    def client(self) -> Client:
        return self.temporal.client

    async def take(self, order: ReceiptOrder) -> Handle:
        return await self.client.start_workflow(
            Receipt.run, order, id=receipt_workflow(order.receipt_id), task_queue=QUEUE
        )

    async def booked(self, handle: Handle) -> ReceiptBooked:
        return await handle.execute_update("taken", id=uuid.uuid4().hex, result_type=ReceiptBooked)

    async def tell(self, handle: Handle, name: str, command: Any) -> ReceiptState:
        return await handle.execute_update(name, command, id=uuid.uuid4().hex, result_type=ReceiptState)

    async def refused(self, handle: Handle, name: str, command: Any) -> str:
        with pytest.raises(WorkflowUpdateFailedError) as error:
            await self.tell(handle, name, command)
        return str(error.value.cause)

    async def reaches(self, handle: Handle, state: ReceiptState, waiting_for: str = "") -> None:
        """The receipt comes into a state; asked at the pace of the server's answers."""
        async with asyncio.timeout(30):
            status = await handle.query(Receipt.status)
            while status.state is not state or waiting_for not in status.waiting_for:
                status = await handle.query(Receipt.status)

    def cashier(self) -> Any:
        return self.house.actor("luo.dan")

    def balances(self, *accounts: str) -> list[str]:
        """As people read them; the bank's without its opening balance."""
        amounts = [self.house.balance(code) for code in accounts]
        return [str(a - OPENING if c == "1002.01" else a) for c, a in zip(accounts, amounts, strict=True)]


@pytest.fixture
async def counter(temporal: WorkflowEnvironment, database: Database) -> AsyncIterator[Counter]:
    house = TakingHouse(database)
    house.open(BANK)
    with ThreadPoolExecutor(4) as threads:
        async with Worker(
            temporal.client,
            task_queue=QUEUE,
            workflows=[Receipt],
            activities=steps_of(LedgerBackedReceipts(database)),
            activity_executor=threads,
            workflow_runner=workflow_runner(),
        ):
            yield Counter(house, temporal)


async def test_cash_is_ours_at_once(counter: Counter) -> None:
    handle = await counter.take(counter.house.receipt("cash", "1200.00"))
    assert (await counter.booked(handle)).state is ReceiptState.CLEARED
    assert counter.balances("1001", "1531") == ["1200.00", "-1200.00"]
    assert (await handle.result()).state is ReceiptState.CLEARED


async def test_a_cheque_clears_after_its_business_days_over_a_holiday(counter: Counter) -> None:
    now = await counter.temporal.get_current_time()
    usual = BusinessCalendar()
    first = usual.next_business_day(now.astimezone(SHANGHAI).date())
    second = usual.next_business_day(first + timedelta(days=1))
    counter.house.channel("cheque", holidays=(second,))
    third = usual.next_business_day(second + timedelta(days=1))
    due = usual.next_business_day(third + timedelta(days=1))
    order = counter.house.receipt("cheque", external_reference="12345678")
    handle = await counter.take(order)
    await counter.reaches(handle, ReceiptState.RECEIVED, f"支票 to clear on {due}")
    assert counter.balances("1012.01", "1002.01", "1531") == ["1200.00", "0.00", "-1200.00"]
    assert (await handle.result()).state is ReceiptState.CLEARED
    cleared_at = counter.house.taken(order.receipt_id).cleared_at
    assert cleared_at is not None
    assert cleared_at.astimezone(SHANGHAI).date() == due
    assert counter.balances("1012.01", "1002.01", "1531") == ["0.00", "1200.00", "-1200.00"]


async def test_a_cheque_bounces_before_it_clears(counter: Counter) -> None:
    handle = await counter.take(counter.house.receipt("cheque", external_reference="12345678"))
    await counter.booked(handle)
    command = BounceReceipt(counter.cashier(), "no funds")
    assert await counter.tell(handle, "bounce", command) is ReceiptState.BOUNCED
    assert (await handle.result()).state is ReceiptState.BOUNCED
    assert counter.balances("1012.01", "1002.01", "1531", "6603.01") == ["0.00", "-10.00", "0.00", "10.00"]


async def test_a_cheque_bounces_after_it_cleared(counter: Counter) -> None:
    order = counter.house.receipt("cheque", external_reference="12345678")
    handle = await counter.take(order)
    await counter.booked(handle)
    await counter.temporal.sleep(timedelta(days=12))
    await counter.reaches(handle, ReceiptState.CLEARED)
    assert counter.balances("1002.01") == ["1200.00"]
    command = BounceReceipt(counter.cashier(), "forged signature", charge=Money.of("25.00"))
    assert await counter.tell(handle, "bounce", command) is ReceiptState.BOUNCED
    assert counter.balances("1012.01", "1002.01", "1531", "6603.01") == ["0.00", "-25.00", "0.00", "25.00"]
    assert counter.house.receipt_states(order.receipt_id) == ["received", "cleared", "bounced"]
