"""The HTTP adapter against a bank that misbehaves: nothing is guessed, and the books tell the truth."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from activities.adapters.banks.http import HttpBank
from activities.ports.banks import BankUnreachableError
from models.money import Money
from models.payments.banking import BankSaid
from tests.contract.bank_site import (
    DAY,
    OWN_ACCOUNT,
    BankSite,
    Evidence,
    PlayedBank,
    http_profile,
    http_secrets,
    now,
    order,
    until,
)

pytest_plugins = ["tests.contract.bank_fixtures"]


@pytest.fixture(scope="module")
async def hasty(started_banks: BankSite, evidence: Evidence) -> AsyncIterator[HttpBank]:
    """An adapter that waits for an answer for half a second only."""
    profile = http_profile(started_banks, answer_seconds=0.5)
    bank = HttpBank(profile, http_secrets(started_banks), evidence.keep, now)
    yield bank
    await bank.close()


@pytest.mark.parametrize(
    ("switches", "booked", "reason"),
    [
        ({"timeout_before_booking": True}, 0, "no answer within 0.5 s"),
        ({"timeout_after_booking": True}, 1, "no answer within 0.5 s"),
        ({"cut_after_booking": True}, 1, "the line broke"),
        ({"error_500": "before"}, 0, "HTTP 500"),
        ({"error_500": "after"}, 1, "HTTP 500"),
        ({"silent": 30}, 0, "no answer within 0.5 s"),
        ({"slow": 2.0}, 0, "no answer within 0.5 s"),
        ({"malformed": {"mode": "signature", "on": "instruct"}}, 1, "signature does not fit"),
        ({"malformed": {"mode": "cut", "on": "instruct"}}, 1, "signature does not fit"),
        ({"malformed": {"mode": "encoding", "on": "instruct"}}, 1, "signature does not fit"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
async def test_no_usable_answer_is_no_answer_and_the_inquiry_tells(
    harbour: PlayedBank,
    hasty: HttpBank,
    evidence: Evidence,
    switches: dict[str, Any],
    booked: int,
    reason: str,
) -> None:
    harbour.misbehave(**switches)
    asked = order()
    said = await hasty.instruct(asked)
    harbour.behave()

    assert said.said is BankSaid.NOTHING
    assert reason in said.reason
    assert (said.evidence in evidence.kept) is ("error_500" in switches or "malformed" in switches)
    wanted = BankSaid.SETTLED if booked else BankSaid.UNHEARD_OF
    if "slow" in switches:
        wanted = BankSaid.SETTLED
    assert (await until(hasty, asked.reference, wanted)).said is wanted
    assert len(harbour.books(reference=asked.reference)) == (1 if wanted is BankSaid.SETTLED else 0)


async def test_a_switch_may_strike_one_reference_or_so_many_times(
    harbour: PlayedBank, hasty: HttpBank
) -> None:
    struck, other = order(reference="X-struck"), order()
    harbour.misbehave(error_500={"reference": "X-*", "next": 1})

    assert (await hasty.instruct(other)).said is BankSaid.SETTLED
    assert (await hasty.instruct(struck)).said is BankSaid.NOTHING
    assert (await hasty.instruct(struck)).said is BankSaid.SETTLED


async def test_a_booked_order_may_be_unheard_of_for_a_while(harbour: PlayedBank, hasty: HttpBank) -> None:
    harbour.misbehave(answer_late=0.5)
    asked = order()

    assert (await hasty.instruct(asked)).said is BankSaid.SETTLED
    assert (await hasty.inquire(asked.reference)).said is BankSaid.UNHEARD_OF
    assert harbour.lies(asked.reference)[0]["truth"] == "SETTLED"
    await until(hasty, asked.reference, BankSaid.SETTLED)


async def test_an_order_may_be_booked_after_it_was_unheard_of(harbour: PlayedBank, hasty: HttpBank) -> None:
    harbour.misbehave(answer_late={"mode": "booking", "seconds": 1.0})
    asked = order()

    assert (await hasty.instruct(asked)).said is BankSaid.NOTHING
    assert (await hasty.inquire(asked.reference)).said is BankSaid.UNHEARD_OF
    await until(hasty, asked.reference, BankSaid.SETTLED)
    assert len(harbour.books(reference=asked.reference)) == 1


@pytest.mark.parametrize(("mode", "booked"), [("rejected", 1), ("settled", 0)])
async def test_instruction_and_inquiry_may_contradict_each_other(
    harbour: PlayedBank, hasty: HttpBank, mode: str, booked: int
) -> None:
    harbour.misbehave(contradict=mode)
    asked = order()
    first, second = await hasty.instruct(asked), await hasty.inquire(asked.reference)

    assert {first.said, second.said} == {BankSaid.REJECTED, BankSaid.SETTLED}
    assert first.said == mode
    assert len(harbour.books(reference=asked.reference)) == booked
    (lie,) = harbour.lies(asked.reference)
    assert (lie["switch"], lie["said"]) == ("contradict", mode.upper())


async def test_another_amount_is_told_as_the_bank_said_it(harbour: PlayedBank, hasty: HttpBank) -> None:
    harbour.misbehave(wrong_amount="answer")
    asked = order("100.00")
    said = await hasty.instruct(asked)

    assert (said.said, said.amount) == (BankSaid.SETTLED, Money.of("101.00"))
    assert harbour.books(reference=asked.reference)[0]["amount"] == "100.00"
    assert harbour.lies(asked.reference)[0]["switch"] == "wrong_amount"


async def test_another_amount_may_be_booked(harbour: PlayedBank, hasty: HttpBank) -> None:
    harbour.misbehave(wrong_amount="booked")
    asked = order("100.00")
    assert (await hasty.instruct(asked)).amount == Money.of("100.00")
    assert harbour.books(reference=asked.reference)[0]["amount"] == "100.01"
    assert harbour.lies(asked.reference)[0]["said"] == "booked 100.01"


async def test_a_share_of_the_orders_is_rejected_and_the_same_ones_each_time(
    harbour: PlayedBank, hasty: HttpBank
) -> None:
    harbour.misbehave(reject="30%")
    said = [(await hasty.instruct(order(reference=f"R30-{n}"))).said for n in range(40)]
    assert 5 <= said.count(BankSaid.REJECTED) <= 20


async def test_money_may_come_back_late(harbour: PlayedBank, hasty: HttpBank) -> None:
    harbour.misbehave(late_returns={"seconds": 0.2, "days": 3})
    asked = order()
    assert (await hasty.instruct(asked)).said is BankSaid.SETTLED
    await until(hasty, asked.reference, BankSaid.RETURNED)
    assert [entry["kind"] for entry in harbour.books(reference=asked.reference)] == ["order", "return"]


@pytest.mark.parametrize("mode", ["page", "day", "opening"])
async def test_a_statement_with_a_gap_is_no_statement(
    harbour: PlayedBank, hasty: HttpBank, mode: str
) -> None:
    await hasty.instruct(order())
    harbour.misbehave(statement_gap=mode)
    with pytest.raises(BankUnreachableError, match=r"do not lead from .* missing"):
        await hasty.statement(OWN_ACCOUNT, DAY)


async def test_a_reference_of_another_order_is_no_rejection(harbour: PlayedBank, hasty: HttpBank) -> None:
    asked = order("5.00")
    await hasty.instruct(asked)
    said = await hasty.instruct(order("6.00", reference=asked.reference))
    assert said.said is BankSaid.NOTHING
    assert "REFERENCE_CONFLICT" in said.reason


async def test_nobody_there_says_that_nothing_was_sent(banks: BankSite, evidence: Evidence) -> None:
    profile = http_profile(banks, address="http://127.0.0.1:1")
    bank = HttpBank(profile, http_secrets(banks), evidence.keep, now)
    said = await bank.instruct(order())
    await bank.close()
    assert said.said is BankSaid.NOTHING
    assert "nothing was sent" in said.reason


async def test_a_cancelled_call_stays_cancelled(harbour: PlayedBank, hasty: HttpBank) -> None:
    """A worker that stops must not take its own stopping for the bank's silence."""
    harbour.misbehave(timeout_before_booking=True)
    call = asyncio.create_task(hasty.instruct(order()))
    async with asyncio.timeout(5):
        while not await asyncio.to_thread(_unanswered, harbour):
            pass
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


def _unanswered(harbour: PlayedBank) -> bool:
    return any(not request["outcome"] for request in harbour.requests(method="POST"))


def test_an_unknown_switch_is_refused_and_the_known_ones_are_named(banks: BankSite) -> None:
    answer = banks.http.post("/admin/harbour/misbehave", json={"explode": True})
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert "timeout_after_booking" in answer.json()["error"]
    assert banks.http.get("/admin/lagoon/books").status_code == httpx.codes.BAD_REQUEST
    assert banks.http.post("/admin/river/settings", json={"colour": 1}).status_code == httpx.codes.BAD_REQUEST
