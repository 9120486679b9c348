"""Notifications: the played bank calls a receiver of the test's, the adapter reads what came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest

from activities.adapters.banks.http import HttpBank
from activities.adapters.banks.notifications import NotificationReader
from activities.ports.bank_notices import UntrustedNotificationError
from models.errors import InvalidInputError
from models.money import Money
from models.payments.banking import BankSaid, Heard
from tests.contract.bank_site import (
    OWN_ACCOUNT,
    BankSite,
    Evidence,
    PlayedBank,
    http_profile,
    http_secrets,
    listening,
    now,
    order,
    read_message,
)

pytest_plugins = ["tests.contract.bank_fixtures"]

Call = tuple[str, dict[str, str], bytes]


@dataclass
class Receiver:
    """A socket that takes calls, or refuses the first of them."""

    refuse: int = 0
    calls: list[Call] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            first, headers, body = await read_message(reader)
            async with self.changed:
                self.calls.append((first.split()[1], headers, body))
                self.changed.notify_all()
            status = b"503 Busy" if self.refuse > 0 else b"204 Taken"
            self.refuse -= 1
            writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")

    async def called(self, count: int) -> list[Call]:
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(lambda: len(self.calls) >= count)
        return self.calls


@pytest.fixture
async def receiver(harbour: PlayedBank) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with listening(receiver.answer) as address:
        harbour.settings(callback=f"{address}/banks/harbour?to=us")
        yield receiver
        harbour.settings(callback="")


@pytest.fixture
def reader(banks: BankSite, evidence: Evidence) -> NotificationReader:
    return NotificationReader(http_profile(banks), http_secrets(banks), evidence.keep, now)


async def test_a_final_order_is_told(
    harbour: PlayedBank, http_bank: HttpBank, receiver: Receiver, reader: NotificationReader
) -> None:
    harbour.settings(settle_seconds=0.2)
    asked = order()
    assert (await http_bank.instruct(asked)).said is BankSaid.TAKEN

    (call,) = await receiver.called(1)
    told = await reader.read(*call)

    assert told.reference == asked.reference
    assert told.answer is not None
    assert (told.answer.said, told.answer.heard) == (BankSaid.SETTLED, Heard.NOTIFICATION)
    assert told.answer.amount == asked.amount
    assert told.answer.evidence == told.evidence != ""


async def test_a_return_and_incoming_money_are_told(
    harbour: PlayedBank, http_bank: HttpBank, receiver: Receiver, reader: NotificationReader
) -> None:
    asked = order()
    await http_bank.instruct(asked)
    harbour.post(f"orders/{asked.reference}/return")
    harbour.post(
        "incoming",
        account=OWN_ACCOUNT,
        amount="88.80",
        text="租金 L1",
        **{"from": {"number": "1", "name": "甲"}},
    )

    told = [await reader.read(*call) for call in await receiver.called(3)]
    said = {item.answer.said for item in told if item.answer}
    (line,) = [item.incoming for item in told if item.incoming]
    assert said == {BankSaid.SETTLED, BankSaid.RETURNED}
    assert (line.account, line.amount, line.text) == (OWN_ACCOUNT, Money.of("88.80"), "租金 L1")


async def test_a_repetition_has_the_same_id(
    harbour: PlayedBank, http_bank: HttpBank, receiver: Receiver, reader: NotificationReader
) -> None:
    harbour.misbehave(answer_twice=True)
    await http_bank.instruct(order())
    first, second = [await reader.read(*call) for call in await receiver.called(2)]
    assert first.id == second.id


async def test_a_call_that_nobody_took_is_made_again(
    http_bank: HttpBank, receiver: Receiver, reader: NotificationReader
) -> None:
    receiver.refuse = 1
    await http_bank.instruct(order())
    first, second = [await reader.read(*call) for call in await receiver.called(2)]
    assert first.id == second.id


@pytest.mark.parametrize("mode", ["signature", "cut"])
async def test_a_spoilt_call_is_not_taken(
    harbour: PlayedBank, http_bank: HttpBank, receiver: Receiver, reader: NotificationReader, mode: str
) -> None:
    harbour.misbehave(malformed={"mode": mode, "on": "notify"})
    await http_bank.instruct(order())
    (call, *_) = await receiver.called(1)
    with pytest.raises(UntrustedNotificationError, match="signature does not fit"):
        await reader.read(*call)


async def test_another_path_or_an_unsigned_call_is_not_taken(
    http_bank: HttpBank, receiver: Receiver, reader: NotificationReader
) -> None:
    await http_bank.instruct(order())
    ((target, headers, body),) = await receiver.called(1)
    with pytest.raises(UntrustedNotificationError, match="signature does not fit"):
        await reader.read("/banks/other", headers, body)
    with pytest.raises(UntrustedNotificationError, match="not signed: no x-timestamp"):
        await reader.read(target, {}, body)
    assert (await reader.read(target, httpx.Headers(headers), body)).answer is not None


def test_a_bank_that_does_not_sign_cannot_notify(banks: BankSite, evidence: Evidence) -> None:
    profile = http_profile(banks, verify_answers=False)
    with pytest.raises(InvalidInputError, match="cannot be told from anybody's"):
        NotificationReader(profile, http_secrets(banks), evidence.keep, now)
