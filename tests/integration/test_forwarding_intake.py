"""Partner systems hand messages in over HTTP: signed, stored once, refused with a reason."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from activities.adapters.banks.signing import HmacSignatures, canonical
from activities.adapters.transports.guard import SignatureGuard
from activities.store.database import Database
from console.intake import LARGEST, IntakePages
from tests.factories.forwarding import KEY, ForwardingHouse, GivenSecrets, http_profile

pytestmark = pytest.mark.stack
PATH = "/partners/finance/messages"


@pytest.fixture
def house(fresh_database: Database) -> ForwardingHouse:
    house = ForwardingHouse(fresh_database)
    house.enter(http_profile("http://127.0.0.1:9"))
    return house


@pytest.fixture
async def client(house: ForwardingHouse) -> AsyncIterator[httpx.AsyncClient]:
    pages = IntakePages(house.database, SignatureGuard(GivenSecrets()))
    app = Starlette(routes=[Route("/partners/{partner}/messages", pages.take, methods=["POST"])])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://house") as client:
        yield client


def message(**changes: Any) -> bytes:
    said = {"id": "R-1", "topic": "repayments", "body": {"contract": "合同-1", "amount": "1200.00"}}
    return json.dumps(said | changes, ensure_ascii=False).encode()


async def post(
    client: httpx.AsyncClient, content: bytes, *, path: str = PATH, key: str = KEY, age: int = 0
) -> httpx.Response:
    timestamp = str(int(time.time()) - age)
    signed = HmacSignatures(key.encode(), b"").sign(canonical("POST", path, timestamp, "n-1", content))
    headers = {
        "X-Timestamp": timestamp,
        "X-Nonce": "n-1",
        "X-Signature": base64.b64encode(signed).decode(),
    }
    return await client.post(path, content=content, headers=headers)


async def test_a_message_is_taken_once(client: httpx.AsyncClient, house: ForwardingHouse) -> None:
    answers = [await post(client, message()) for _ in range(2)]
    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [
        (200, "new"),
        (200, "known"),
    ]
    assert house.inbox("finance") == [("R-1", "waiting")]


async def test_another_body_under_a_known_id_is_a_conflict(
    client: httpx.AsyncClient, house: ForwardingHouse
) -> None:
    await post(client, message())
    answer = await post(client, message(body={"amount": "1.00"}))
    assert answer.status_code == 409
    assert "'R-1' came before with another body" in answer.json()["error"]


@pytest.mark.parametrize("wrong", [{"key": "forged"}, {"age": 400}])
async def test_who_does_not_sign_is_not_heard(
    client: httpx.AsyncClient, house: ForwardingHouse, wrong: dict[str, Any]
) -> None:
    assert (await client.post(PATH, content=message())).status_code == 401
    assert (await post(client, message(), **wrong)).status_code == 401
    assert house.inbox("finance") == []


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (b"{", 400, "no JSON"),
        (b"[]", 400, "no JSON object"),
        (message(id=""), 400, "id = ''"),
        (message(id="a\x00b"), 400, "zero byte"),
        (message(body=[1]), 400, "body = [1]"),
        (message(body={"a": "\x00"}), 400, "zero byte"),
        (message(body={"a": float("nan")}), 400, "NaN is no number"),
        (message().replace(b'"R-1"', rb'"\ud800"'), 400, "half a character"),
        (message(topic="weather"), 400, "topic = 'weather'"),
        (message(day="tomorrow"), 400, "day = 'tomorrow'"),
        (message(number=-1), 400, "number = -1"),
        (message(sha256="0" * 64), 400, "sha256"),
        (b"[" * 100_000, 400, "no JSON"),
        (b" " * (LARGEST + 1), 413, "more than"),
    ],
)
async def test_what_is_no_message_is_refused_with_a_reason(
    client: httpx.AsyncClient, house: ForwardingHouse, content: bytes, status: int, reason: str
) -> None:
    answer = await post(client, content)
    assert answer.status_code == status
    assert reason in answer.json()["error"]
    assert house.inbox("finance") == []


async def test_digits_after_the_point_are_kept_as_written(
    client: httpx.AsyncClient, house: ForwardingHouse
) -> None:
    from activities.store.forwarding import inbox

    assert (await post(client, message().replace(b'"1200.00"', b"1200.10"))).status_code == 200
    with house.database.transaction() as session:
        assert inbox.find(session, "finance", "R-1").body["amount"] == "1200.10"


async def test_strangers_are_told_apart(client: httpx.AsyncClient, house: ForwardingHouse) -> None:
    answer = await post(client, message(), path="/partners/nobody/messages")
    assert answer.status_code == 404
