"""Workers that are killed, letters that died, books that differ: all of it comes right in the end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.adapters.transports.opening import OpenTransports
from activities.forwarding.desk import BooksDesk
from activities.store.database import Database
from activities.store.forwarding import comparison
from activities.store.forwarding.bell import Box
from activities.store.forwarding.dead_letters import redrive
from models.calendar import business_date
from models.forwarding.consistency import DifferenceKind
from models.forwarding.messages import CheckDay, DayChecked, Redrive, RedriveNote
from models.people import SYSTEM
from tests.factories.forwarding import (
    ForwardingHouse,
    GivenSecrets,
    carrying,
    eventually,
    http_profile,
    queue_profile,
)
from tests.factories.forwarding_outside import ROOT, Partners, nats_server, played_partners

pytestmark = pytest.mark.stack


@pytest.fixture
def house(fresh_database: Database) -> ForwardingHouse:
    return ForwardingHouse(fresh_database)


@pytest.fixture
def finance(house: ForwardingHouse, tmp_path: Path) -> Iterator[Partners]:
    with played_partners(tmp_path / "partners") as played:
        house.enter(http_profile(played.url))
        yield played


def keys(count: int) -> list[str]:
    return [f"L-{number:04d}" for number in range(1, count + 1)]


async def test_a_worker_killed_in_a_drain_of_500_loses_doubles_and_disorders_nothing(
    house: ForwardingHouse, finance: Partners
) -> None:
    wanted = keys(500)
    house.enter(http_profile(finance.url, messages_per_second=400))
    house.put("finance", *wanted)
    for floor in (50, 200):
        worker = _start_worker(house)
        await eventually(lambda floor=floor: len(finance.ids("finance")) > floor)
        worker.kill()
        worker.wait()
    assert house.states("finance").get("waiting", 0) > 0
    async with carrying(house.database, "finance"):
        await eventually(lambda: house.states("finance") == {"delivered": 500})
    assert finance.ids("finance") == wanted
    assert finance.disorder("finance") == []
    repeated = [message for message in finance.messages("finance") if message["repeats"]]
    assert len(repeated) <= 2 * 150


async def test_a_dead_letter_blocks_until_it_is_driven_again_in_its_old_place(
    house: ForwardingHouse, finance: Partners
) -> None:
    finance.misbehave("finance", kind="refuse", status=422, id="L-0002")
    house.put("finance", *keys(4))
    async with carrying(house.database, "finance") as told:
        await eventually(lambda: house.states("finance") == {"delivered": 1, "dead": 1, "waiting": 2})
        assert house.out("finance", "L-0002").last_error == "422 refused on command"
        await eventually(lambda: told and (told[-1].dead, told[-1].blocked) == (1, 1))
        finance.behave("finance")
        note = RedriveNote("finance", Redrive(SYSTEM, reason="account opened"), datetime.now(UTC))
        with house.database.transaction() as session:
            assert redrive(session, Box.OUTBOX, note) == ("L-0002",)
        await eventually(lambda: house.states("finance") == {"delivered": 4})
    assert finance.ids("finance") == keys(4)


async def test_a_dead_letter_of_a_topic_that_passes_holds_up_nobody(
    house: ForwardingHouse, finance: Partners
) -> None:
    finance.misbehave("finance", kind="refuse", status=422, id="L-0002")
    house.put("finance", *keys(4), topic="notes")
    async with carrying(house.database, "finance"):
        await eventually(lambda: house.states("finance") == {"delivered": 3, "dead": 1})


async def test_books_that_differ_are_listed_by_key_and_what_is_missing_goes_again(
    house: ForwardingHouse, finance: Partners
) -> None:
    finance.misbehave("finance", kind="forget", id="L-0002")
    finance.misbehave("finance", kind="corrupt", id="L-0004")
    house.put("finance", *keys(5))
    async with carrying(house.database, "finance"):
        await eventually(lambda: house.states("finance") == {"delivered": 5})
        first = await _check(house, "finance")
        finance.behave("finance")
        await eventually(lambda: house.states("finance") == {"delivered": 5})
        second = await _check(house, "finance")
    assert [(each.key, each.kind) for each in first.differences] == [
        ("L-0002", DifferenceKind.MISSING_THERE),
        ("L-0004", DifferenceKind.OTHER_BODY),
    ]
    assert (first.messages, first.redriven) == (5, 1)
    assert [each.key for each in second.differences] == ["L-0004"]
    with house.database.transaction() as session:
        kept = comparison.newest(session, "finance", _today())
    assert [(row.topic, row.our_count, row.their_count) for row in kept] == [("loans", 5, 5)]


async def test_books_are_compared_over_nats(house: ForwardingHouse, tmp_path: Path) -> None:
    with (
        nats_server(tmp_path / "nats") as server,
        played_partners(tmp_path / "partners", nats=server.address) as core,
    ):
        house.enter(queue_profile(server.address))
        core.misbehave("core", kind="forget", id="L-0003", next=1)
        house.put("core", *keys(3))
        async with carrying(house.database, "core"):
            await eventually(lambda: len(core.ids("core")) == 2)
            checked = await _check(house, "core")
            assert [(each.key, each.kind) for each in checked.differences] == [
                ("L-0003", DifferenceKind.MISSING_THERE)
            ]
            await eventually(lambda: core.ids("core") == [*keys(2), "L-0003"])
            assert (await _check(house, "core")).difference_count == 0


async def _check(house: ForwardingHouse, partner: str) -> DayChecked:
    transports = OpenTransports(GivenSecrets(), lambda: datetime.now(UTC))
    desk = BooksDesk(house.database, transports.to)
    check = CheckDay(partner, _today(), datetime.now(UTC))
    checked: DayChecked = await ActivityEnvironment().run(desk.check_day, check)
    await transports.close()
    return checked


def _today():
    return business_date(datetime.now(UTC))


def _start_worker(house: ForwardingHouse) -> subprocess.Popen[bytes]:
    url = house.database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.factories.forwarding", url, "finance"]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ)
