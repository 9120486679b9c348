"""A change of parameters is previewed, approved by somebody else, and in force from its date."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.parameters.books import PostgresParameterBooks, ReplayingPreviews
from activities.store import parameter_changes, parameters
from activities.store.database import Database
from activities.store.tables.house import ParameterProposalRow
from models.parameters.changes.messages import (
    Approval,
    ChangeOutcome,
    Proposal,
    ProposalState,
    Rejection,
    Withdrawal,
    change_workflow,
)
from models.parameters.payments import PaymentParameters
from models.parameters.registry import PAYMENTS
from tests.factories.payments import PayingHouse
from tests.factories.threads import own_threads
from workers.registry import steps_of, workflow_runner
from workflows.parameters.change import ParameterChange
from workflows.queues import Queue

pytestmark = pytest.mark.stack

QUEUE = "parameters-test"
Handle = WorkflowHandle[ParameterChange, ChangeOutcome]


@dataclass
class Desk:
    """A house whose parameters are changed, with workers running."""

    house: PayingHouse
    temporal: WorkflowEnvironment

    async def proposal(self, **changes: Any) -> Proposal:
        """Lower the limit above which a payment is released, by he.ting."""
        value = PaymentParameters(release_above=Decimal(50_000)).model_dump(mode="json")
        said: dict[str, Any] = {
            "set_name": "payments",
            "number": self._next_number(changes.get("set_name", "payments")),
            "value": value,
            "base_version": 0,
            "reason": "audit 2026-11",
            "proposed_by": self.house.actor("he.ting"),
        }
        return Proposal(**(said | changes))

    async def propose(self, proposal: Proposal) -> Handle:
        return await self.temporal.client.start_workflow(
            ParameterChange.run, proposal, id=change_workflow(proposal.proposal_id), task_queue=QUEUE
        )

    async def proposed(self, **changes: Any) -> Handle:
        """A proposal that waits for its approval."""
        handle = await self.propose(await self.proposal(**changes))
        async with asyncio.timeout(30):
            while not (await handle.query(ParameterChange.status)).waiting_for:
                pass
        return handle

    async def say(self, handle: Handle, update: str, command: object) -> ChangeOutcome:
        try:
            answer: ChangeOutcome = await handle.execute_update(
                update, command, id=uuid.uuid4().hex, result_type=ChangeOutcome
            )
        except RPCError as error:  # the test server forgets the answer of an update that ends its workflow
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            answer = await self.ended(handle)
        return answer

    async def ended(self, handle: Handle) -> ChangeOutcome:
        """The outcome, without skipping the time that another proposal waits for its approval."""
        with self.temporal.auto_time_skipping_disabled():
            return await handle.result()

    async def refusal(self, handle: Handle, update: str, command: object) -> str:
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await self.say(handle, update, command)
        assert isinstance(refused.value.cause, ApplicationError)
        return refused.value.cause.message

    def in_force(self, at: datetime) -> tuple[int, Decimal]:
        with self.house.database.transaction() as session:
            found = parameters.in_force(session, PAYMENTS, at)
        return found.version, found.value.release_above

    def row(self, proposal_id: str) -> ParameterProposalRow:
        with self.house.database.transaction() as session:
            return parameter_changes.find(session, proposal_id)

    def enter_beside(self, release_above: int, effective_from: datetime) -> None:
        """Another version comes in by another way."""
        with self.house.database.transaction() as session:
            value = PaymentParameters(release_above=Decimal(release_above)).model_dump(mode="json")
            parameters.change(
                session, PAYMENTS, value, effective_from=effective_from, changed_by="setup", reason="import"
            )

    def _next_number(self, set_name: str) -> int:
        with self.house.database.transaction() as session:
            return parameter_changes.next_number(session, set_name)


@pytest.fixture
async def desk(temporal: WorkflowEnvironment, database: Database) -> AsyncIterator[Desk]:
    house = PayingHouse(database)
    house.open()
    client = temporal.client
    with ThreadPoolExecutor(4) as threads:
        engine = Worker(
            client,
            task_queue=QUEUE,
            workflows=[ParameterChange],
            activities=steps_of(PostgresParameterBooks(database)),
            activity_executor=threads,
            workflow_runner=workflow_runner(),
        )
        analysis = Worker(
            client,
            task_queue=Queue.ANALYSIS,
            activities=steps_of(ReplayingPreviews(database)),
            activity_executor=threads,
        )
        async with own_threads(), engine, analysis:
            yield Desk(house, temporal)


async def test_a_change_is_in_force_when_somebody_else_has_approved_it(desk: Desk) -> None:
    handle = await desk.proposed()
    status = await handle.query(ParameterChange.status)
    assert status.waiting_for.startswith(
        "gao.ling or sun.yue or xu.bo or yu.fei to approve: release_above 100000 → 50000; "
        "none of 0 payments since "
    )
    answer = await desk.say(handle, "approve", Approval(desk.house.actor("xu.bo"), "seen"))
    assert answer.state in {ProposalState.APPROVED, ProposalState.IN_FORCE}
    outcome = await handle.result()
    assert (outcome.state, outcome.version) == (ProposalState.IN_FORCE, 1)
    assert desk.in_force(await desk.temporal.get_current_time()) == (1, Decimal(50_000))
    row = desk.row("payments-1")
    assert (row.state, row.decided_by, row.note, row.version) == ("in-force", "xu.bo", "seen", 1)


async def test_it_takes_four_eyes_and_the_right_role(desk: Desk) -> None:
    handle = await desk.proposed()
    own = await desk.refusal(handle, "approve", Approval(desk.house.actor("he.ting")))
    cashier = await desk.refusal(handle, "approve", Approval(desk.house.actor("luo.dan")))
    other = await desk.refusal(handle, "withdraw", Withdrawal(desk.house.actor("xu.bo"), "no"))
    assert "proposed payments-1 and may not approve it" in own
    assert "luo.dan may not approve changes of payments" in cashier
    assert "was proposed by he.ting" in other
    history = await handle.fetch_history()
    assert not any(
        each.HasField("workflow_execution_update_accepted_event_attributes") for each in history.events
    )
    assert desk.row("payments-1").state == "waiting-for-approval"
    await handle.terminate()


async def test_it_waits_for_its_effective_date(desk: Desk) -> None:
    now = await desk.temporal.get_current_time()
    later = now + timedelta(days=40)
    handle = await desk.proposed(effective_from=later)
    answer = await desk.say(handle, "approve", Approval(desk.house.actor("xu.bo")))
    assert (answer.state, answer.effective_from) == (ProposalState.APPROVED, later)
    assert "its effective date" in (await handle.query(ParameterChange.status)).waiting_for
    assert desk.in_force(now + timedelta(days=39)) == (0, Decimal(100_000))
    outcome = await handle.result()
    assert outcome.state is ProposalState.IN_FORCE
    assert await desk.temporal.get_current_time() >= later
    assert desk.in_force(later) == (1, Decimal(50_000))


async def test_a_proposal_that_was_overtaken_must_be_made_again(desk: Desk) -> None:
    handle = await desk.proposed()
    desk.enter_beside(70_000, await desk.temporal.get_current_time())
    answer = await desk.say(handle, "approve", Approval(desk.house.actor("xu.bo")))
    assert answer.state is ProposalState.STALE
    assert "was at version 0 when this was written and is at 1 now" in answer.sentence
    assert desk.in_force(await desk.temporal.get_current_time()) == (1, Decimal(70_000))
    assert desk.row("payments-1").state == "stale"


async def test_a_newer_version_may_be_in_force_when_its_time_comes(desk: Desk) -> None:
    later = await desk.temporal.get_current_time() + timedelta(days=10)
    handle = await desk.proposed(effective_from=later)
    await desk.say(handle, "approve", Approval(desk.house.actor("xu.bo")))
    desk.enter_beside(80_000, later)
    assert (await handle.result()).state is ProposalState.SUPERSEDED


async def test_a_set_has_one_open_proposal(desk: Desk) -> None:
    first = await desk.proposed()
    second = await desk.ended(await desk.propose(await desk.proposal()))
    assert second.state is ProposalState.REFUSED
    assert "payments has an open proposal, payments-1" in second.sentence
    answer = await desk.say(first, "reject", Rejection(desk.house.actor("xu.bo"), "too low"))
    assert (answer.state, answer.sentence) == (ProposalState.REJECTED, "xu.bo: too low")
    third = await desk.proposed()
    withdrawn = await desk.say(third, "withdraw", Withdrawal(desk.house.actor("he.ting"), "typed wrong"))
    assert withdrawn.state is ProposalState.WITHDRAWN
    assert desk.row("payments-2").note == "typed wrong"
    assert desk.in_force(await desk.temporal.get_current_time())[0] == 0


async def test_two_at_the_same_moment_are_one(desk: Desk) -> None:
    proposals = [await desk.proposal(), await desk.proposal(number=2)]
    handles = [await desk.propose(each) for each in proposals]
    async with asyncio.timeout(30):
        while len(open_ := [each for each in handles if await _waits(each)]) != 1:
            pass
    (refused,) = [each for each in handles if each not in open_]
    assert (await desk.ended(refused)).state is ProposalState.REFUSED
    await open_[0].terminate()


async def _waits(handle: Handle) -> bool:
    return bool((await handle.query(ParameterChange.status)).waiting_for)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"value": PaymentParameters().model_dump(mode="json")}, "changes nothing of payments"),
        ({"value": {"release_above": "-1"}}, "release_above = '-1'"),
        ({"value": {"releese": "1"}}, "releese"),
        ({"base_version": 7}, "was at version 7 when this was written and is at 0 now"),
        ({"set_name": "lottery"}, "parameter set 'lottery' does not exist"),
        (
            {"set_name": "bank-east", "value": {"code": "west"}},
            "code = 'west' does not belong into bank-east",
        ),
    ],
)
async def test_what_breaks_a_rule_is_refused_and_leaves_no_trace(
    desk: Desk, changes: dict[str, Any], reason: str
) -> None:
    proposal = await desk.proposal(**changes)
    outcome = await (await desk.propose(proposal)).result()
    assert outcome.state is ProposalState.REFUSED
    assert reason in outcome.sentence
    with desk.house.database.transaction() as session:
        assert parameter_changes.listed(session, set_name=None, undecided=False) == []


async def test_a_change_does_not_reach_back_unless_the_set_allows_it(desk: Desk) -> None:
    yesterday = await desk.temporal.get_current_time() - timedelta(days=1)
    outcome = await (await desk.propose(await desk.proposal(effective_from=yesterday))).result()
    assert outcome.state is ProposalState.REFUSED
    assert "is before now" in outcome.sentence


async def test_who_may_not_change_a_set_may_not_propose_it(desk: Desk) -> None:
    proposal = await desk.proposal(proposed_by=desk.house.actor("luo.dan"))
    outcome = await (await desk.propose(proposal)).result()
    assert "luo.dan may not propose changes of payments" in outcome.sentence


async def test_a_proposal_of_which_the_date_passes_holds_from_its_approval(desk: Desk) -> None:
    soon = await desk.temporal.get_current_time() + timedelta(hours=1)
    handle = await desk.proposed(effective_from=soon)
    await desk.temporal.sleep(timedelta(hours=3))
    answer = await desk.say(handle, "approve", Approval(desk.house.actor("xu.bo")))
    assert answer.effective_from is not None
    assert answer.effective_from >= soon + timedelta(hours=2) - timedelta(minutes=1)
    assert (await handle.result()).state is ProposalState.IN_FORCE
