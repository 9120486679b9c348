"""Locks, service levels and absences over the days, holidays included."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.store.approval import tasks
from activities.store.database import Database
from models.approval.commands import Approve, Lock
from models.approval.messages import ApprovalState
from models.calendar import SHANGHAI, BusinessCalendar
from models.parameters.approval import ApprovalParameters, WorkingTime
from tests.factories.approvals import DecidingHouse, actor, deciding_house

pytestmark = pytest.mark.stack


@pytest.fixture
async def house(temporal: WorkflowEnvironment, database: Database) -> AsyncIterator[DecidingHouse]:
    async with deciding_house(temporal, database) as opened:
        yield opened


async def test_a_lock_expires_by_itself(house: DecidingHouse) -> None:
    handle = await house.asked()
    status = await house.say(handle, "lock", Lock(actor("li.wei")))
    assert status.lock_until is not None
    await house.sleep_until(status.lock_until)
    status = await house.until(handle, lambda status: not status.locked_by)
    assert house.task(handle).locked_by == ""
    await house.say(handle, "lock", Lock(actor("zhang.min")))
    refused = await house.refusal(handle, "approve", Approve(actor("li.wei")))
    assert refused.startswith("HeldByAnotherError: zhang.min holds")


async def test_a_lock_taken_again_lasts_from_then(house: DecidingHouse) -> None:
    handle = await house.asked()
    first = await house.say(handle, "lock", Lock(actor("li.wei")))
    await house.temporal.sleep(timedelta(minutes=50))
    await house.say(handle, "lock", Lock(actor("li.wei")))
    assert first.lock_until is not None
    await house.sleep_until(first.lock_until)
    assert (await house.status(handle)).locked_by == "li.wei"


async def test_what_nobody_decides_climbs_on_business_time(house: DecidingHouse) -> None:
    handle = await house.asked()
    opened = house.task(handle)
    expected = BusinessCalendar().add_business_hours(opened.opened_at, timedelta(hours=4))
    assert opened.due_at == expected
    await house.sleep_until(expected)
    status = await house.until(handle, lambda status: status.escalated > 0)
    assert status.pool == ("li.wei", "zhang.min", "gao.ling", "sun.yue", "yu.fei")
    assert house.inbox("sun.yue") == [status.approval_id]
    assert house.task(handle).priority < opened.priority
    assert [each.what for each in house.events(handle)] == ["asked", "reminded", "escalated"]
    await house.say(handle, "approve", Approve(actor("sun.yue"), "nobody was there"))
    assert (await handle.result()).decided[0].step == "officer"


async def test_at_the_top_it_waits_without_further_noise(house: DecidingHouse) -> None:
    handle = await house.asked()
    await house.temporal.sleep(timedelta(days=90))
    escalations = [each.sentence for each in house.events(handle) if each.what == "escalated"]
    assert len(escalations) <= 4
    status = await house.status(handle)
    assert {"li.wei", "sun.yue", "zhou.kai", "fan.li"} <= set(status.pool)
    assert status.state is ApprovalState.WAITING


async def test_a_holiday_week_stops_the_clock_and_brings_the_deputy(house: DecidingHouse) -> None:
    """A long holiday is entered in the parameters; li.wei is away over it and the days after."""
    today = (await house.now()).astimezone(SHANGHAI).date()
    week = [today + timedelta(days=count) for count in range(1, 8)]
    closed = ApprovalParameters(working_time=WorkingTime(exceptions=dict.fromkeys(week, False)))
    house.enter_parameters(closed)
    away_until = BusinessCalendar().next_business_day(week[-1] + timedelta(days=3))
    await house.away("li.wei", "wang.fang", week[0], away_until)
    evening = datetime.combine(today, closed.working_time.closes, SHANGHAI) + timedelta(hours=1)
    if await house.now() < evening:
        await house.sleep_until(evening)
    handle = await house.asked(involved=("zhang.min",))
    first = await house.status(handle)
    assert first.assigned_to == "li.wei"
    assert first.due_at is not None
    assert first.due_at.astimezone(SHANGHAI).date() > week[-1]
    status = await house.until_passed(handle, datetime.combine(week[0], evening.time(), SHANGHAI))
    assert (status.assigned_to, status.pool) == ("wang.fang", ("wang.fang",))
    assert status.escalated == 0
    assert house.inbox("wang.fang") == [status.approval_id]
    await house.say(handle, "approve", Approve(actor("wang.fang"), "for li.wei"))
    outcome = await handle.result()
    assert (outcome.decided[0].username, outcome.decided[0].on_behalf_of) == ("wang.fang", "li.wei")


async def test_a_deputy_is_one_for_the_absence_only(house: DecidingHouse) -> None:
    today = (await house.now()).astimezone(SHANGHAI).date()
    handle = await house.asked("600000.00")
    await house.away("li.wei", "chen.jie", today, today + timedelta(days=1))
    await handle.signal("people_changed")
    status = await house.until(handle, lambda status: "chen.jie" in status.pool)
    assert status.assigned_to == "chen.jie"
    assert status.pool == ("zhang.min", "chen.jie")
    await house.sleep_until(datetime.combine(today + timedelta(days=2), datetime.min.time(), SHANGHAI))
    status = await house.until(handle, lambda status: "li.wei" in status.pool)
    assert "chen.jie" not in status.pool
    assert "chen.jie may not decide" in await house.refusal(handle, "approve", Approve(actor("chen.jie")))


async def test_four_eyes_looks_at_the_deputy_and_at_who_is_away(house: DecidingHouse) -> None:
    today = (await house.now()).astimezone(SHANGHAI).date()
    await house.away("sun.yue", "li.wei", today, today + timedelta(days=30))
    await house.away("zhang.min", "gao.ling", today, today + timedelta(days=30))
    handle = await house.asked("600000.00", involved=("li.wei",))
    status = await house.say(handle, "approve", Approve(actor("gao.ling"), "for zhang.min"))
    assert status.decided[0].on_behalf_of == "zhang.min"
    assert status.pool == ("yu.fei",)  # gao.ling decided, sun.yue's deputy takes part in it
    refused = await house.refusal(handle, "approve", Approve(actor("gao.ling")))
    assert refused.startswith("DecidedAlreadyError")


async def test_where_nobody_may_decide_it_says_so_and_goes_on_when_somebody_comes(
    house: DecidingHouse,
) -> None:
    everyone = ("li.wei", "zhang.min", "wang.fang", "chen.jie")
    handle = await house.asked(involved=everyone)
    status = await house.status(handle)  # straight to the managers
    assert (status.escalated, status.pool) == (1, ("gao.ling", "sun.yue", "yu.fei"))
    managers = ("gao.ling", "sun.yue", "yu.fei", "zhou.kai", "fan.li")
    stuck = await house.asked(involved=(*everyone, *managers))
    status = await house.status(stuck)
    assert status.needs_person
    assert status.waiting_for.startswith("somebody who may decide as officer")
    with house.database.transaction() as session:
        assert status.approval_id in tasks.concerned(session, ["nobody"])


async def test_changed_parameters_do_not_reach_what_is_under_way(house: DecidingHouse) -> None:
    handle = await house.asked("600000.00")
    shipped = ApprovalParameters()
    (by_rules, tiers) = shipped.policies["lease"].routes
    steps = (tiers.steps[0].model_copy(update={"final_up_to": Decimal(1_000_000)}), *tiers.steps[1:])
    lease = shipped.policies["lease"].model_copy(
        update={"routes": (by_rules, tiers.model_copy(update={"steps": steps}))}
    )
    house.enter_parameters(shipped.model_copy(update={"policies": {"lease": lease}}))
    assert (await house.say(handle, "approve", Approve(actor("li.wei")))).step == "manager"
    newer = await house.asked("600000.00")
    await house.say(newer, "approve", Approve(actor("zhang.min")))
    assert (await newer.result()).state is ApprovalState.APPROVED
