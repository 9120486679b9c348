"""Workers that are killed in each stage lose nothing and do nothing twice."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.store.approval import approvals
from activities.store.database import Database
from models.approval.commands import Approve, Lock
from models.approval.messages import ApprovalState, Condition
from tests.factories.approvals import DecidingHouse, Handle, actor, request

pytestmark = [pytest.mark.stack, pytest.mark.slow]

Answer = TypeVar("Answer")
ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def mortal_workers(house: DecidingHouse) -> AsyncIterator[list[int]]:
    """One worker process after the other; gives how they ended."""
    ended: list[int] = []
    workers = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.factories.approval_worker",
        house.temporal.client.service_client.config.target_host,
        house.database.url,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    yield ended
    workers.terminate()
    told, _ = await workers.communicate()
    # the SDK writes warnings beside it
    ended += [int(line.split()[1]) for line in told.splitlines() if line.startswith(b"ended ")]


async def meanwhile(house: DecidingHouse, work: Awaitable[Answer]) -> Answer:
    """Let the time pass after which a step of a dead worker is tried again."""
    task = asyncio.ensure_future(work)
    while not task.done():
        await house.temporal.sleep(timedelta(seconds=10))
        await asyncio.wait([task], timeout=0.3)
    return await task


async def happened(house: DecidingHouse, handle: Handle, what: str) -> None:
    """Wait for an entry in the books: a query that reaches a worker as it dies is never answered."""
    while what not in [each.what for each in await asyncio.to_thread(house.events, handle)]:
        pass


async def test_every_stage_survives_its_worker(temporal: WorkflowEnvironment, database: Database) -> None:
    house = DecidingHouse(database, temporal)
    house.open()
    wish = request("600000.00")
    async with mortal_workers(house) as ended:
        handle = await house.start(wish)
        await meanwhile(house, house.say(handle, "lock", Lock(actor("li.wei"))))
        yes = Approve(actor("li.wei"), "sound", (Condition("deposit", "20000"),))
        status = await meanwhile(house, house.say(handle, "approve", yes))
        assert (status.step, status.locked_by) == ("manager", "")
        await handle.signal("people_changed")
        await meanwhile(house, happened(house, handle, "reassessed"))
        await meanwhile(house, house.say(handle, "approve", Approve(actor("sun.yue"))))
        outcome = await handle.result()
    assert outcome.state is ApprovalState.APPROVED
    assert ended == [-signal.SIGKILL] * 5
    with database.transaction() as session:
        decided = approvals.decisions(session, wish.approval_id)
        told = [each.what for each in approvals.events(session, wish.approval_id)]
    assert [each.username for each in decided] == ["li.wei", "sun.yue"]
    assert told == ["asked", "locked", "approve", "reassessed", "approve"]
