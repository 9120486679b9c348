"""Leases come about exactly once, whatever dies and whoever does not answer, from application to money."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import httpx
import pytest

from models.lease.application.form import LeaseForm
from models.lease.application.written import as_written
from models.money import Money
from tests.contract.bank_site import PlayedBank
from tests.e2e.conftest import Stack, start
from tests.e2e.lease_desk import Desk
from tests.e2e.lease_judge import LeaseJudge
from tests.e2e.lease_trouble import LeaseTrouble
from tests.factories.leases import LeaseFactory
from tests.factories.treasury_stack import Crowd, House
from workers.settings import load_settings
from workers.setup import open_database
from workers.temporal import connect
from workflows.queues import Queue

pytestmark = [pytest.mark.stack, pytest.mark.slow]

STRAIGHT: Final = 9
"""Applications that rules decide and pay."""
REFERRED: Final = 3
"""Applications that an officer decides, the desk reviews and a treasurer lets go."""
PATIENCE: Final = 330.0
"""Seconds; a dead worker of a drawing or signing step is noticed after up to three minutes."""
SHORT_PATIENCE: Final = (
    "http.answer_seconds=1.0",
    "inquiry.pauses_seconds=[0.3, 0.5, 1, 2]",
    "inquiry.unheard_of_final_seconds=5",
)
"""So that what takes minutes is seen in seconds."""
STAGES: Final = {"application screening", "application contracting", "contract signing", "payment instructed"}
"""Stages that are long enough to be struck every time."""
GOOD: Final = {"score": 780, "accounts_now": 0, "times_over_90_days": 0, "enquiries_90_days": 0}
HARMLESS: Final = {
    "risk": 3,
    "known_ring": False,
    "photo_mismatch": False,
    "phone": 0,
    "address": 0,
    "device": 0,
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = start(tmp_path_factory.mktemp("leasing"))
    try:
        running.run(
            "params", "propose", "bank-harbour", *SHORT_PATIENCE, "--reason=short patience", "--as=he.ting"
        )
        running.run("params", "approve", "bank-harbour-1", "--as=xu.bo")
        running.offices("bureau/admin/records/*", GOOD, method="PUT")
        running.offices("antifraud/admin/records/*", HARMLESS, method="PUT")
        yield running
    finally:
        running.run("down")


@pytest.fixture
async def house(stack: Stack) -> AsyncIterator[House]:
    settings = load_settings(home=stack.home)
    database = open_database(settings, pool_size=4)
    with httpx.Client(base_url=stack.url("banks"), timeout=60) as http:
        client = await connect(settings)
        yield House(database, client, PlayedBank("harbour", http), PlayedBank("river", http))
    database.close()


def applied_for(stack: Stack) -> list[LeaseForm]:
    """Small leases through the dealer; the lessees of the larger ones are overdue elsewhere."""
    factory = LeaseFactory(61)
    straight = [factory.express() for _ in range(STRAIGHT)]
    referred = [_larger(factory) for _ in range(REFERRED)]
    for form in referred:
        record = GOOD | {"accounts_now": 1}
        stack.offices(f"bureau/admin/records/{form.lessee.identifier}", record, method="PUT")
    return [*straight, *referred]


def _larger(factory: LeaseFactory) -> LeaseForm:
    form = factory.express(assets=(factory.vehicle("200000.00"),))
    return replace(form, financing=replace(form.financing, down_payment=Money.of("50000.00")))


async def test_leases_come_about_exactly_once(stack: Stack, house: House, tmp_path: Path) -> None:
    forms = applied_for(stack)
    lines = tmp_path / "applications.jsonl"
    lines.write_text("".join(json.dumps(as_written(form), ensure_ascii=False) + "\n" for form in forms))
    desk = Desk(house)
    queues = (Queue.ENGINE, Queue.BANKS, Queue.OFFICES, Queue.ANALYSIS)
    crowd = Crowd(stack.home, queues=queues)
    with crowd.at_work():
        trouble = LeaseTrouble(stack, house, crowd)
        trouble.misbehave()
        killing = asyncio.create_task(trouble.kill_workers())
        try:
            await asyncio.to_thread(
                stack.run, "lease", "apply", "--file", str(lines), "--submit", "--wait", "0", "--as=deng.chao"
            )
            await until_all_active(house, desk)
        finally:
            trouble.over.set()
            await killing
        house.harbour.behave()

    assert trouble.kills > 10
    assert trouble.stages >= STAGES, sorted(trouble.stages)
    assert {each.split(maxsplit=1)[0] for each in desk.said} == {"approve", "release"}
    findings = await LeaseJudge(stack, house, forms).findings()
    assert not findings, "\n".join(findings)
    assert "clean" in stack.run("ledger", "verify")


async def until_all_active(house: House, desk: Desk) -> None:
    """People do their part until every lease is active."""
    deadline = time.monotonic() + PATIENCE
    standing = "SELECT application_id, state, sentence FROM lease_application WHERE state <> 'active'"
    while not house.rows("SELECT 1 FROM lease_application") or not await desk.is_done():
        assert time.monotonic() < deadline, "\n".join(map(str, house.rows(standing)))
        await asyncio.sleep(0.5)  # polls processes of their own; nothing here is timed
