"""Account numbers, bank windows, fees, file facts: what payments are decided by."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.calendar import SHANGHAI
from models.money import Money
from models.parameters.banks import BankProfile, Fees, FeeStep, FileConnection, Window
from models.payments.account_numbers import account_number_fault, bank_id_fault
from models.payments.bank_files.instructions import PaymentStatusRead, StatusReason
from models.payments.bank_files.statements import (
    BankFile,
    Direction,
    EntryStatus,
    Statement,
    StatementEntry,
    TransactionDetail,
)
from models.payments.banking import BankSaid
from models.payments.debits import BATCH_ID
from models.payments.file_facts import file_facts
from models.payments.verification import PAYMENT_ID


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("31001520313050012345", ""),
        ("DE89370400440532013000", ""),
        ("DE89370400440532013001", "check digits"),
        ("6222020000000000001", "last digit"),
        ("12345", "neither an IBAN nor"),
        ("３１００１５２０３１３０５００１２３４５", "neither an IBAN nor"),
        ("3100-1520", "neither an IBAN nor"),
        ("", "neither an IBAN nor"),
    ],
)
def test_account_numbers(number: str, fault: str) -> None:
    found = account_number_fault(number)
    assert fault in found
    assert bool(found) is bool(fault)


@given(st.text("0123456789", min_size=16, max_size=16))
def test_one_changed_digit_of_a_card_is_noticed(tail: str) -> None:
    body = "62" + tail
    good = next(body + str(digit) for digit in range(10) if not account_number_fault(body + str(digit)))
    place = 5
    other = good[:place] + str((int(good[place]) + 1) % 10) + good[place + 1 :]
    assert account_number_fault(other)


def test_bank_identifiers() -> None:
    assert not bank_id_fault("104290003033")
    assert not bank_id_fault("COBADEFFXXX")
    assert "CNAPS" in bank_id_fault("1042")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-20 10:00", "2026-11-20 10:00"),
        ("2026-11-20 07:00", "2026-11-20 09:00"),
        ("2026-11-20 17:00", "2026-11-23 09:00"),  # Friday after the cut-off
        ("2026-11-21 12:00", "2026-11-23 09:00"),
        ("2026-10-01 12:00", "2026-10-08 09:00"),  # the national holiday
    ],
)
def test_a_bank_opens_on_its_next_business_day(now: str, opens: str) -> None:
    window = Window(opens=time(9), cut_off=time(17), business_days_only=True)
    assert window.next_opening(at(now)) == at(opens)


def test_a_banks_own_holidays_count() -> None:
    window = Window(opens=time(9), cut_off=time(17), business_days_only=True, holidays=(date(2026, 11, 23),))
    assert window.next_opening(at("2026-11-21 12:00")) == at("2026-11-24 09:00")


@pytest.mark.parametrize(
    ("amount", "fee"),
    [("100.00", "5.00"), ("10000.00", "5.00"), ("10000.01", "10.00"), ("99999999.00", "50.00")],
)
def test_fees_by_steps_and_rate(amount: str, fee: str) -> None:
    fees = Fees(
        steps=(FeeStep(up_to=Decimal(10_000), fee=Decimal(5)),), rate=Decimal("0.001"), maximum=Decimal(50)
    )
    assert fees.of(Money.of(amount)) == Money.of(fee)


def test_fee_steps_must_ascend() -> None:
    falling = (FeeStep(up_to=Decimal(2), fee=Decimal(1)), FeeStep(up_to=Decimal(1), fee=Decimal(1)))
    with pytest.raises(ValidationError, match="lowest ceiling"):
        Fees(steps=falling)


def test_a_bank_must_be_reachable_somehow() -> None:
    with pytest.raises(ValidationError, match="http or a files connection"):
        BankProfile(code="x1", name="X", ledger_account="1002.01", own_account="1", own_name="Y")
    files = FileConnection(address="file:///tmp/x")
    BankProfile(code="x1", name="X", ledger_account="1002.01", own_account="1", own_name="Y", files=files)


# ---------------------------------------------------------------- what a file says about orders


def entry(*details: TransactionDetail, status: EntryStatus = EntryStatus.BOOKED, reversal: bool = False):
    return StatementEntry(
        amount=Decimal("30.00"),
        currency="CNY",
        direction=Direction.CREDIT,
        status=status,
        booking_date=date(2026, 11, 20),
        value_date=None,
        reference="BK1",
        end_to_end_id=details[0].end_to_end_id if len(details) == 1 else None,
        reversal=reversal,
        details=details,
    )


def file_of(*entries: StatementEntry) -> BankFile:
    return BankFile(
        "camt.054", "001.08", statements=(Statement("1", "S", "CNY", None, None, tuple(entries)),)
    )


def test_every_transaction_of_a_batch_booking_is_a_fact() -> None:
    details = [TransactionDetail(end_to_end_id=f"E{n}", amount=Decimal(10), currency="CNY") for n in range(3)]
    facts = list(file_facts(file_of(entry(*details))))
    assert [fact.reference for fact in facts] == ["E0", "E1", "E2"]
    assert {fact.amount for fact in facts} == {Decimal(10)}


@pytest.mark.parametrize("status", [EntryStatus.PENDING, EntryStatus.INFO, EntryStatus.FUTURE])
def test_what_is_not_booked_is_no_fact(status: EntryStatus) -> None:
    assert not list(file_facts(file_of(entry(TransactionDetail(end_to_end_id="E1"), status=status))))


def test_a_batch_without_its_parts_says_nothing_about_any_of_them() -> None:
    assert not list(file_facts(file_of(entry(TransactionDetail(), TransactionDetail()))))


def test_a_return_is_told_by_reason_or_reversal() -> None:
    reason = entry(TransactionDetail(end_to_end_id="E1", return_reason="AC04"))
    reversal = entry(TransactionDetail(end_to_end_id="E2"), reversal=True)
    first, second = file_facts(file_of(reason, reversal))
    assert (first.returns, first.code) == (True, "AC04")
    assert second.returns


def status(level: str, code: str, reason: str = "", **ids: str) -> PaymentStatusRead:
    return PaymentStatusRead(level=level, status=code, reasons=(StatusReason(reason or None),), **ids)


def test_statuses_take_and_reject() -> None:
    file = BankFile(
        "pain.002",
        "001.03",
        statuses=(
            status("group", "PART", original_message_id="M1"),
            status("transaction", "ACSC", original_end_to_end_id="E1"),
            status("transaction", "RJCT", "AM04", original_end_to_end_id="E2"),
        ),
    )
    taken, rejected = file_facts(file)
    assert (taken.reference, taken.said) == ("E1", BankSaid.TAKEN)
    assert (rejected.said, rejected.code) == (BankSaid.REJECTED, "AM04")


def test_a_rejected_file_rejects_all_of_it_unless_it_came_twice() -> None:
    refused = BankFile(
        "pain.002", None, statuses=(status("group", "RJCT", "FF01", original_message_id="M1"),)
    )
    doubled = BankFile(
        "pain.002", None, statuses=(status("group", "RJCT", "DU01", original_message_id="M1"),)
    )
    (fact,) = file_facts(refused)
    assert (fact.reference, fact.whole_file) == ("M1", True)
    assert not list(file_facts(doubled))


def test_a_debit_of_the_longest_batch_has_a_reference_that_every_bank_takes() -> None:
    longest = "D" * 23
    assert BATCH_ID.fullmatch(longest)
    assert not BATCH_ID.fullmatch(longest + "D")
    assert PAYMENT_ID.fullmatch(f"{longest}-000001")
