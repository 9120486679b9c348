"""Approvals climb by authority, and nobody decides what is not theirs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
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
