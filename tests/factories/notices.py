"""A house that its bank can call, and what was called."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.store.payments import discrepancies, notices
from activities.store.tables.notices import BankNoticeRow
from models.money import Money
from models.payments.messages import PaymentOrder, PaymentOutcome, PaymentState
from tests.contract.bank_site import PlayedBank, listening
from tests.factories.payments import PayingHouse
from workflows.payments.payment import Payment
from workflows.queues import Queue

Call = tuple[str, dict[str, str], bytes]


@dataclass
class Recorder:
    """What was called about which order, and what was answered: passes everything through."""

    app: ASGIApp
    calls: list[tuple[str, Call, int]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""

        async def taken() -> Message:
            nonlocal body
            message = await receive()
            body += message.get("body", b"")
            return message

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = {name.decode(): value.decode() for name, value in scope["headers"]}
                call = (scope["raw_path"].decode(), headers, body)
                self.calls.append((_reference(body), call, int(message["status"])))
            await send(message)

        await self.app(scope, taken, told)


def _reference(body: bytes) -> str:
    """The order that a call is about; the bank may still repeat what it told another test."""
    try:
        return str(json.loads(body)["reference"])
    except ValueError:
        return ""


@dataclass
class Address:
    """A house that its bank can call, with workers running."""

    house: PayingHouse
    temporal: WorkflowEnvironment
    bank: PlayedBank
    recorder: Recorder
    http: httpx.AsyncClient

    async def pay(self, order: PaymentOrder) -> WorkflowHandle[Payment, PaymentOutcome]:
        return await self.temporal.client.start_workflow(
            Payment.run, order, id=f"payment-{order.payment_id}", task_queue=Queue.ENGINE
        )

    async def called(self, reference: str, count: int = 1) -> list[Call]:
        """The bank's calls about an order, once there are so many."""
        async with asyncio.timeout(20):
            while len(self.statuses(reference)) < count:
                await self.temporal.client.service_client.check_health()
        return [call for about, call, _ in self.recorder.calls if about == reference]

    def statuses(self, reference: str) -> list[int]:
        return [status for about, _, status in self.recorder.calls if about == reference]

    async def asked_about(self, payment_id: str) -> None:
        """The bank has the order, and was asked about it once: it is not asked again for an hour."""
        async with asyncio.timeout(20):
            while "GET" not in [each["method"] for each in self.bank.requests(reference=payment_id)]:
                await self.temporal.client.service_client.check_health()

    async def reaches(self, payment_id: str, state: PaymentState) -> None:
        async with asyncio.timeout(20):
            while self.house.payment(payment_id).state != state:
                await self.temporal.client.service_client.check_health()

    async def call(self, call: Call) -> httpx.Response:
        target, headers, body = call
        return await self.http.post(target, headers=headers, content=body)

    def kept(self, reference: str) -> list[BankNoticeRow]:
        with self.house.database.transaction() as session:
            rows = notices.listed(session, bank="harbour", untold=False, limit=100)
        return [row for row in rows if row.reference == reference]

    def discrepancies(self, reference: str) -> list[str]:
        with self.house.database.transaction() as session:
            return [row.kind for row in discrepancies.listed(session) if row.reference == reference]

    @property
    def balance(self) -> Money:
        return self.house.balance("1002.01")


@asynccontextmanager
async def line_to(target: str) -> AsyncIterator[str]:
    """Another address of a server, which is gone afterwards."""
    host, _, port = target.partition(":")

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection(host, int(port))
        await asyncio.gather(_carry(reader, forth), _carry(back, writer))

    async with listening(meet) as url:
        yield url.removeprefix("http://")


async def _carry(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(1 << 16):
            to.write(data)
            await to.drain()
    finally:
        to.close()
        with suppress(ConnectionError):
            await to.wait_closed()
