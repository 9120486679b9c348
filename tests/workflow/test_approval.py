"""Approvals climb by authority, and nobody decides what is not theirs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from activities.store.approval import approvals
from activities.store.database import Database
from models.approval.commands import (
    Approve,
    Comment,
    Lock,
    Reassign,
    Reject,
    Return,
    Tag,
    Unlock,
    Withdraw,
)
from models.approval.messages import ApprovalState, Condition
from tests.factories.approvals import DecidingHouse, actor, deciding_house, request

pytestmark = pytest.mark.stack


@pytest.fixture
async def house(temporal: WorkflowEnvironment, database: Database) -> AsyncIterator[DecidingHouse]:
    async with deciding_house(temporal, database) as opened:
        yield opened


async def test_a_small_one_is_decided_by_an_officer_alone(house: DecidingHouse) -> None:
    handle = await house.asked("120000.00")
    status = await house.status(handle)
    assert (status.step, status.assigned_to) == ("officer", "li.wei")
    assert status.pool == ("li.wei", "zhang.min")
    assert house.inbox("zhang.min") == [status.approval_id]
    await house.say(handle, "lock", Lock(actor("zhang.min")))
    assert house.inbox("li.wei") == []
    await house.say(handle, "approve", Approve(actor("zhang.min"), "sound"))
    outcome = await handle.result()
    assert outcome.state is ApprovalState.APPROVED
    assert [(each.step, each.username, each.reason) for each in outcome.decided] == [
        ("officer", "zhang.min", "sound")
    ]
    assert house.state(handle) is ApprovalState.APPROVED
    assert house.inbox("zhang.min") == []


async def test_a_large_one_climbs_to_the_director_with_the_last_word_on_conditions(
    house: DecidingHouse,
) -> None:
    handle = await house.asked("6000000.00")
    officer = Approve(actor("li.wei"), "on more deposit", (Condition("deposit", "20000"),))
    status = await house.say(handle, "approve", officer)
    assert (status.step, status.assigned_to) == ("manager", "gao.ling")
    manager = (Condition("deposit", "30000"), Condition("rate", "0.09"))
    status = await house.say(handle, "approve", Approve(actor("sun.yue"), "", manager))
    assert (status.step, status.assigned_to) == ("director", "fan.li")
    await house.say(handle, "approve", Approve(actor("zhou.kai"), "", (Condition("rate", "0.085"),)))
    outcome = await handle.result()
    assert outcome.conditions == (Condition("deposit", "30000"),)
    with house.database.transaction() as session:
        row = approvals.find(session, outcome.approval_id)
        assert approvals.conditions_of(row) == outcome.conditions
        kept = [each.username for each in approvals.decisions(session, outcome.approval_id)]
    assert kept == ["li.wei", "sun.yue", "zhou.kai"]


async def test_rules_alone_decide_where_the_route_asks_nobody(house: DecidingHouse) -> None:
    handle = await house.start(request("120000.00", grade="A"))
    outcome = await handle.result()
    assert outcome.by_rules
    assert outcome.state is house.state(handle) is ApprovalState.APPROVED


async def test_who_decided_one_step_decides_no_other(house: DecidingHouse) -> None:
    """A delegate of a manager who is an officer as well, and a manager who stands in for an officer."""
    handle = await house.asked("600000.00", involved=("zhang.min", "ops"))
    await house.say(handle, "approve", Approve(actor("li.wei")))
    refused = await house.refusal(handle, "approve", Approve(actor("li.wei")))
    assert refused.startswith("DecidedAlreadyError: li.wei decided step officer of this round")
    assert await house.refusal(handle, "lock", Lock(actor("wang.fang"))) == (
        "NotInPoolError: wang.fang may not decide step manager. "
        "It is for the role manager (gao.ling, sun.yue, yu.fei)"
    )


async def test_refusals_name_the_rule_and_leave_no_trace(house: DecidingHouse) -> None:
    handle = await house.asked("120000.00", involved=("zhang.min",))
    before = [each.number for each in house.events(handle)]

    async def told(update: str, command: object) -> str:
        return await house.refusal(handle, update, command)

    assert "own people" in await told("approve", Approve(actor("ma.jun")))
    assert "deng.chao may not decide approvals" in await told("approve", Approve(actor("deng.chao")))
    assert "zhang.min takes part in" in await told("approve", Approve(actor("zhang.min")))
    assert "It is for the role officer of Shanghai (li.wei)" in await told(
        "approve", Approve(actor("wang.fang"))
    )
    assert "sun.yue may not decide step officer" in await told("reject", Reject(actor("sun.yue"), "no"))
    assert "condition 'colour' names no negotiable term" in await told(
        "approve", Approve(actor("li.wei"), "", (Condition("colour", "red"),))
    )
    assert "is above 60000.00" in await told(
        "approve", Approve(actor("li.wei"), "", (Condition("deposit", "60000.01"),))
    )
    assert "step 'manager' cannot be returned to. Use one of form, documents" in await told(
        "return", Return(actor("li.wei"), "manager", "no")
    )
    assert "the reason is empty" in await told("reject", Reject(actor("li.wei"), " "))
    assert "nobody holds" in await told("unlock", Unlock(actor("li.wei")))
    assert "gao.ling may not decide step officer" in await told(
        "reassign", Reassign(actor("sun.yue"), "gao.ling", "they asked")
    )
    assert "wang.fang may not reassign" in await told(
        "reassign", Reassign(actor("wang.fang"), "li.wei", "they asked")
    )
    assert "li.wei may not withdraw" in await told("withdraw", Withdraw(actor("li.wei"), "no"))
    assert "tag 'two words' is not a label" in await told("tag", Tag(actor("li.wei"), ("two words",)))
    assert "deng.chao may not comment" in await told("comment", Comment(actor("deng.chao"), "please"))
    assert [each.number for each in house.events(handle)] == before


async def test_what_somebody_holds_is_left_to_them(house: DecidingHouse) -> None:
    handle = await house.asked()
    await house.say(handle, "lock", Lock(actor("li.wei")))
    for update, command in (
        ("approve", Approve(actor("zhang.min"))),
        ("lock", Lock(actor("zhang.min"))),
    ):
        refused = await house.refusal(handle, update, command)
        assert refused.startswith(f"HeldByAnotherError: li.wei holds {house.task(handle).approval_id} until")
    assert "zhang.min may not unlock what li.wei holds" in await house.refusal(
        handle, "unlock", Unlock(actor("zhang.min"))
    )
    status = await house.say(handle, "unlock", Unlock(actor("sun.yue"), "on a visit"))
    assert status.locked_by == ""
    await house.say(handle, "lock", Lock(actor("zhang.min")))
    status = await house.say(handle, "reassign", Reassign(actor("zhang.min"), "li.wei", "knows them"))
    assert (status.assigned_to, status.locked_by) == ("li.wei", "")
    assert house.task(handle).assigned_to == "li.wei"
    status = await house.say(handle, "tag", Tag(actor("li.wei"), ("urgent", "new")))
    status = await house.say(handle, "tag", Tag(actor("li.wei"), ("-new",)))
    assert status.tags == ("urgent",)
    await house.say(handle, "comment", Comment(actor("li.wei"), "the statement of March is missing"))
    assert [each.what for each in house.events(handle)] == [
        "asked",
        "locked",
        "unlocked",
        "locked",
        "reassigned",
        "tagged",
        "tagged",
        "commented",
    ]
    await house.say(handle, "reject", Reject(actor("li.wei"), "income does not carry it"))
    outcome = await handle.result()
    assert (outcome.state, outcome.reason) == (ApprovalState.REJECTED, "income does not carry it")


async def test_what_is_returned_to_a_step_is_decided_anew_from_there(house: DecidingHouse) -> None:
    handle = await house.asked("6000000.00")
    await house.say(handle, "approve", Approve(actor("li.wei"), "", (Condition("deposit", "20000"),)))
    await house.say(handle, "approve", Approve(actor("sun.yue")))
    status = await house.say(handle, "return", Return(actor("fan.li"), "officer", "visit them first"))
    assert (status.step, status.conditions) == ("officer", ())
    assert "sun.yue may not decide step officer" in (
        refused := await house.refusal(handle, "approve", Approve(actor("sun.yue")))
    ) or refused.startswith("DecidedAlreadyError")
    await house.say(handle, "approve", Approve(actor("li.wei"), "visited"))
    await house.say(handle, "approve", Approve(actor("sun.yue"), "again"))
    await house.say(handle, "approve", Approve(actor("fan.li")))
    outcome = await handle.result()
    assert outcome.state is ApprovalState.APPROVED
    assert [each.decision for each in outcome.decided] == ["approve"] * 2 + ["return"] + ["approve"] * 3


async def test_what_is_returned_to_the_asking_process_ends_the_round(house: DecidingHouse) -> None:
    handle = await house.asked()
    await house.say(handle, "return", Return(actor("li.wei"), "documents", "licence unreadable"))
    outcome = await handle.result()
    assert (outcome.state, outcome.returned_to, outcome.reason) == (
        ApprovalState.RETURNED,
        "documents",
        "licence unreadable",
    )


async def test_a_raised_amount_needs_the_authority_for_it(house: DecidingHouse) -> None:
    handle = await house.asked("500000.00")
    raised = Approve(actor("li.wei"), "", (Condition("amount", "500000.01"),))
    assert (await house.say(handle, "approve", raised)).step == "manager"


async def test_the_side_that_asked_takes_it_back(house: DecidingHouse) -> None:
    handle = await house.asked()
    await house.say(handle, "withdraw", Withdraw(actor("deng.chao"), "bought elsewhere"))
    assert (await handle.result()).state is ApprovalState.WITHDRAWN
    recalled = await house.asked()
    await recalled.signal("recall", Withdraw(actor("ops"), "blacklisted meanwhile"))
    outcome = await recalled.result()
    assert (outcome.state, outcome.reason) == (ApprovalState.WITHDRAWN, "blacklisted meanwhile")
    assert house.task(recalled).done_at is not None


async def test_an_asking_process_that_is_cancelled_leaves_nothing_in_inboxes(house: DecidingHouse) -> None:
    handle = await house.asked()
    await handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert house.state(handle) is ApprovalState.WITHDRAWN
    assert house.inbox("li.wei") == []


async def test_two_at_the_same_moment_are_one_decision(house: DecidingHouse) -> None:
    handle = await house.asked("600000.00")
    answers = await asyncio.gather(
        house.say(handle, "approve", Approve(actor("li.wei"))),
        house.say(handle, "approve", Approve(actor("zhang.min"))),
        return_exceptions=True,
    )
    assert sum(isinstance(each, BaseException) for each in answers) == 1
    status = await house.status(handle)
    assert (status.step, len(status.decided)) == ("manager", 1)


async def test_an_id_stands_for_one_request(house: DecidingHouse) -> None:
    first = request()
    handle = await house.start(first)
    await house.until(handle, lambda status: bool(status.waiting_for))
    await handle.terminate()
    again = await house.start(request(approval_id=first.approval_id))
    with pytest.raises(Exception, match="Workflow execution failed") as failed:
        await again.result()
    assert "exists with another request" in repr(failed.value.__cause__.__cause__)


async def test_tasks_go_to_who_has_least_to_do(house: DecidingHouse) -> None:
    handles = [await house.asked() for _ in range(4)]
    assert [house.task(each).assigned_to for each in handles] == [
        "li.wei",
        "zhang.min",
        "li.wei",
        "zhang.min",
    ]
    alone = await house.asked(branch="Suzhou")
    assert (await house.status(alone)).pool == ("wang.fang",)
    anywhere = await house.asked(branch="Urumqi")
    assert (await house.status(anywhere)).pool == ("chen.jie", "li.wei", "wang.fang", "zhang.min")
