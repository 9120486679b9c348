"""The played bank tells of orders without being asked; each notice is heard once, by whom it concerns."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.adapters.acknowledgement_links import LinkSigner
from activities.adapters.banks.opening import open_service
from activities.payments.books import LedgerBackedBooks
from activities.payments.desk import ServiceDesk
from activities.store.database import Database
from console.app import create_app
from models.money import Money
from models.parameters.banks import Inquiry
from models.payments.banking import BankSaid, Heard
from models.payments.messages import PaymentState
from tests.contract.bank_site import (
    OWN_ACCOUNT,
    BankSite,
    Evidence,
    http_profile,
    http_secrets,
    now,
)
from tests.contract.bank_site import order as bank_order
from tests.factories.notices import Address, Recorder, line_to
from tests.factories.payments import PayingHouse
from tests.factories.threads import own_threads
from workers.console import bank_notices
from workers.registry import steps_of, workflow_runner
from workflows.payments.payment import Payment
from workflows.payments.returning import PaymentReturn
from workflows.queues import Queue, bank_queue

pytestmark = pytest.mark.stack
pytest_plugins = ["tests.contract.bank_fixtures"]

OPENING = Money.of("10000000.00")
NEVER_ASKED = Inquiry(pauses_seconds=(3_600,))


@pytest.fixture
async def address(
    temporal: WorkflowEnvironment, database: Database, banks: BankSite, evidence: Evidence
) -> AsyncIterator[Address]:
    house = PayingHouse(database)
    profile = http_profile(banks).model_copy(update={"inquiry": NEVER_ASKED})
    house.open(profile)
    secrets = http_secrets(banks)
    service = open_service(profile, secrets, evidence.keep, now)
    taker = bank_notices(database, secrets, temporal.client)
    signer = LinkSigner([b"k" * 32])
    app = create_app(temporal=temporal.client, database=database, signer=signer, notices=taker)
    recorder = Recorder(app)
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(4) as threads:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(recorder, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        engine = Worker(
            temporal.client,
            task_queue=Queue.ENGINE,
            workflows=[Payment, PaymentReturn],
            activities=steps_of(LedgerBackedBooks(database)),
            activity_executor=threads,
            workflow_runner=workflow_runner(),
        )
        desk = steps_of(ServiceDesk(database, lambda _profile: service))
        bank = Worker(temporal.client, task_queue=bank_queue("harbour"), activities=desk)
        banks.harbour.settings(callback=f"{url}/banks/harbour/notices")
        async with own_threads(), engine, bank, httpx.AsyncClient(base_url=url) as http:
            with temporal.auto_time_skipping_disabled():
                yield Address(house, temporal, banks.harbour, recorder, http)
        banks.harbour.settings(callback="")
        server.should_exit = True
        await serving
    await service.close()


async def test_a_notice_settles_a_payment_that_nobody_would_ask_for_yet(address: Address) -> None:
    address.bank.settings(settle_seconds=0.3)
    order = address.house.order("700.00")
    outcome = await (await address.pay(order)).result()
    assert outcome.state is PaymentState.SETTLED
    await address.called(order.payment_id)
    assert address.statuses(order.payment_id) == [200]
    heard = [each.heard for each in address.house.told("harbour", order.payment_id)]
    assert heard[-1] is Heard.NOTIFICATION
    (row,) = address.kept(order.payment_id)
    assert (row.state, row.told_at is not None) == ("heard", True)
    assert address.balance == OPENING - Money.of("700.00")


async def test_a_notice_that_comes_twice_is_heard_once(address: Address) -> None:
    address.bank.settings(settle_seconds=0.3)
    order = address.house.order()
    address.bank.misbehave(answer_twice={"reference": order.payment_id})
    await (await address.pay(order)).result()
    first, *_ = await address.called(order.payment_id, 2)
    assert (await address.call(first)).json() == {"state": "heard"}
    assert set(address.statuses(order.payment_id)) == {200}
    heard = [each.heard for each in address.house.told("harbour", order.payment_id)]
    assert heard.count(Heard.NOTIFICATION) == len(address.kept(order.payment_id)) == 1


async def test_a_notice_after_settlement_changes_nothing(address: Address) -> None:
    order = address.house.order()
    assert (await (await address.pay(order)).result()).state is PaymentState.SETTLED
    await address.called(order.payment_id)
    assert address.statuses(order.payment_id) == [200]
    assert address.house.states(order.payment_id)[-1] == "settled"
    assert address.discrepancies(order.payment_id) == []
    assert address.balance == OPENING - Money.of("1234.50")


async def test_money_that_comes_back_is_posted_back_once(address: Address) -> None:
    order = address.house.order("300.00")
    await (await address.pay(order)).result()
    address.bank.misbehave(answer_twice={"reference": order.payment_id})
    address.bank.post(f"orders/{order.payment_id}/return")
    await address.reaches(order.payment_id, PaymentState.RETURNED)
    await address.called(order.payment_id, 3)
    assert set(address.statuses(order.payment_id)) == {200}
    assert (address.balance, address.house.payment(order.payment_id).returned_minor) == (OPENING, 30_000)


@pytest.mark.parametrize("mode", ["signature", "cut"])
async def test_what_the_bank_did_not_sign_is_not_kept_until_it_is_told_rightly(
    address: Address, mode: str
) -> None:
    order = address.house.order()
    spoil = {"mode": mode, "on": "notify", "next": 1, "reference": order.payment_id}
    address.bank.misbehave(malformed=spoil)
    await (await address.pay(order)).result()
    async with asyncio.timeout(20):
        while 200 not in address.statuses(order.payment_id):
            await address.temporal.client.service_client.check_health()
    spoilt = address.statuses(order.payment_id if mode == "signature" else "")
    assert 401 in spoilt
    assert len(address.kept(order.payment_id)) == 1


async def test_a_tampered_or_foreign_notice_is_not_kept(address: Address) -> None:
    order = address.house.order()
    await (await address.pay(order)).result()
    (call, *_) = await address.called(order.payment_id)
    target, headers, body = call
    changed = json.dumps({**json.loads(body), "id": "another"}).encode()
    old = {**headers, "x-timestamp": str(int(headers["x-timestamp"]) - 3_600)}
    unsigned = {name: value for name, value in headers.items() if name != "x-signature"}
    for tampered in (
        (target, _without_length(headers), changed),
        (target, old, body),
        (target, unsigned, body),
        ("/banks/harbour/notices?to=us", headers, body),
        ("/banks/river/notices", headers, body),
        ("/banks/nobody/notices", headers, body),
    ):
        assert (await address.call(tampered)).status_code == 401
    assert (await address.call((target, {}, b"x" * 300_000))).status_code == 413
    assert len(address.kept(order.payment_id)) == 1


def _without_length(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "content-length"}


async def test_an_order_that_we_do_not_know_is_a_discrepancy(address: Address, banks: BankSite) -> None:
    service = open_service(http_profile(banks), http_secrets(banks), Evidence().keep, now)
    stranger = bank_order()
    assert (await service.instruct(stranger)).said is BankSaid.SETTLED
    await service.close()
    (call, *_) = await address.called(stranger.reference)
    assert address.statuses(stranger.reference) == [202]
    assert (await address.call(call)).status_code == 202
    assert [row.state for row in address.kept(stranger.reference)] == ["unmatched"]
    assert address.discrepancies(stranger.reference) == ["unknown-order"]


async def test_money_that_came_in_is_kept(address: Address) -> None:
    payer = {"number": "1", "name": "甲"}
    told = {"account": OWN_ACCOUNT, "amount": "88.80", "text": "租金 L1", "reference": "L1-IN", "from": payer}
    address.bank.post("incoming", **told)
    await address.called("L1-IN")
    (row,) = address.kept("L1-IN")
    assert (row.kind, row.state, row.said["text"]) == ("incoming", "incoming", "租金 L1")


async def test_a_house_without_the_banks_key_asks_to_be_told_again(
    address: Address, banks: BankSite, database: Database, temporal: WorkflowEnvironment
) -> None:
    keyless = replace(http_secrets(banks), values={})
    taker = bank_notices(database, keyless, temporal.client)
    app = Starlette(routes=[Route("/banks/{code}/notices", taker.take, methods=["POST"])])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://house") as http:
        assert (await http.post("/banks/harbour/notices", content=b"{}")).status_code == 503


async def test_a_notice_that_could_not_be_passed_on_is_passed_on_when_it_comes_again(
    address: Address, banks: BankSite, database: Database, temporal: WorkflowEnvironment
) -> None:
    address.bank.settings(settle_seconds=3_600.0, callback="")
    order = address.house.order()
    handle = await address.pay(order)
    await address.asked_about(order.payment_id)
    async with line_to(temporal.client.service_client.config.target_host) as proxy:
        client = await Client.connect(proxy, data_converter=temporal.client.data_converter)
    taker = bank_notices(database, http_secrets(banks), client)
    cut_off = Starlette(routes=[Route("/banks/{code}/notices", taker.take, methods=["POST"])])
    address.recorder.app, working = cut_off, address.recorder.app
    address.bank.settings(callback=f"{address.http.base_url}/banks/harbour/notices")
    address.bank.post(f"orders/{order.payment_id}/settle")
    await address.called(order.payment_id)
    assert address.statuses(order.payment_id) == [503]
    (row,) = address.kept(order.payment_id)
    assert row.told_at is None
    address.recorder.app = working
    assert (await handle.result()).state is PaymentState.SETTLED
    heard = [each.heard for each in address.house.told("harbour", order.payment_id)]
    assert heard.count(Heard.NOTIFICATION) == 1
