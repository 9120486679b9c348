"""People are written to when a step comes to them, once, and no letter holds up an approval."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment
from typer.testing import CliRunner

from activities.store.database import Database
from cli import people as people_command
from models.approval.commands import Approve
from models.approval.messages import ApprovalState
from models.parameters.approval import ApprovalParameters
from tests.factories.approvals import DecidingHouse, actor, deciding_house

pytestmark = pytest.mark.stack


@pytest.fixture
async def house(temporal: WorkflowEnvironment, fresh_database: Database) -> AsyncIterator[DecidingHouse]:
    async with deciding_house(temporal, fresh_database) as opened:
        yield opened


async def _told(house: DecidingHouse, approval_id: str, count: int) -> list[tuple[str, str]]:
    """The letters about an approval, once there are so many."""
    async with asyncio.timeout(30):
        while len(told := house.post.told(approval_id)) < count:  # noqa: ASYNC110 - asks a worker
            await asyncio.sleep(0.02)
    return told


async def test_whose_turn_it_is_and_to_whom_it_is_escalated_are_told_once(house: DecidingHouse) -> None:
    handle = await house.asked()
    status = await house.status(handle)
    assert await _told(house, status.approval_id, 1) == [("asked", status.assigned_to)]
    opened = house.task(handle)
    await house.sleep_until(opened.due_at)
    status = await house.until(handle, lambda status: status.escalated > 0)
    told = await _told(house, status.approval_id, 4)
    assert sorted(told[1:]) == [("escalated", name) for name in ("gao.ling", "sun.yue", "yu.fei")]
    await handle.signal("people_changed")
    await house.say(handle, "approve", Approve(actor("sun.yue"), "nobody was there"))
    await handle.result()
    assert len(house.post.told(status.approval_id)) == 4
    letter = house.post.letters[0]
    assert (str(letter.amount), letter.due_at) == ("120000.00", opened.due_at)


async def test_mail_that_fails_holds_nobody_up(house: DecidingHouse) -> None:
    house.post.fails = True
    handle = await house.asked("600000.00")
    await house.say(handle, "approve", Approve(actor("li.wei"), "sound"))
    await house.say(handle, "approve", Approve(actor("sun.yue"), "sound"))
    assert (await handle.result()).state is ApprovalState.APPROVED
    assert house.post.letters == []


async def test_letters_can_be_switched_off(house: DecidingHouse) -> None:
    house.enter_parameters(ApprovalParameters(notify=False))
    handle = await house.asked()
    await house.temporal.sleep(timedelta(hours=1))
    assert house.post.letters == []
    await house.say(handle, "approve", Approve(actor("li.wei"), "sound"))


async def test_people_who_are_imported_are_found_by_what_nobody_may_decide(
    house: DecidingHouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LEASEFLOW_DATABASE_URL", house.database.url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", house.temporal.client.service_client.config.target_host)
    everyone = ("li.wei", "zhang.min", "wang.fang", "sun.yue", "gao.ling", "zhou.kai", "fan.li", "yu.fei")
    handle = await house.asked(involved=(*everyone, "chen.jie", "wu.jie", "he.ting"))
    status = await house.status(handle)
    if status.pool:
        pytest.fail(f"{status.pool} may decide it: name them as involved, too")
    (tmp_path / "staff.csv").write_text(
        "username,full_name,roles,branch,email,manager,dealer\nnew.hand,新人,officer,Shanghai,n@x.example,,\n"
    )
    with house.temporal.auto_time_skipping_disabled():
        imported = await asyncio.to_thread(
            CliRunner().invoke, people_command.app, ["import", str(tmp_path / "staff.csv")]
        )
        assert imported.exit_code == 0, imported.output
        status = await house.until(handle, lambda status: bool(status.pool))
    assert status.pool == ("new.hand",)
