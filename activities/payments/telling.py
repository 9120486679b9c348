"""Telling the workflows what a bank's file, or call, changed. Told twice is told once."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.payments.applying import Applied, MoneyIn, Told
from activities.payments.hearing import Concerns, weigh
from activities.payments.receipts.telling import MoneyCame, ReceiptTeller
from activities.store.database import Database
from activities.store.payments import orders
from models.payments.messages import FileApplied, RecordReturn
from models.payments.workflow_ids import batch_workflow, payment_workflow, return_workflow
from workflows.queues import Queue


class Teller:
    """Passes news on.

    Args:
        database: where the payments are.
        client: of the engine's Temporal.
    """

    def __init__(self, database: Database, client: Client) -> None:
        self._database = database
        self._client = client

    async def tell(self, applied: Applied) -> None:
        """Everybody whom a file concerns."""
        name = applied.outcome.name
        for batch_id, items in applied.batches:
            await self._signal(batch_workflow(batch_id), "file_applied", FileApplied(name, items))
        for told in applied.payments:
            await self.pass_on(told)
        for came in applied.incoming:
            await self.announce(came)

    async def announce(self, came: MoneyIn) -> None:
        """Money came in: the receipt that waits for it hears of it.

        A transfer that nobody took as a receipt is left to whoever takes it by its bank reference.
        """
        teller = ReceiptTeller(self._database, self._client)
        for reference in dict.fromkeys(filter(None, came.references)):
            news = MoneyCame(
                "transfer", reference, came.amount, came.bank_reference, value_date=came.value_date
            )
            if await teller.pass_on(news):
                return

    async def pass_on(self, told: Told) -> None:
        """An answer about one payment that was entered already."""
        concerns = await asyncio.to_thread(self._concerns, told)
        if concerns is Concerns.WORKFLOW:
            known = await self._signal(payment_workflow(told.payment_id), "bank_said", told.answer)
            if not known:  # it ended in this moment, without the answer
                concerns = await asyncio.to_thread(self._concerns, told)
        if concerns is Concerns.RETURN:
            await self._start_return(told)

    def _concerns(self, told: Told) -> Concerns:
        with self._database.transaction() as session:
            row = orders.find(session, told.payment_id, lock=True)
            return weigh(session, row, told.answer, at=told.answer.heard_at or row.changed_at)

    async def _start_return(self, told: Told) -> None:
        answer = told.answer
        entry = RecordReturn(told.payment_id, answer, answer.heard_at or datetime.now(UTC))
        with contextlib.suppress(WorkflowAlreadyStartedError):  # it was posted before
            await self._client.start_workflow(
                "PaymentReturn",
                entry,
                id=f"{return_workflow(told.payment_id)}-{answer.bank_reference or 'whole'}",
                task_queue=Queue.ENGINE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                static_summary=f"{told.payment_id} came back",
            )

    async def _signal(self, workflow_id: str, signal: str, argument: object) -> bool:
        """Whether there was a workflow to hear it."""
        try:
            await self._client.get_workflow_handle(workflow_id).signal(signal, argument)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True
