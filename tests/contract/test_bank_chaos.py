"""Many payments through a bank that does everything wrong: whoever asks patiently learns the truth."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from activities.adapters.banks.http import HttpBank
from models.payments.banking import BankAnswer, BankOrder, BankSaid
from tests.contract.bank_site import (
    BankSite,
    Evidence,
    PlayedBank,
    http_profile,
    http_secrets,
    now,
    order,
    running_banks,
)

FINAL = (BankSaid.SETTLED, BankSaid.REJECTED)


@pytest.fixture
async def wild() -> AsyncIterator[tuple[PlayedBank, HttpBank]]:
    switches = {
        "timeout_before_booking": 0.05,
        "timeout_after_booking": 0.05,
        "cut_after_booking": 0.1,
        "error_500": '{"rate":0.1,"mode":"after"}',
        "answer_late": '{"rate":0.1,"seconds":0.5}',
        "malformed": '{"rate":0.1,"mode":"signature"}',
        "reject": "10%",
        "contradict": '{"rate":0.05,"mode":"rejected"}',
    }
    options = [f"harbour.{name}={value}" for name, value in switches.items()]
    with running_banks("--seed", "11", "--misbehave", *options) as site:
        bank = HttpBank(_profile(site), http_secrets(site), Evidence().keep, now)
        yield site.harbour, bank
        await bank.close()


def _profile(site: BankSite):
    return http_profile(site, answer_seconds=0.5)


async def test_asking_by_our_reference_leads_to_what_the_books_say(
    wild: tuple[PlayedBank, HttpBank],
) -> None:
    harbour, bank = wild
    orders = [order(reference=f"chaos-{number}") for number in range(150)]
    turns = asyncio.Semaphore(20)

    async def pay(asked: BankOrder) -> tuple[BankAnswer, BankAnswer]:
        async with turns:
            first = await bank.instruct(asked)
            return first, await _found_out(bank, asked)

    answers = await asyncio.gather(*map(pay, orders))

    entries = harbour.books()
    booked = {entry["reference"] for entry in entries}
    liars = {lie["reference"] for lie in harbour.http.get("/admin/harbour/lies").json()["lies"]}
    told = {
        asked.reference for asked, (_, last) in zip(orders, answers, strict=True) if last.said in FINAL[:1]
    }
    assert {entry["times_booked"] for entry in entries} == {1}
    assert told == booked
    heard = {first.said for first, _ in answers}
    assert heard >= {BankSaid.NOTHING, BankSaid.SETTLED, BankSaid.REJECTED}
    for asked, (first, last) in zip(orders, answers, strict=True):
        if first.said in FINAL and first.said is not last.said:
            assert asked.reference in liars
    instructed = [r["reference"] for r in harbour.requests(method="POST")]
    assert sorted(instructed) == sorted({*instructed}), "nobody was asked to pay twice"


async def _found_out(bank: HttpBank, asked: BankOrder) -> BankAnswer:
    """Ask until a final answer comes; after half a second, unheard-of is final, too."""
    began = asyncio.get_running_loop().time()
    while True:
        said = await bank.inquire(asked.reference)
        waited = asyncio.get_running_loop().time() - began
        if said.said in FINAL or (said.said is BankSaid.UNHEARD_OF and waited > 1.0):
            return said


async def test_books_keys_and_open_orders_survive_a_restart(tmp_path: Path) -> None:
    asked, waiting = order(), order(to="6228480000000099905")
    with running_banks("--data", str(tmp_path)) as site:
        keys, bank = site.keys, HttpBank(_profile(site), http_secrets(site), Evidence().keep, now)
        first = await bank.instruct(asked)
        await bank.instruct(waiting)
        await bank.close()
        books = site.harbour.books()
    with running_banks("--data", str(tmp_path)) as site:
        bank = HttpBank(_profile(site), http_secrets(site), Evidence().keep, now)
        assert site.harbour.books() == books
        assert site.keys["harbour"]["clients"] == keys["harbour"]["clients"]
        assert site.keys["river"]["host_key"] == keys["river"]["host_key"]
        assert (await bank.instruct(asked)).bank_reference == first.bank_reference
        site.harbour.post(f"orders/{waiting.reference}/settle")
        assert (await bank.inquire(waiting.reference)).said is BankSaid.SETTLED
        await bank.close()
