"""A partner behind NATS gets every message in order, and what it publishes is taken in, whatever dies."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from activities.adapters.transports.nats import NatsTransport
from activities.store.database import Database
from models.forwarding.delivery import Said
from models.forwarding.envelopes import Envelope
from tests.factories.forwarding import ForwardingHouse, GivenSecrets, carrying, eventually, queue_profile
from tests.factories.forwarding_outside import NatsServer, Partners, nats_server, played_partners

pytestmark = pytest.mark.stack


@pytest.fixture
def house(fresh_database: Database) -> ForwardingHouse:
    return ForwardingHouse(fresh_database)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path / "nats") as running:
        yield running


@pytest.fixture
def core(house: ForwardingHouse, server: NatsServer, tmp_path: Path) -> Iterator[Partners]:
    house.enter(queue_profile(server.address))
    with played_partners(tmp_path / "partners", nats=server.address) as played:
        yield played


def keys(count: int, prefix: str = "L") -> list[str]:
    return [f"{prefix}-{number:04d}" for number in range(1, count + 1)]


async def test_what_is_put_arrives_in_order(house: ForwardingHouse, core: Partners) -> None:
    wanted = keys(200)
    async with carrying(house.database, "core"):
        house.put("core", *wanted)
        await eventually(lambda: house.states("core") == {"delivered": 200})
        await eventually(lambda: len(core.ids("core")) == 200)
    assert core.ids("core") == wanted
    assert house.out("core", "L-0003").receipt == "leaseflow-core:3"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_a_restarted_server_loses_and_disorders_nothing(
    house: ForwardingHouse, core: Partners, server: NatsServer, number: int
) -> None:
    wanted = keys(600)
    async with carrying(house.database, "core") as told:
        await asyncio.to_thread(house.put, "core", *wanted[:400])
        await eventually(lambda: house.states("core").get("delivered", 0) > 0)
        await asyncio.to_thread(server.stop, number)
        await asyncio.to_thread(house.put, "core", *wanted[400:])
        await eventually(lambda: any(flow.trouble for flow in told))
        await asyncio.to_thread(server.start)
        await eventually(lambda: house.states("core") == {"delivered": 600})
        await eventually(lambda: len(core.ids("core")) == 600)
    assert core.ids("core") == wanted
    assert core.disorder("core") == []


async def test_the_same_id_is_kept_once_by_the_stream(house: ForwardingHouse, server: NatsServer) -> None:
    transport = NatsTransport(queue_profile(server.address), GivenSecrets())
    envelope = Envelope("K-1", "loans", "", 1, date(2026, 11, 22), {"a": 1})
    answers = [await transport.deliver(envelope) for _ in range(3)]
    await transport.close()
    assert {answer.said for answer in answers} == {Said.TAKEN}
    assert {answer.receipt for answer in answers} == {"leaseflow-core:1"}


async def test_what_the_partner_publishes_is_handled_in_order(house: ForwardingHouse, core: Partners) -> None:
    async with carrying(house.database, "core"):
        await eventually(
            lambda: core.send("core", id="R-0001", topic="repayments", body={"n": 1}).get("status") == 200
        )
        for key in keys(30, "R")[1:]:
            core.send("core", id=key, topic="repayments", body={"n": key})
        await eventually(lambda: len(house.inbox("core")) == 30)
        await eventually(lambda: {state for _, state in house.inbox("core")} == {"handled"})
    assert [message for message, _ in house.inbox("core")] == keys(30, "R")


async def test_what_was_not_acknowledged_comes_again_before_what_came_later(
    house: ForwardingHouse, core: Partners, server: NatsServer
) -> None:
    """A reader that died between fetching and acknowledging."""
    profile = queue_profile(server.address)
    dying = NatsTransport(profile, GivenSecrets())
    await dying.fetch(100, wait_seconds=0.2)
    for key in keys(3, "R"):
        await eventually(
            lambda key=key: core.send("core", id=key, topic="repayments", body={"n": key}).get("status")
        )
    held = [message async for message in _fetched(dying, 3)]
    assert len(held) == 3
    await dying.close()
    core.send("core", id="R-0004", topic="repayments", body={"n": 4})
    async with carrying(house.database, "core"):
        await eventually(lambda: len(house.inbox("core")) == 4)
    assert [message for message, _ in house.inbox("core")] == keys(4, "R")


async def test_what_is_no_message_becomes_a_dead_letter(house: ForwardingHouse, server: NatsServer) -> None:
    import nats

    house.enter(queue_profile(server.address))
    async with carrying(house.database, "core"):
        client = await nats.connect(server.address)
        stream = client.jetstream()
        await eventually(lambda: house.states("core") is not None)
        async with asyncio.timeout(20):
            while True:
                try:
                    await stream.publish("core.leaseflow.repayments", b"\xff no JSON")
                    break
                except nats.js.errors.NoStreamResponseError:
                    continue
        await client.close()
        await eventually(lambda: [state for _, state in house.inbox("core")] == ["dead"])


async def test_a_server_with_a_token_lets_in_who_has_it(house: ForwardingHouse, tmp_path: Path) -> None:
    with nats_server(tmp_path / "guarded", "--auth", "s3cret") as server:
        plain = queue_profile(server.address)
        assert plain.nats is not None
        guarded = plain.model_copy(update={"nats": plain.nats.model_copy(update={"login": "token"})})
        envelope = Envelope("K-1", "loans", "", 1, datetime.now(UTC).date(), {})
        answers = []
        for profile in (plain, guarded):
            transport = NatsTransport(profile, GivenSecrets({"partner_core_password": "s3cret"}))
            answers.append(await transport.deliver(envelope))
            await transport.close()
    assert [answer.said for answer in answers] == [Said.UNAVAILABLE, Said.TAKEN]


async def _fetched(transport: NatsTransport, count: int):
    taken = 0
    async with asyncio.timeout(20):
        while taken < count:
            for message in await transport.fetch(100, wait_seconds=1):
                taken += 1
                yield message
