"""A house that takes lease applications: real books and approvals, offices and contracts that are played."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from temporalio import activity
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.approval.books import PostgresApprovalBooks
from activities.lease.application.books import PostgresApplications
from activities.store import people
from activities.store.approval import approvals
from activities.store.database import Database
from activities.store.lease import application_lists, applications, dealers
from activities.store.tables.lease import LeaseApplicationRow
from models.approval.messages import ApprovalRequest, ApprovalStatus
from models.approval.workflow_ids import approval_workflow
from models.lease.application.form import LeaseForm
from models.lease.application.messages import (
    ApplicationOutcome,
    ApplicationState,
    ApplicationStatus,
    ApplicationStep,
    Completeness,
    OpenApplication,
)
from models.lease.contract.messages import ContractState
from models.lease.documents.messages import DocumentKind, DocumentRead, ReadDocument
from models.lease.screening.messages import (
    Advice,
    OutsideHeard,
    Reason,
    ScreenApplication,
    Screened,
)
from models.lease.workflow_ids import application_workflow, contract_workflow
from models.people import Actor
from tests.factories.approval_post import PlayedPost
from tests.factories.played_contract import PlayedContract
from tests.factories.threads import GRACE, own_threads
from workers.directory import DEMO_STAFF
from workers.registry import steps_of, workflow_runner
from workflows.approval.approval import Approval
from workflows.lease.application import LeaseApplication
from workflows.lease.application_steps import OutsideData, Screening
from workflows.lease.document_steps import DocumentBooks, DocumentReader
from workflows.queues import Queue

Handle = WorkflowHandle[LeaseApplication, ApplicationOutcome]

GOOD = Screened(Advice.APPROVE, "A", (), "")
TO_PEOPLE = Screened(Advice.REFER, "C", (Reason("bureau", Advice.REFER, "two late payments"),), "")


def actor(username: str) -> Actor:
    """A person of the demonstration directory."""
    return next(each for each in DEMO_STAFF if each.username == username).actor()


@dataclass
class PlayedRules(OutsideData, Screening):
    """Says about applications what the story wants."""

    screened: Screened = GOOD
    rechecked: Screened = GOOD
    fails: bool = False
    asked: list[ScreenApplication] = field(default_factory=list)

    @activity.defn(name="lease.ask_outside")
    async def ask_outside(self, ask: ScreenApplication) -> OutsideHeard:
        self.asked.append(ask)
        return OutsideHeard(())

    @activity.defn(name="lease.screen")
    def screen(self, ask: ScreenApplication) -> Screened:  # noqa: ARG002
        if self.fails:
            raise ApplicationError("table standard has no row for this", non_retryable=True)
        return self.screened

    @activity.defn(name="lease.recheck")
    def recheck(self, ask: ScreenApplication) -> Screened:  # noqa: ARG002
        if self.fails:
            raise ApplicationError("table standard has no row for this", non_retryable=True)
        return self.rechecked


@dataclass
class PlayedPapers(DocumentReader, DocumentBooks):
    """Papers by their kind: what is added is there."""

    needed: tuple[str, ...] = ()
    added: list[str] = field(default_factory=list)
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    """Readings wait until it is set."""

    @activity.defn(name="lease.read_document")
    async def read_document(self, wish: ReadDocument) -> DocumentRead:
        await self.hold.wait()
        self.added.append(wish.document_id)
        kind = DocumentKind(wish.document_id)
        return DocumentRead(wish.document_id, kind, certain=False, sentence=f"a {kind}", doubts=("blurred",))

    @activity.defn(name="lease.check_completeness")
    def check_completeness(self, step: ApplicationStep) -> Completeness:  # noqa: ARG002
        return Completeness(missing=tuple(each for each in self.needed if each not in self.added))


@dataclass
class ApplyingHouse:
    """A house whose applications run, in skipped time."""

    database: Database
    temporal: WorkflowEnvironment
    rules: PlayedRules = field(default_factory=PlayedRules)
    papers: PlayedPapers = field(default_factory=PlayedPapers)

    def open(self) -> None:
        with self.database.transaction() as session:
            people.enter_staff(session, DEMO_STAFF)
            dealers.enter(session, dealers.DEMO_DEALERS, by="test", reason="test")
        self.papers.hold.set()

    # ------------------------------------------------------------ applications

    async def apply(self, form: LeaseForm, by: str = "deng.chao", *, submit: bool = True) -> Handle:
        """Start an application; the same id is started once unless it failed."""
        return await self.temporal.client.start_workflow(
            LeaseApplication.run,
            OpenApplication(form, actor(by), submit),
            id=application_workflow(form.application_id),
            task_queue=Queue.ENGINE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
        )

    async def result(self, handle: Handle) -> ApplicationOutcome:
        """How it ended; time runs as it does outside, or offers of other stories would lapse meanwhile."""
        with self.temporal.auto_time_skipping_disabled():
            return await handle.result()

    async def reaches(self, handle: Handle, state: ApplicationState) -> ApplicationStatus:
        """The status once the application waits in a state, or ended in it."""
        return await self.until(
            handle, lambda status: status.state is state and (bool(status.waiting_for) or state.is_final)
        )

    async def until(self, handle: Handle, holds: Callable[[ApplicationStatus], bool]) -> ApplicationStatus:
        """The status once something holds for it; asked at the pace of the server's answers."""
        async with asyncio.timeout(30):
            while not holds(status := await handle.query(LeaseApplication.status)):
                pass
        return status

    async def say(self, handle: Handle, update: str, command: object) -> ApplicationStatus:
        try:
            answer: ApplicationStatus = await handle.execute_update(
                update, command, id=uuid.uuid4().hex, result_type=ApplicationStatus
            )
        except RPCError as error:  # the test server forgets the answer of an update that ends its workflow
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            answer = await handle.query(LeaseApplication.status)
        return answer

    async def refusal(self, handle: Handle, update: str, command: object) -> str:
        """Why a command is refused, with the rule's own name in front."""
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await handle.execute_update(update, command, id=uuid.uuid4().hex, result_type=ApplicationStatus)
        cause = refused.value.cause
        assert isinstance(cause, ApplicationError)
        return f"{cause.type}: {cause.message}"

    # ------------------------------------------------------------ approvals and contracts

    async def decide(self, approval_id: str, update: str, command: object) -> ApprovalStatus:
        """Say something to an approval, once it asks."""
        approval = self.temporal.client.get_workflow_handle_for(Approval.run, approval_workflow(approval_id))
        async with asyncio.timeout(30):
            while not (await approval.query(Approval.status)).waiting_for:
                pass
        try:
            answer: ApprovalStatus = await approval.execute_update(
                update, command, id=uuid.uuid4().hex, result_type=ApprovalStatus
            )
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            answer = await approval.query(Approval.status)
        return answer

    async def end_contract(self, number: str, state: ContractState = ContractState.ACTIVE) -> None:
        await self.temporal.client.get_workflow_handle(contract_workflow(number)).signal("end", state)

    async def make_contract_late(self, number: str) -> None:
        await self.temporal.client.get_workflow_handle(contract_workflow(number)).signal("be_late")

    # ------------------------------------------------------------ the books

    def row(self, application_id: str) -> LeaseApplicationRow:
        with self.database.transaction() as session:
            return applications.application(session, application_id)

    def states(self, application_id: str) -> list[str]:
        """Every state that the books have seen, in order."""
        with self.database.transaction() as session:
            return [event.state for event in application_lists.events(session, application_id)]

    def approval_state(self, approval_id: str) -> str:
        with self.database.transaction() as session:
            return approvals.find(session, approval_id).state

    def approval_request(self, approval_id: str) -> ApprovalRequest:
        """What was asked, as the books have it."""
        with self.database.transaction() as session:
            return approvals.request_of(approvals.find(session, approval_id))

    async def now(self) -> datetime:
        return await self.temporal.get_current_time()


@asynccontextmanager
async def applying_house(temporal: WorkflowEnvironment, database: Database) -> AsyncIterator[ApplyingHouse]:
    """The house with workers on the queues of the engine, the offices and the readers."""
    house = ApplyingHouse(database, temporal)
    house.open()
    rules, papers = steps_of(house.rules), steps_of(house.papers)
    with ThreadPoolExecutor(4) as threads:
        engine = Worker(
            temporal.client,
            task_queue=Queue.ENGINE,
            workflows=[LeaseApplication, Approval, PlayedContract],
            activities=[
                *steps_of(PostgresApplications(database)),
                *steps_of(PostgresApprovalBooks(database)),
                *steps_of(PlayedPost()),
                *(step for step in rules if step.__name__ != "ask_outside"),
                *(step for step in papers if step.__name__ != "read_document"),
            ],
            activity_executor=threads,
            graceful_shutdown_timeout=GRACE,
            workflow_runner=workflow_runner(),
        )
        offices = Worker(temporal.client, task_queue=Queue.OFFICES, activities=[house.rules.ask_outside])
        readers = Worker(temporal.client, task_queue=Queue.OCR, activities=[house.papers.read_document])
        async with own_threads(), engine, offices, readers:
            yield house
