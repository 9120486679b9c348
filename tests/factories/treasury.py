"""A treasury that collects through the bank of files, with its workers running."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.store.payments import debits, discrepancies, files
from activities.store.payments.files import FileState
from activities.store.tables.payments import BankDiscrepancyRow
from models.money import Money
from models.parameters.banks import BankProfile
from models.payments.banking import BankAccount
from models.payments.debits import DebitDue
from models.payments.messages import (
    BatchDecision,
    BatchOrder,
    BatchOutcome,
    BatchState,
    ItemState,
    MailboxOrder,
)
from tests.contract.bank_site import PlayedBank
from tests.factories.payments import PayingHouse
from workflows.payments.batch import DebitBatch
from workflows.payments.mailbox import BankMailbox
from workflows.queues import Queue, bank_queue

GOOD = "31001520313050012345"
CLOSED = "31001520313050099901"
NO_FUNDS = "31001520313050099902"
DAY = date(2026, 11, 20)
Handle = WorkflowHandle[DebitBatch, BatchOutcome]


@dataclass
class Treasury:
    """A paying house that collects through the bank of files."""

    house: PayingHouse
    temporal: WorkflowEnvironment
    bank: PlayedBank
    profile: BankProfile

    @property
    def client(self) -> Client:
        return self.temporal.client

    def owe(self, *accounts: str, amount: str = "100.00") -> list[str]:
        """Enter dues of debtors with these accounts; gives their ids."""
        dues = [
            DebitDue(
                due_id=f"L-{uuid.uuid4().hex[:10].upper()}/01",
                bank="river",
                product="rent",
                business_reference=f"L-{number}",
                debtor=BankAccount(account, f"承租人{number}", "104290003033"),
                mandate=f"M-{number}",
                mandate_signed=date(2025, 5, 5),
                amount=Money.of(amount),
                due_date=DAY,
            )
            for number, account in enumerate(accounts, start=1)
        ]
        with self.house.database.transaction() as session:
            debits.enter_dues(session, dues, at=datetime.now(UTC))
        return [due.due_id for due in dues]

    async def collect(self) -> tuple[str, Handle]:
        batch_id = f"D-{uuid.uuid4().hex[:8].upper()}"
        order = BatchOrder(batch_id, "river", "rent", DAY, self.house.actor("luo.dan"))
        handle = await self.client.start_workflow(
            DebitBatch.run, order, id=f"debit-batch-{batch_id}", task_queue=Queue.ENGINE
        )
        return batch_id, handle

    async def approve(self, handle: Handle, *, approved: bool = True) -> BatchState:
        await self.reaches(handle, "to approve")
        decision = BatchDecision(self.house.actor("he.ting"), approved, "checked")
        return await self.update(handle, "decide", decision)

    async def update(self, handle: Handle, name: str, command: Any) -> BatchState:
        return await handle.execute_update(name, command, id=uuid.uuid4().hex, result_type=BatchState)

    async def reaches(self, handle: Handle, waiting_for: str) -> None:
        async with asyncio.timeout(60):
            status = await handle.query(DebitBatch.status)
            while waiting_for not in status.waiting_for:
                status = await handle.query(DebitBatch.status)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """The bank's mailbox is emptied meanwhile."""
        handle = await self.client.start_workflow(
            BankMailbox.run,
            MailboxOrder("river", bank_queue("river")),
            id=f"bank-mailbox-{uuid.uuid4().hex}",
            task_queue=Queue.ENGINE,
        )
        yield
        await handle.terminate()

    async def settles(self, handle: Handle) -> None:
        """Until the batch waits for approval, or had nothing to gather."""
        async with asyncio.timeout(60):
            while True:
                status = await handle.query(DebitBatch.status)
                if status.state.is_final or "to approve" in status.waiting_for:
                    return

    async def applied(self, kind: str) -> None:
        """Until a file of this kind was applied."""
        async with asyncio.timeout(60):
            while True:
                with self.house.database.transaction() as session:
                    found = files.listed(session, bank="river", limit=100)
                if any(row.kind == kind and row.state == FileState.APPLIED for row in found):
                    return
                await self.client.service_client.check_health()

    def items_of(self, batch_id: str) -> dict[str, int]:
        with self.house.database.transaction() as session:
            return {t.state.value: t.items for t in debits.tallies(session, batch_id, "CNY")}

    def open_discrepancies(self) -> list[BankDiscrepancyRow]:
        with self.house.database.transaction() as session:
            return discrepancies.listed(session)

    def dues(self) -> dict[str, str]:
        with self.house.database.transaction() as session:
            return {row.due_id: row.state for row in debits.dues(session, limit=10_000)}


def items(outcome: BatchOutcome) -> dict[ItemState, int]:
    return {tally.state: tally.items for tally in outcome.tallies}
