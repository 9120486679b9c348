"""The HTTP adapter against the bank that plays its other side: everyday answers."""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import uuid4

import pytest

from activities.adapters.banks.http import HttpBank
from activities.ports.banks import BankUnreachableError
from models.money import Money
from models.payments.banking import BankAccount, BankSaid, Direction, Heard
from tests.contract.bank_site import (
    DAY,
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


async def test_an_order_is_booked_once_and_can_be_asked_for(
    harbour: PlayedBank, http_bank: HttpBank, evidence: Evidence
) -> None:
    harbour.settings(fee="5.00")
    asked = order()

    said = await http_bank.instruct(asked)
    again = await http_bank.inquire(asked.reference)

    assert (said.said, said.heard) == (BankSaid.SETTLED, Heard.INSTRUCTION)
    assert (again.said, again.heard) == (BankSaid.SETTLED, Heard.INQUIRY)
    assert said.amount == again.amount == Money.of("1234.50")
    assert said.fee == Money.of("5.00")
    assert said.value_date == DAY
    assert said.bank_reference == again.bank_reference != ""
    assert b"x-signature" in evidence.kept[said.evidence]
    booked, fee = harbour.books(reference=asked.reference)
    assert (booked["amount"], booked["direction"], booked["times_booked"]) == ("1234.50", "out", 1)
    assert (fee["amount"], fee["kind"]) == ("5.00", "fee")


async def test_a_second_instruction_is_not_a_second_booking(harbour: PlayedBank, http_bank: HttpBank) -> None:
    asked = order()
    first, second = await http_bank.instruct(asked), await http_bank.instruct(asked)

    assert first.bank_reference == second.bank_reference
    assert len(harbour.books(reference=asked.reference)) == 1


async def test_a_bank_that_is_not_idempotent_books_twice(harbour: PlayedBank, http_bank: HttpBank) -> None:
    harbour.misbehave(idempotent=False)
    asked = order()
    first, second = await http_bank.instruct(asked), await http_bank.instruct(asked)

    assert first.bank_reference != second.bank_reference
    assert [entry["times_booked"] for entry in harbour.books(reference=asked.reference)] == [2, 2]


@pytest.mark.parametrize("client", ["leaseflow-hmac", "leaseflow-rsa"])
async def test_other_signature_schemes_serve_as_well(
    banks: BankSite, evidence: Evidence, client: str
) -> None:
    bank = HttpBank(http_profile(banks, client=client), http_secrets(banks, client), evidence.keep, now)
    asked = order()
    assert (await bank.instruct(asked)).said is BankSaid.SETTLED
    assert (await bank.inquire(asked.reference)).said is BankSaid.SETTLED
    await bank.close()


@pytest.mark.parametrize(
    ("ending", "direction", "code"),
    [
        ("99901", Direction.PAY_OUT, "ACCOUNT_CLOSED"),
        ("99902", Direction.COLLECTION, "INSUFFICIENT_FUNDS"),
        ("99903", Direction.PAY_OUT, "NAME_MISMATCH"),
        ("99906", Direction.PAY_OUT, "ACCOUNT_BLOCKED"),
        ("99907", Direction.COLLECTION, "NO_MANDATE"),
    ],
)
async def test_a_rejection_carries_the_banks_own_code(
    harbour: PlayedBank, http_bank: HttpBank, ending: str, direction: Direction, code: str
) -> None:
    asked = order(to=f"62284800000000{ending}", direction=direction)
    said = await http_bank.instruct(asked)

    assert (said.said, said.code) == (BankSaid.REJECTED, code)
    assert said.reason
    assert harbour.books(reference=asked.reference) == []


async def test_a_collection_brings_money_in(harbour: PlayedBank, http_bank: HttpBank) -> None:
    asked = order(direction=Direction.COLLECTION, mandate="M-1")
    assert (await http_bank.instruct(asked)).said is BankSaid.SETTLED
    assert [entry["direction"] for entry in harbour.books(reference=asked.reference)] == ["in"]


async def test_more_than_the_account_holds_is_rejected(harbour: PlayedBank, http_bank: HttpBank) -> None:
    said = await http_bank.instruct(order("99999999999.99"))
    assert (said.said, said.code) == (BankSaid.REJECTED, "INSUFFICIENT_FUNDS")


async def test_what_was_never_instructed_is_unheard_of(harbour: PlayedBank, http_bank: HttpBank) -> None:
    assert (await http_bank.inquire("P-never")).said is BankSaid.UNHEARD_OF
    assert (await http_bank.cancel("P-never")).said is BankSaid.UNHEARD_OF


async def test_a_reference_with_odd_characters_arrives_as_it_is(
    harbour: PlayedBank, http_bank: HttpBank
) -> None:
    asked = order(reference="甲/乙 ?#%41-1")
    assert (await http_bank.instruct(asked)).said is BankSaid.SETTLED
    assert (await http_bank.inquire("甲/乙 ?#%41-1")).said is BankSaid.SETTLED


async def test_settlement_may_come_later(harbour: PlayedBank, http_bank: HttpBank) -> None:
    harbour.settings(settle_seconds=0.3)
    asked = order()

    assert (await http_bank.instruct(asked)).said is BankSaid.TAKEN
    assert (await until(http_bank, asked.reference, BankSaid.SETTLED)).amount == asked.amount


async def test_an_open_order_can_be_cancelled_and_a_booked_one_not(
    harbour: PlayedBank, http_bank: HttpBank
) -> None:
    open_order, booked = order(to="6228480000000099905"), order()
    await http_bank.instruct(open_order)
    await http_bank.instruct(booked)

    assert (await http_bank.cancel(open_order.reference)).said is BankSaid.CANCELLED
    assert (await http_bank.inquire(open_order.reference)).said is BankSaid.CANCELLED
    assert (await http_bank.cancel(booked.reference)).said is BankSaid.SETTLED
    assert harbour.books(reference=open_order.reference) == []


async def test_money_may_come_back(harbour: PlayedBank, http_bank: HttpBank) -> None:
    asked = order()
    await http_bank.instruct(asked)
    harbour.post(f"orders/{asked.reference}/return", code="AC01", days=2)

    said = await http_bank.inquire(asked.reference)
    assert (said.said, said.code) == (BankSaid.RETURNED, "RETURNED_BY_RECEIVER")
    paid, returned = harbour.books(reference=asked.reference)
    assert (paid["direction"], returned["direction"], returned["kind"]) == ("out", "in", "return")
    assert returned["booking_day"] == "2026-11-22"


async def test_a_day_is_told_page_by_page(harbour: PlayedBank, http_bank: HttpBank) -> None:
    harbour.settings(page_size=2, business_day="2026-10-09")
    account = BankAccount(f"6222{uuid4().int % 10**12:012d}", "租赁公司")
    orders = [order(f"{number}.00", own_account=account) for number in range(1, 6)]
    for asked in orders:
        await http_bank.instruct(asked)

    lines = await http_bank.statement(account.number, date(2026, 10, 9))

    assert [line.reference for line in lines] == [asked.reference for asked in orders]
    assert [line.amount for line in lines] == [-asked.amount for asked in orders]
    assert {line.booking_date for line in lines} == {date(2026, 10, 9)}
    assert await http_bank.statement(account.number, date(2026, 10, 10)) == []
    assert await http_bank.balance(account.number) == Money.of("9999999985.00")


async def test_an_account_that_the_bank_does_not_keep_has_no_statement(
    harbour: PlayedBank, http_bank: HttpBank
) -> None:
    with pytest.raises(BankUnreachableError, match="UNKNOWN_ACCOUNT"):
        await http_bank.statement("4711", DAY)


async def test_many_orders_at_once_share_the_connections(harbour: PlayedBank, http_bank: HttpBank) -> None:
    harbour.settings(latency_ms=50.0)
    orders = [order() for _ in range(40)]
    answers = await asyncio.gather(*map(http_bank.instruct, orders))
    harbour.settings(latency_ms=0.0)
    assert {answer.said for answer in answers} == {BankSaid.SETTLED}
    assert len({answer.bank_reference for answer in answers}) == 40
