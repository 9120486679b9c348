"""A disbursement desk for workflow tests: the real workflows, books and payments, and a played bank."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.adapters.banks.opening import open_service
from activities.lease.disbursement.books import PostgresDisbursements
from activities.lease.disbursement.desk import UpdatingDesk
from activities.payments.books import LedgerBackedBooks
from activities.payments.desk import ServiceDesk
from activities.store.database import Database
from models.lease.disbursement.messages import (
    ApproveDisbursement,
    DisbursementOrder,
    DisbursementOutcome,
    DisbursementState,
    DisbursementStatus,
    FraudReport,
)
from models.parameters.banks import BankProfile, Inquiry
from models.payments.messages import PaymentState, Release
from tests.contract.bank_site import BankSite, Evidence, PlayedBank, http_profile, http_secrets, now
from tests.factories.disbursements import DisbursingHouse
from tests.factories.threads import GRACE, own_threads
from workers.registry import steps_of, workflow_runner
from workflows.lease.disbursement import Disbursement
from workflows.payments.payment import Payment
from workflows.queues import bank_queue

QUEUE = "engine-test"
Handle = WorkflowHandle[Disbursement, DisbursementOutcome]


@dataclass
class DisbursementDesk:
    """A house with its workers running, and the played bank on the other side."""

    house: DisbursingHouse
    temporal: WorkflowEnvironment
    bank: PlayedBank
    profile: BankProfile
    opened: list[Handle] = field(default_factory=list)

    async def order(self, order: DisbursementOrder) -> Handle:
        handle = await self.temporal.client.start_workflow(
            Disbursement.run, order, id=f"disbursement-{order.disbursement_id}", task_queue=QUEUE
        )
        self.opened.append(handle)
        return handle

    async def leave(self) -> None:
        """End what a test left open: it would keep the server from skipping time for the next one."""
        for handle in self.opened:
            with contextlib.suppress(RPCError):  # most have ended by themselves
                await handle.terminate()

    async def waiting(self, order: DisbursementOrder) -> Handle:
        """Ordered, and before its reviewer."""
        handle = await self.order(order)
        await self.reaches(handle, DisbursementState.WAITING_FOR_REVIEW, "reviewer")
        return handle

    async def reaches(self, handle: Handle, state: DisbursementState, waiting_for: str = "") -> None:
        """The disbursement stands there; asked at the pace of the server's answers."""
        async with asyncio.timeout(30):
            status = await handle.query(Disbursement.status)
            while status.state is not state or waiting_for not in status.waiting_for:
                status = await handle.query(Disbursement.status)

    async def send(self, handle: Handle, name: str, command: Any) -> DisbursementStatus:
        status: DisbursementStatus = await handle.execute_update(
            name, command, id=uuid.uuid4().hex, result_type=DisbursementStatus
        )
        return status

    async def refused(self, handle: Handle, name: str, command: Any) -> str:
        """Why a command is refused."""
        with pytest.raises(WorkflowUpdateFailedError) as refusal:
            await self.send(handle, name, command)
        return str(refusal.value.cause)

    async def approve(self, handle: Handle, by: str = "jiang.nan") -> DisbursementStatus:
        return await self.send(handle, "approve", ApproveDisbursement(self.house.actor(by)))

    async def stop(self, handle: Handle, reason: str = "发票系伪造") -> DisbursementStatus:
        return await self.send(handle, "report_fraud", FraudReport(self.house.actor("risk.desk"), reason))

    async def payment_waits(self, payment_id: str) -> None:
        """The payment waits for a treasurer."""
        async with asyncio.timeout(30):
            while not self.house.payment_state(payment_id):
                await self.opened[-1].query(Disbursement.status)
            payment = self.temporal.client.get_workflow_handle_for(Payment.run, f"payment-{payment_id}")
            while (await payment.query(Payment.status)).state is not PaymentState.WAITING_FOR_RELEASE:
                pass

    async def bank_books(self, payment_id: str) -> None:
        """The bank has booked the payment, whether or not anybody here has heard of it."""
        async with asyncio.timeout(30):
            while not await asyncio.to_thread(self.bookings, payment_id):
                await self.opened[-1].query(Disbursement.status)

    async def release(self, payment_id: str) -> None:
        await self.payment_waits(payment_id)
        payment = self.temporal.client.get_workflow_handle(f"payment-{payment_id}")
        await payment.execute_update("release", Release(self.house.actor("xu.bo")), id=uuid.uuid4().hex)

    async def outcome(self, handle: Handle, *, skipping: bool = False) -> DisbursementOutcome:
        """The end; time runs as it does outside unless the story waits for hours."""
        async with asyncio.timeout(60):
            if skipping:
                return await handle.result()
            with self.temporal.auto_time_skipping_disabled():
                return await handle.result()

    def bookings(self, payment_id: str) -> list[str]:
        """What the bank has in its own books about a payment."""
        return [entry["amount"] for entry in self.bank.books(reference=payment_id)]


@asynccontextmanager
async def _workers(
    client: Client, books: PostgresDisbursements, payments: LedgerBackedBooks, desk: ServiceDesk, cached: int
) -> AsyncIterator[None]:
    with ThreadPoolExecutor(4) as threads:
        engine = Worker(
            client,
            task_queue=QUEUE,
            workflows=[Payment, Disbursement],
            activities=[step for hand in (payments, books, UpdatingDesk()) for step in steps_of(hand)],
            activity_executor=threads,
            graceful_shutdown_timeout=GRACE,
            workflow_runner=workflow_runner(),
            max_cached_workflows=cached,
        )
        bank = Worker(client, task_queue=bank_queue("harbour"), activities=steps_of(desk))
        async with own_threads(), engine, bank:
            yield


@asynccontextmanager
async def open_desk(
    temporal: WorkflowEnvironment,
    database: Database,
    banks: BankSite,
    evidence: Evidence,
    *,
    books: type[PostgresDisbursements] = PostgresDisbursements,
    cached: int = 100,
) -> AsyncIterator[DisbursementDesk]:
    """A desk at work.

    Args:
        temporal: the server.
        database: with nobody's data.
        banks: the played ones.
        evidence: where the bank's messages are kept.
        books: whose hands do the steps.
        cached: workflows that the worker remembers; with none each task replays the whole history.
    """
    house = DisbursingHouse(database)
    profile = http_profile(banks).model_copy(update={"inquiry": Inquiry(pauses_seconds=(0.2,))})
    house.open(profile)
    service = open_service(profile, http_secrets(banks), evidence.keep, now)
    hands = (books(database), LedgerBackedBooks(database), ServiceDesk(database, lambda _profile: service))
    async with _workers(temporal.client, *hands, cached):
        opened = DisbursementDesk(house, temporal, banks.harbour, profile)
        yield opened
        await opened.leave()
    await service.close()


@pytest.fixture
async def desk(
    temporal: WorkflowEnvironment, database: Database, banks: BankSite, evidence: Evidence
) -> AsyncIterator[DisbursementDesk]:
    async with open_desk(temporal, database, banks, evidence) as opened:
        yield opened
