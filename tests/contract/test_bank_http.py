"""The HTTP adapter against the bank that plays its other side: everyday answers."""

from __future__ import annotations

from activities.adapters.banks.http import HttpBank
from models.money import Money
from models.payments.banking import BankSaid, Heard
from tests.contract.bank_site import DAY, Evidence, PlayedBank, order

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
