"""A bank's JSON is taken as it stands or not at all."""

from __future__ import annotations

import json
from datetime import date

import pytest

from activities.adapters.banks.answers import (
    UnreadableAnswerError,
    order_body,
    read_answer,
    read_line,
    read_object,
)
from activities.adapters.banks.secret_names import secret_of
from models.money import Money
from models.payments.banking import BankAccount, BankOrder, BankSaid, Direction, Heard

SETTLED = {
    "reference": "P1",
    "bank_reference": "H1",
    "status": "SETTLED",
    "amount": {"value": "100.00", "currency": "CNY"},
    "fee": {"value": "0.50", "currency": "CNY"},
    "value_date": "2026-11-20",
    "code": "",
    "reason": "",
}


def test_an_answer_is_told_in_full():
    said = read_answer(SETTLED, Heard.INQUIRY, about="P1")
    assert (said.said, said.heard, said.bank_reference) == (BankSaid.SETTLED, Heard.INQUIRY, "H1")
    assert (said.amount, said.fee, said.value_date) == (Money(10000), Money(50), date(2026, 11, 20))


def test_an_order_that_is_only_taken_needs_no_amount():
    said = read_answer({"reference": "P1", "status": "ACCEPTED"}, Heard.INSTRUCTION, about="P1")
    assert (said.said, said.amount, said.value_date) == (BankSaid.TAKEN, None, None)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"reference": "P2"}, "about 'P2', not about 'P1'"),
        ({"reference": None}, "about None"),
        ({"status": "DONE"}, "status 'DONE' is none of ACCEPTED, SETTLED"),
        ({"status": None}, "status None"),
        ({"amount": None}, "status SETTLED without an amount"),
        ({"amount": {"value": 100.0, "currency": "CNY"}}, "100.0 'CNY' is not written as text"),
        ({"amount": {"value": "100.001", "currency": "CNY"}}, "more decimals"),
        ({"amount": {"value": "1e3", "currency": "CNY"}}, "not a number"),
        ({"amount": {"value": "100.00", "currency": "XXX"}}, "currency 'XXX'"),
        ({"amount": "100.00"}, "no JSON object"),
        ({"value_date": "20.11.2026"}, "value_date '20.11.2026' is no date"),
        ({"code": 7}, "code 7 is no text"),
    ],
)
def test_what_cannot_be_relied_on_is_unreadable(change, told):
    with pytest.raises(UnreadableAnswerError, match=told):
        read_answer(SETTLED | change, Heard.INQUIRY, about="P1")


@pytest.mark.parametrize("body", [b"", b"[1]", b"<html>", b'"text"', b'{"a":', b"\xff\xfe{}"])
def test_only_a_json_object_is_an_answer(body):
    with pytest.raises(UnreadableAnswerError, match="no JSON"):
        read_object(body)


def test_an_entry_without_a_date_is_unreadable():
    with pytest.raises(UnreadableAnswerError, match="booking_date None is no date"):
        read_line("6222", "CNY", {"amount": "1.00"})
    with pytest.raises(UnreadableAnswerError, match="is no JSON object"):
        read_line("6222", "CNY", "1.00")


def test_an_order_carries_its_amount_as_text():
    account = BankAccount("6222", "租赁公司")
    asked = BankOrder(
        "P1", Direction.COLLECTION, account, account, Money.of("0.10"), date(2026, 11, 20), mandate="M1"
    )
    body = json.loads(order_body(asked))
    assert body["amount"] == {"value": "0.10", "currency": "CNY"}
    assert (body["type"], body["mandate"], body["account"]["name"]) == ("COLLECTION", "M1", "租赁公司")


def test_a_secrets_name_can_be_an_environment_variables():
    assert secret_of("river-east", "sftp_key") == "bank_river_east_sftp_key"
