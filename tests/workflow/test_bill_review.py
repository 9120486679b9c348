"""Doubts wait for the risk desk; each is settled once, by somebody who may."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

import pytest
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.bill_monitoring.analysis import SetBasedAnalysis
from activities.bill_monitoring.books import PostgresScanBooks
from activities.bill_monitoring.reporting import ReportWriter
from activities.store.bill_monitoring import reviews
from activities.store.database import Database
from activities.store.people import find_member
from models.bill_monitoring.messages import (
    ReviewDecision,
    ReviewResolution,
    ReviewResolved,
    ReviewRound,
    ScanStep,
    WarningRound,
)
from tests.factories.bills import House
from workers.registry import steps_of, workflow_runner
from workflows.bill_monitoring.review import BillReview
from workflows.bill_monitoring.warning import BillWarning

pytestmark = pytest.mark.stack

LIST_DATE = date(2026, 8, 31)


@dataclass
class Desk:
    """A review of two doubtful records."""

    house: House
    client: Client
    step: ScanStep

    async def open(self) -> WorkflowHandle[BillReview, int]:
        round_ = ReviewRound(self.step.scan_id, LIST_DATE, self.step.parameters)
        return await self.client.start_workflow(
            BillReview.run, round_, id=f"bills-review-{self.step.scan_id}", task_queue=self.step.scan_id
        )

    def items(self) -> tuple[str, ...]:
        with self.house.database.transaction() as session:
            return reviews.open_items(session, self.step.scan_id)

    async def resolve(
        self, handle: WorkflowHandle[BillReview, int], username: str, item_id: str, decision: ReviewDecision
    ) -> ReviewResolved:
        with self.house.database.transaction() as session:
            actor = find_member(session, username).actor()
        command = ReviewResolution(actor, item_id, decision)
        return await handle.execute_update(BillReview.resolve, command, id=uuid.uuid4().hex)


@asynccontextmanager
async def open_desk(database: Database, temporal: WorkflowEnvironment, house: House) -> AsyncIterator[Desk]:
    house.import_customers(2)
    step = house.scan(
        {0: "100.00", 1: "200.00"}, list_date=LIST_DATE, doubts={0: "name: doubtful", 1: "name: doubtful"}
    )
    analysis = SetBasedAnalysis(database, ReportWriter(database, None))
    analysis.match_records(step)
    analysis.assess_findings(step)
    async with Worker(
        temporal.client,
        task_queue=step.scan_id,
        workflows=[BillReview, BillWarning],
        activities=steps_of(PostgresScanBooks(database)),
        workflow_runner=workflow_runner(),
        activity_executor=ThreadPoolExecutor(4),
    ):
        yield Desk(house, temporal.client, step)


async def test_it_ends_when_everything_is_settled_and_warns_of_what_was_confirmed(
    database: Database, temporal: WorkflowEnvironment, house: House
) -> None:
    async with open_desk(database, temporal, house) as desk:
        handle = await desk.open()
        confirmed, rejected = desk.items()
        answer = await desk.resolve(handle, "risk.desk", confirmed, ReviewDecision.CONFIRM)
        assert answer.officer == "li.wei"
        await desk.resolve(handle, "risk.desk", rejected, ReviewDecision.REJECT)
        assert await handle.result() == 2
        warning = desk.client.get_workflow_handle(f"bills-warning-{confirmed}")
        assert (await _input(desk.client, warning.id)).finding_ids == (answer.finding_id,)
        await warning.terminate("the test ends here")


async def test_refusals(database: Database, temporal: WorkflowEnvironment, house: House) -> None:
    async with open_desk(database, temporal, house) as desk:
        handle = await desk.open()
        first, second = desk.items()
        for username, item, reason in (
            ("li.wei", first, "may not settle review items"),
            ("risk.desk", "no-such-item", "is not part of this review"),
        ):
            with pytest.raises(WorkflowUpdateFailedError) as refusal:
                await desk.resolve(handle, username, item, ReviewDecision.REJECT)
            assert reason in str(refusal.value.cause)
        await desk.resolve(handle, "risk.desk", first, ReviewDecision.REJECT)
        with pytest.raises(WorkflowUpdateFailedError) as refusal:
            await desk.resolve(handle, "risk.desk", first, ReviewDecision.CONFIRM)
        assert "is settled already" in str(refusal.value.cause)
        await desk.resolve(handle, "risk.desk", second, ReviewDecision.REJECT)
        assert await handle.result() == 2


async def test_a_correction_must_correct_something(
    database: Database, temporal: WorkflowEnvironment, house: House
) -> None:
    async with open_desk(database, temporal, house) as desk:
        handle = await desk.open()
        first, _second = desk.items()
        with pytest.raises(WorkflowUpdateFailedError) as refusal:
            await desk.resolve(handle, "risk.desk", first, ReviewDecision.CORRECT)
        assert "a correction names what is corrected" in str(refusal.value.cause)
        await handle.terminate("the test ends here")


async def _input(client: Client, workflow_id: str) -> WarningRound:
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    payloads = history.events[0].workflow_execution_started_event_attributes.input.payloads
    (round_,) = await client.data_converter.decode(payloads, [WarningRound])
    return round_
