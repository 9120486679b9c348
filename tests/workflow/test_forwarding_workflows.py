"""The forwarder says what it waits for, obeys who may command it, and outlives its partner's bad days."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from activities.store.database import Database
from models.calendar import SHANGHAI
from models.forwarding.messages import (
    ConsistencyOrder,
    ConsistencyOutcome,
    PartnerOrder,
    PauseFlow,
    Redrive,
    Redriven,
)
from models.people import Actor, Role
from tests.factories.forwarding import ForwardingHouse, eventually, forwarding_workers, http_profile
from tests.factories.forwarding_outside import Partners, played_partners
from workflows.forwarding.consistency import ConsistencyCheck
from workflows.forwarding.outbox import OutboxForwarder

pytestmark = pytest.mark.stack
ENGINE = "engine-forwarding-test"
OPS = Actor("ops", (Role.OPERATOR,))


@dataclass
class Desk:
    """A house with its forwarder running, and the finance system on the other side."""

    house: ForwardingHouse
    finance: Partners
    forwarder: WorkflowHandle[OutboxForwarder, None]

    async def waits_for(self, fits: Callable[[str], bool]) -> str:
        """What it waits for, once that fits."""
        async with asyncio.timeout(30):
            while True:
                status = await self.forwarder.query(OutboxForwarder.status)
                if fits(status.waiting_for):
                    return status.waiting_for
                await asyncio.sleep(0.02)

    async def command(self, name: str, command: object, answer: type = str) -> Any:
        return await self.forwarder.execute_update(name, command, id=uuid.uuid4().hex, result_type=answer)


@pytest.fixture
async def house(database: Database, temporal: WorkflowEnvironment) -> AsyncIterator[ForwardingHouse]:
    """With workers for all steps, and nothing going on yet."""
    async with forwarding_workers(temporal.client, database, ENGINE):
        yield ForwardingHouse(database)


@pytest.fixture
async def desk(house: ForwardingHouse, temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Desk]:
    with played_partners(tmp_path / "partners") as finance:
        house.enter(http_profile(finance.url))
        forwarder = await temporal.client.start_workflow(
            OutboxForwarder.run,
            PartnerOrder("finance", "finance system"),
            id=f"outbox-{uuid.uuid4().hex}",
            task_queue=ENGINE,
        )
        yield Desk(house, finance, forwarder)
        await forwarder.terminate()


async def test_it_says_in_a_sentence_what_it_waits_for(desk: Desk) -> None:
    desk.finance.misbehave("finance", kind="refuse", status=503)
    desk.house.put("finance", "L-1", "L-2", "L-3")
    said = await desk.waits_for(lambda text: "503" in text)
    put_at = desk.house.out("finance", "L-1").put_at
    oldest = f"{put_at.astimezone(SHANGHAI):%H:%M}"
    assert said == (
        f"finance system to take 3 messages, oldest from {oldest}, refused: 503 refused on command"
    )
    desk.finance.behave("finance")
    assert await desk.waits_for(lambda text: "503" not in text) == "messages for finance system"
    assert desk.finance.ids("finance") == ["L-1", "L-2", "L-3"]


async def test_trying_again_does_not_lengthen_the_history(desk: Desk) -> None:
    desk.finance.misbehave("finance", kind="refuse", status=503)
    desk.house.put("finance", "L-1")
    await desk.waits_for(lambda text: "503" in text)
    before = (await desk.forwarder.describe()).history_length
    await eventually(lambda: desk.house.out("finance", "L-1").attempts >= 8)
    assert (await desk.forwarder.describe()).history_length - before <= 3


async def test_who_may_pauses_and_resumes(desk: Desk) -> None:
    stranger = Actor("li.wei", (Role.OFFICER,))
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await desk.command("pause", PauseFlow(stranger))
    assert "li.wei may not pause deliveries" in str(refused.value.cause)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await desk.command("resume", PauseFlow(OPS))
    assert "finance is not paused" in str(refused.value.cause)
    assert await desk.command("pause", PauseFlow(OPS, "month end")) == "finance paused"
    await desk.waits_for(lambda text: "ops to resume" in text)
    desk.house.put("finance", "L-1")
    assert desk.house.states("finance") == {"waiting": 1}
    assert await desk.command("resume", PauseFlow(OPS)) == "finance resumed"
    await eventually(lambda: desk.house.states("finance") == {"delivered": 1})


async def test_an_accountant_drives_dead_letters_again(desk: Desk) -> None:
    desk.finance.misbehave("finance", kind="refuse", status=422, next=3)
    desk.house.put("finance", "L-1")
    await eventually(lambda: desk.house.states("finance") == {"dead": 1})
    with pytest.raises(WorkflowUpdateFailedError):
        await desk.command("redrive", Redrive(Actor("li.wei", (Role.OFFICER,))), Redriven)
    accountant = Redrive(Actor("song.lin", (Role.ACCOUNTANT,)), ("L-1",), reason="account opened")
    assert await desk.command("redrive", accountant, Redriven) == Redriven(("L-1",))
    await eventually(lambda: desk.house.states("finance") == {"delivered": 1})


async def test_a_day_is_compared(desk: Desk, temporal: WorkflowEnvironment) -> None:
    desk.house.put("finance", "L-1")
    await eventually(lambda: desk.house.states("finance") == {"delivered": 1})
    outcome = await _compare(temporal, desk.house.out("finance", "L-1").day)
    assert outcome.sentence == "1 partners compared; no difference"


async def _compare(temporal: WorkflowEnvironment, day: date) -> ConsistencyOutcome:
    return await temporal.client.execute_workflow(
        ConsistencyCheck.run,
        ConsistencyOrder("finance", day),
        id=f"check-{uuid.uuid4().hex}",
        task_queue=ENGINE,
    )
