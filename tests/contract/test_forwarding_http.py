"""A partner behind HTTP gets every message in order, whatever it does meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from activities.store.database import Database
from tests.factories.forwarding import ForwardingHouse, carrying, eventually, http_profile
from tests.factories.forwarding_outside import Partners, played_partners

pytestmark = pytest.mark.stack


@pytest.fixture
def house(fresh_database: Database) -> ForwardingHouse:
    return ForwardingHouse(fresh_database)


@pytest.fixture
def partners(tmp_path: Path) -> Iterator[Partners]:
    with played_partners(tmp_path / "partners") as played:
        yield played


@pytest.fixture
def finance(house: ForwardingHouse, partners: Partners) -> Partners:
    house.enter(http_profile(partners.url))
    return partners


def keys(count: int, prefix: str = "L") -> list[str]:
    return [f"{prefix}-{number:04d}" for number in range(1, count + 1)]


async def test_what_is_put_arrives_in_order(house: ForwardingHouse, finance: Partners) -> None:
    wanted = keys(50)
    house.put("finance", *wanted[:25])
    async with carrying(house.database, "finance"):
        house.put("finance", *wanted[25:])
        await eventually(lambda: house.states("finance") == {"delivered": 50})
    assert finance.ids("finance") == wanted
    row = house.out("finance", "L-0007")
    assert (row.number, row.receipt) == (7, "FI00000007")


async def test_a_waiting_forwarder_delivers_at_once(house: ForwardingHouse, finance: Partners) -> None:
    latencies = []
    async with carrying(house.database, "finance"):
        for key in keys(20):
            began = time.monotonic()
            house.put("finance", key)
            await eventually(lambda key=key: house.out("finance", key).state == "delivered", seconds=5)
            latencies.append(time.monotonic() - began)
    assert sorted(latencies)[10] < 0.5


@pytest.mark.parametrize("kind", ["refuse", "cut", "silent", "late"])
async def test_a_partner_that_takes_nothing_now_gets_all_of_it_later(
    house: ForwardingHouse, finance: Partners, kind: str
) -> None:
    wanted = keys(20)
    finance.misbehave("finance", kind=kind, id="L-0008", next=3, seconds=1.5)
    async with carrying(house.database, "finance") as told:
        house.put("finance", *wanted)
        await eventually(lambda: house.states("finance") == {"delivered": 20})
        await eventually(lambda: told and not told[-1].trouble)
    assert finance.ids("finance") == wanted
    assert finance.disorder("finance") == []
    assert any(flow.trouble.startswith("refused: ") for flow in told)
    repeated = [message["id"] for message in finance.messages("finance") if message["repeats"]]
    assert set(repeated) <= {"L-0008"}


async def test_a_partner_killed_in_the_middle_loses_and_doubles_nothing(
    house: ForwardingHouse, finance: Partners
) -> None:
    wanted = keys(300)
    async with carrying(house.database, "finance"):
        house.put("finance", *wanted)
        await eventually(lambda: house.states("finance").get("delivered", 0) > 0)
        finance.kill()
        assert house.states("finance").get("waiting", 0) > 0
        finance.start()
        await eventually(lambda: house.states("finance") == {"delivered": 300})
    assert finance.ids("finance") == wanted
    assert finance.disorder("finance") == []


async def test_two_workers_that_drain_one_partner_keep_its_order(
    house: ForwardingHouse, finance: Partners
) -> None:
    wanted = keys(200)
    async with carrying(house.database, "finance"), carrying(house.database, "finance"):
        for start in range(0, 200, 20):
            await asyncio.to_thread(house.put, "finance", *wanted[start : start + 20])
        await eventually(lambda: house.states("finance") == {"delivered": 200})
    assert finance.ids("finance") == wanted
    assert not any(message["repeats"] for message in finance.messages("finance"))


async def test_one_ordering_key_does_not_hold_up_another(house: ForwardingHouse, finance: Partners) -> None:
    finance.misbehave("finance", kind="refuse", status=422, id="A-0001")
    async with carrying(house.database, "finance"):
        house.put("finance", *keys(3, "A"), ordering_key="A")
        house.put("finance", *keys(3, "B"), ordering_key="B")
        await eventually(lambda: house.out("finance", "A-0001").state == "dead")
        await eventually(lambda: house.states("finance") == {"dead": 1, "delivered": 3, "waiting": 2})
    assert finance.ids("finance") == keys(3, "B")
