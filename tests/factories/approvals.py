"""A house that decides: people, requests, and a desk with workers on which approvals run."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.approval.books import PostgresApprovalBooks
from activities.store import parameters, people
from activities.store.approval import absences, approvals, tasks
from activities.store.database import Database
from activities.store.tables.approvals import ApprovalEventRow, ApprovalTaskRow
from models.approval.messages import (
    ApprovalOutcome,
    ApprovalRequest,
    ApprovalState,
    ApprovalStatus,
    NegotiableTerm,
    TermKind,
)
from models.approval.pools import Absence
from models.approval.workflow_ids import approval_workflow
from models.money import Money
from models.parameters.approval import ApprovalParameters
from models.parameters.registry import APPROVAL_POLICIES
from models.people import SYSTEM, Actor
from tests.factories.approval_post import PlayedPost
from tests.factories.threads import GRACE, own_threads
from workers.directory import DEMO_STAFF
from workers.registry import steps_of, workflow_runner
from workflows.approval.approval import Approval
from workflows.queues import Queue

Handle = WorkflowHandle[Approval, ApprovalOutcome]

TERMS = (
    NegotiableTerm("amount", "Amount", TermKind.MONEY, "120000.00", at_least="50000", at_most="9000000"),
    NegotiableTerm("deposit", "Deposit", TermKind.MONEY, "10000.00", at_most="60000.00"),
    NegotiableTerm("rate", "Rate", TermKind.RATE, "0.085", at_least="0.05", at_most="0.24"),
    NegotiableTerm("instalments", "Instalments", TermKind.COUNT, "36", at_least="6", at_most="60"),
    NegotiableTerm("guarantor", "Further guarantor", TermKind.TEXT, ""),
)


def actor(username: str) -> Actor:
    """A person of the demonstration directory."""
    return next(each for each in DEMO_STAFF if each.username == username).actor()


def request(amount: str = "120000.00", **changes: Any) -> ApprovalRequest:
    """What a dealer's salesperson asks about, with an id of its own; officers of Shanghai are asked first."""
    key = uuid.uuid4().hex[:8].upper()
    said: dict[str, Any] = {
        "approval_id": f"L{key}-1",
        "policy": "lease",
        "kind": "lease-application",
        "subject": f"L{key}",
        "title": "上海某某物流有限公司: 2 vehicles",
        "amount": Money.of(amount),
        "requested_by": actor("deng.chao"),
        "product": "vehicle",
        "grade": "C",
        "branch": "Shanghai",
        "counterparty": "上海某某物流有限公司",
        "facts": ("bureau: nothing overdue",),
        "negotiable": TERMS,
        "return_to": ("form", "documents"),
    }
    return ApprovalRequest(**(said | changes))


@dataclass
class DecidingHouse:
    """A house whose approvals run, in skipped time."""

    database: Database
    temporal: WorkflowEnvironment
    post: PlayedPost = field(default_factory=PlayedPost)
    started: list[Handle] = field(default_factory=list)

    def open(self) -> None:
        with self.database.transaction() as session:
            people.enter_staff(session, DEMO_STAFF)

    async def asked(self, amount: str = "120000.00", **changes: Any) -> Handle:
        """An approval of which the first step is asked."""
        handle = await self.start(request(amount, **changes))
        async with asyncio.timeout(30):
            while not (await self.status(handle)).waiting_for:
                pass
        return handle

    async def start(self, wish: ApprovalRequest) -> Handle:
        handle = await self.temporal.client.start_workflow(
            Approval.run, wish, id=approval_workflow(wish.approval_id), task_queue=Queue.ENGINE
        )
        self.started.append(handle)
        return handle

    async def close(self) -> None:
        """End what is open: without workers it would keep the server from skipping time for other tests."""
        for handle in self.started:
            with contextlib.suppress(RPCError):  # it ended by itself
                await handle.terminate()

    async def status(self, handle: Handle) -> ApprovalStatus:
        return await handle.query(Approval.status)

    async def until(self, handle: Handle, holds: Callable[[ApprovalStatus], bool]) -> ApprovalStatus:
        """The status once something holds for it."""
        async with asyncio.timeout(30):
            while not holds(status := await self.status(handle)):
                pass
        return status

    async def say(self, handle: Handle, update: str, command: object) -> ApprovalStatus:
        try:
            answer: ApprovalStatus = await handle.execute_update(
                update, command, id=uuid.uuid4().hex, result_type=ApprovalStatus
            )
        except RPCError as error:  # the test server forgets the answer of an update that ends its workflow
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            answer = await self.status(handle)
        return answer

    async def refusal(self, handle: Handle, update: str, command: object) -> str:
        """Why a command is refused, with the rule's own name in front."""
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await handle.execute_update(update, command, id=uuid.uuid4().hex, result_type=ApprovalStatus)
        cause = refused.value.cause
        assert isinstance(cause, ApplicationError)
        return f"{cause.type}: {cause.message}"

    async def sleep_until(self, instant: datetime) -> None:
        now = await self.temporal.get_current_time()
        await self.temporal.sleep(max(instant - now, timedelta(0)) + timedelta(seconds=1))

    async def until_passed(self, handle: Handle, instant: datetime) -> ApprovalStatus:
        """The status once an instant has passed and all that was due by it is done."""
        await self.sleep_until(instant)
        return await self.status(handle)

    async def now(self) -> datetime:
        return await self.temporal.get_current_time()

    async def away(self, username: str, deputy: str, first_day: date, last_day: date) -> int:
        """Enter an absence; who is waiting for that person is told by the caller."""
        now = await self.now()
        with self.database.transaction() as session:
            return absences.enter(
                session,
                Absence(username, deputy, first_day, last_day),
                actor=actor(username),
                reason="holiday",
                at=now,
                today=now.date(),
            )

    def enter_parameters(self, changed: ApprovalParameters) -> None:
        with self.database.transaction() as session:
            parameters.change(
                session,
                APPROVAL_POLICIES,
                changed.model_dump(mode="json"),
                effective_from=datetime(2020, 1, 1, tzinfo=UTC),
                changed_by=SYSTEM.username,
                reason="test",
            )

    def task(self, handle: Handle) -> ApprovalTaskRow:
        with self.database.transaction() as session:
            found = tasks.newest(session, handle.id.removeprefix("approval-"))
        assert found is not None
        return found

    def events(self, handle: Handle) -> list[ApprovalEventRow]:
        with self.database.transaction() as session:
            return approvals.events(session, handle.id.removeprefix("approval-"))

    def inbox(self, username: str) -> list[str]:
        """Approvals that wait for a person, in order."""
        with self.database.transaction() as session:
            return [each.approval.approval_id for each in tasks.inbox(session, username)]

    def state(self, handle: Handle) -> ApprovalState:
        with self.database.transaction() as session:
            return ApprovalState(approvals.find(session, handle.id.removeprefix("approval-")).state)


@asynccontextmanager
async def deciding_house(temporal: WorkflowEnvironment, database: Database) -> AsyncIterator[DecidingHouse]:
    """The house with a worker on the engine's queue."""
    house = DecidingHouse(database, temporal)
    house.open()
    with ThreadPoolExecutor(4) as threads:
        worker = Worker(
            temporal.client,
            task_queue=Queue.ENGINE,
            workflows=[Approval],
            activities=[*steps_of(PostgresApprovalBooks(database)), *steps_of(house.post)],
            activity_executor=threads,
            graceful_shutdown_timeout=GRACE,
            workflow_runner=workflow_runner(),
        )
        async with own_threads(), worker:
            yield house
            await house.close()
