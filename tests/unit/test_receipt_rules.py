"""Terminals' days, refunds, methods and channels: the rules that need nothing but themselves."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.calendar import SHANGHAI
from models.errors import InvalidInputError
from models.money import Money
from models.parameters.channels import SHIPPED_CHANNELS, ChannelProfile, Confirmation
from models.parameters.registry import channel_profile, parameter_set, shipped_names
from models.payments.banking import BankAccount
from models.payments.receipts.acquirer_file import read_items
from models.payments.receipts.methods import MethodKind, PaymentMethod, method_refusals
from models.payments.receipts.refunds import PartBalance, left_to_refund, split
from models.payments.receipts.rules import clears_at
from models.payments.receipts.terminals import (
    AcquirerItem,
    CardTotal,
    DifferenceKind,
    Slip,
    compare_items,
    compare_totals,
)

MINOR = st.integers(min_value=1, max_value=10**9)


def slip(trace_no: str, minor: int, card_type: str = "debit") -> Slip:
    return Slip(f"R-{trace_no}", trace_no, Money(minor), card_type)


# ---------------------------------------------------------------- channels


def test_a_new_channel_is_data() -> None:
    value = SHIPPED_CHANNELS["wechat"].model_dump(mode="json") | {"code": "unionpay-qr", "name": "云闪付"}
    assert parameter_set("channel-unionpay-qr").checked(value).name == "云闪付"
    assert channel_profile("unionpay-qr").default is None
    with pytest.raises(InvalidInputError, match="code = 'unionpay-qr' does not belong into channel-wechat"):
        parameter_set("channel-wechat").checked(value)
    assert {f"channel-{code}" for code in SHIPPED_CHANNELS} <= set(shipped_names())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"confirmation": Confirmation.CLEARING_DAYS}, "clearing_days of at least 1"),
        ({"confirmation": Confirmation.TERMINAL_DAY}, "needs_terminal"),
        ({"confirmation": Confirmation.DEBIT}, "needs the bank"),
        ({"reference": {"pattern": "("}}, "no regular expression"),
        ({"reference": {"unique_within": "terminal-day"}}, "needs needs_terminal"),
    ],
)
def test_a_channel_that_cannot_work_is_refused(changes: dict[str, object], reason: str) -> None:
    value = SHIPPED_CHANNELS["cash"].model_dump() | changes
    with pytest.raises(ValidationError, match=reason):
        ChannelProfile.model_validate(value)


@pytest.mark.parametrize(
    ("taken", "clears"),
    [
        ((2026, 11, 20), (2026, 11, 24)),  # Friday: Monday, Tuesday
        ((2026, 11, 21), (2026, 11, 25)),  # Saturday counts as Monday
        ((2026, 9, 30), (2026, 10, 9)),  # over the National Day holiday
    ],
)
def test_a_cheque_clears_on_business_days(taken: tuple[int, int, int], clears: tuple[int, int, int]) -> None:
    at = clears_at(SHIPPED_CHANNELS["cheque"], datetime(*taken, 10, tzinfo=SHANGHAI))
    assert at is not None
    assert at == datetime(*clears, 18, tzinfo=SHANGHAI)


# ---------------------------------------------------------------- terminals


@given(st.lists(MINOR, max_size=20))
def test_a_day_that_agrees_has_no_difference(amounts: list[int]) -> None:
    slips = [slip(f"{number:06d}", minor) for number, minor in enumerate(amounts)]
    items = [AcquirerItem(each.trace_no, each.amount) for each in slips]
    compared = compare_items(slips, items)
    assert (len(compared.matched), compared.differences) == (len(slips), ())
    total = CardTotal(len(slips), Money(sum(amounts)))
    assert compare_totals(slips, [total]).differences == ()


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 3)), max_size=12), st.data())
def test_every_slip_and_item_is_matched_or_named(ours: list[tuple[int, int]], data: st.DataObject) -> None:
    traces = {f"{trace:06d}": minor for trace, minor in ours}
    slips = [slip(trace, minor) for trace, minor in traces.items()]
    theirs = data.draw(st.lists(st.tuples(st.integers(0, 7), st.integers(1, 3)), max_size=12))
    items = [AcquirerItem(f"{trace:06d}", Money(minor)) for trace, minor in theirs]
    compared = compare_items(slips, items)
    told = {each.trace_no for each in compared.differences}
    matched = {each.trace_no for each, _item in compared.matched}
    assert matched | told == set(traces) | {each.trace_no for each in items}
    assert [each.number for each in compared.differences] == list(range(1, len(compared.differences) + 1))


def test_a_total_that_differs_names_both_sides() -> None:
    compared = compare_totals([slip("000001", 1000)], [CardTotal(2, Money(1500), "debit")])
    assert compared.differences[0].kind is DifferenceKind.TOTAL
    assert compared.differences[0].sentence == "debit cards: we have 1 of 10.00, the terminal 2 of 15.00"


def test_the_acquirers_file_names_the_line_that_cannot_be_read() -> None:
    header = "trace_no,amount,card_type,fee"
    assert read_items([header, "000001,12.50,debit,0.06"]) == (
        AcquirerItem("000001", Money(1250), "debit", Money(6)),
    )
    with pytest.raises(InvalidInputError, match="line 3: amount '12,5' is not a number"):
        read_items([header, "000001,12.50,,", '000002,"12,5",,'])
    with pytest.raises(InvalidInputError, match="line 2: trace_no is empty"):
        read_items([header, ",1.00,,"])
    with pytest.raises(InvalidInputError, match="no column 'trace_no'"):
        read_items(["amount", "1"])


# ---------------------------------------------------------------- refunds


@given(MINOR, st.lists(st.tuples(MINOR, MINOR), min_size=1, max_size=6))
def test_a_split_takes_no_more_than_each_part_has_left(wanted: int, sizes: list[tuple[int, int]]) -> None:
    parts = [
        PartBalance(number, "1531", Money(max(pair)), Money(min(pair)))
        for number, pair in enumerate(sizes, start=1)
    ]
    shares = split(Money(wanted), parts)
    assert all(Money(0) < share <= part.left for part, share in shares)
    assert sum(share.minor for _part, share in shares) == min(wanted, sum(part.left.minor for part in parts))


def test_nothing_is_left_of_what_came_to_nothing() -> None:
    assert left_to_refund(Money(0), [Money(100)]) == Money(0)
    assert left_to_refund(Money(1000), [Money(100), Money(200)]) == Money(700)


# ---------------------------------------------------------------- methods


def test_a_payment_method_is_checked() -> None:
    today = date(2026, 11, 23)
    good = PaymentMethod(
        "L1", MethodKind.DEBIT, BankAccount("31001520313050012345", "某公司"), today, "M-1", today
    )
    assert list(method_refusals(good, today=today)) == []
    bad = PaymentMethod("L1", MethodKind.DEBIT, BankAccount("12", " ", "X"), date(2026, 11, 1))
    rules = [refusal.rule for refusal in method_refusals(bad, today=today)]
    assert rules == ["account", "account", "account", "valid-from", "mandate"]
