"""Whatever happens to receipts, the ledger shows what is left; and methods are changed by two people."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.payments.checking import accept
from activities.payments.receipts import moving, refunds
from activities.payments.receipts.entering import ReceiptRules, register
from activities.store.database import Database
from activities.store.payments import debits, payment_methods, receipt_refunds, receipts, terminals
from activities.store.payments.reference_status import status_of
from activities.store.tables.debits import DebitDueRow
from activities.store.tables.receipts import TerminalDifferenceRow
from models.errors import InvalidInputError
from models.money import Money
from models.payments.banking import BankAccount
from models.payments.debits import DebitDue
from models.payments.errors import FourEyesError
from models.payments.messages import (
    BounceReceipt,
    CancelReceipt,
    ConfirmReceipt,
    IdentifyReceipt,
    ReceiptPart,
    ReceiptState,
    RefundStep,
    ReverseReceipt,
)
from models.payments.receipts.errors import ReceiptExistsError, UnknownMethodError
from models.payments.receipts.methods import MethodKind, PaymentMethod
from models.payments.receipts.status import LineKind
from models.payments.receipts.terminals import Decision, Difference, DifferenceKind
from models.people import SYSTEM
from tests.factories.receipt_counter import DEAF_BANK
from tests.factories.receipts import CONTRACT, TakingHouse

pytestmark = pytest.mark.stack

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
STEPS = ("confirm", "bounce", "cancel", "reverse", "refund", "give-up")
COMMANDS = st.lists(st.sampled_from(STEPS), min_size=1, max_size=5)


@pytest.fixture
def house(fresh_database: Database) -> TakingHouse:
    house = TakingHouse(fresh_database)
    house.open(DEAF_BANK)
    return house


def do(house: TakingHouse, receipt_id: str, step: str, amount: Money) -> None:
    """One step of somebody's, allowed or not."""
    refund = RefundStep(f"RF-{receipt_id}", receipt_id, amount, AT, "luo.dan")
    with house.database.transaction() as session:
        row = receipts.find(session, receipt_id, lock=True)
        channel = ReceiptRules.in_force(session, row.channel, AT).channel
        match step:
            case "confirm":
                moving.clear(session, row, channel, ConfirmReceipt(SYSTEM), at=AT)
            case "bounce":
                moving.bounce(session, row, channel, BounceReceipt(SYSTEM, "no funds"), at=AT)
            case "cancel":
                moving.cancel(session, row, CancelReceipt(SYSTEM, "typed twice"), at=AT)
            case "reverse":
                moving.reverse(session, row, ReverseReceipt(SYSTEM, "wrong customer"), at=AT)
            case "refund":
                refunds.approve(session, refund)
            case "give-up":
                refunds.give_up(session, refund)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["cash", "cheque", "transfer"]),
    st.lists(st.integers(1, 90_000), min_size=1, max_size=3),
    COMMANDS,
)
def test_received_less_refunded_less_bounced_is_what_the_ledger_shows(
    house: TakingHouse, channel: str, shares: list[int], steps: list[str]
) -> None:
    before = {code: house.balance(code) for code in ("1531", "2241.01")}
    parts = tuple(ReceiptPart(Money(minor), "rent", f"L-{n}") for n, minor in enumerate(shares))
    total = Money(sum(shares))
    order = house.receipt(
        channel, str(total), parts=parts, external_reference=f"{uuid.uuid4().int % 10**16:016d}"
    )
    with house.database.transaction() as session:
        taken = register(session, order, at=AT)
    for step in steps if taken.state is not ReceiptState.REFUSED else ():
        do(house, order.receipt_id, step, Money(max(total.minor // 2, 1)))
    row = house.taken(order.receipt_id)
    with house.database.transaction() as session:
        balances = receipt_refunds.balances(session, order.receipt_id)
        approved = Money(sum(each.refunded.minor for each in balances))
    standing = total if ReceiptState(row.state).is_open else Money(0)
    assert house.balance("1531") - before["1531"] == -(standing - approved)
    assert house.balance("2241.01") - before["2241.01"] == -approved


def test_the_same_id_is_the_same_receipt_or_an_error(house: TakingHouse) -> None:
    order = house.receipt("cash")
    for _ in range(2):
        with house.database.transaction() as session:
            assert register(session, order, at=AT).state is ReceiptState.CLEARED
    assert str(house.balance("1001")) == "1200.00"
    other = house.receipt("cash", "7.00", receipt_id=order.receipt_id)
    with house.database.transaction() as session, pytest.raises(ReceiptExistsError, match="another amount"):
        register(session, other, at=AT)


def test_a_repeated_identification_changes_nothing(house: TakingHouse) -> None:
    order = house.receipt(
        "transfer", "900.00", parts=(ReceiptPart(Money.of("900.00")),), external_reference="T"
    )
    rent = ReceiptPart(Money.of("900.00"), "rent", CONTRACT)
    for share, refused in ((rent, False), (rent, False), (replace(rent, product="deposit"), True)):
        with house.database.transaction() as session:
            register(session, order, at=AT)
            row = receipts.find(session, order.receipt_id, lock=True)
            rules = ReceiptRules.in_force(session, row.channel, AT)
            command = IdentifyReceipt(SYSTEM, (share,))
            answer = moving.identify(session, row, rules.channel, rules.parameters, command, at=AT)
        assert bool(answer) is refused
    assert house.balance("1531") == -Money.of("900.00")


def test_a_payment_that_only_shares_its_id_does_not_hide_a_receipt(house: TakingHouse) -> None:
    order = house.receipt("cash")
    with house.database.transaction() as session:
        register(session, order, at=AT)
        accept(session, house.order("5.00", payment_id=order.receipt_id), at=AT)
    with house.database.transaction() as session:
        (line,) = status_of(session, CONTRACT).lines
    assert (line.kind, line.identifier) == (LineKind.RECEIPT, order.receipt_id)


def test_a_debit_is_not_taken_under_the_id_of_a_payment(house: TakingHouse) -> None:
    order = house.receipt("debit", mandate="M-1")
    with house.database.transaction() as session:
        accept(session, house.order("5.00", payment_id=order.receipt_id), at=AT)
    with house.database.transaction() as session:
        (refusal,) = register(session, order, at=AT).refusals
    assert refusal.sentence.startswith(f"payment {order.receipt_id} exists")


def test_a_refund_in_another_currency_is_refused(house: TakingHouse) -> None:
    order = house.receipt("cash")
    with house.database.transaction() as session:
        register(session, order, at=AT)
        step = RefundStep("RF-1", order.receipt_id, Money.of("5.00", "EUR"), AT, "luo.dan")
        (refusal,) = refunds.approve(session, step).refusals
    assert refusal.sentence == f"1200.00 CNY is left to refund of {order.receipt_id}, not 5.00 EUR"


def test_who_decided_first_on_a_difference_stays_named(house: TakingHouse) -> None:
    house.terminal("T-1")
    day = AT.date()
    found = Difference(1, DifferenceKind.UNKNOWN, "the acquirer has 000009, we do not", "000009")
    with house.database.transaction() as session:
        terminals.put_differences(session, "T-1", day, [found], at=AT)
        for username in ("he.ting", "xu.bo"):
            terminals.decide(session, "T-1", day, 1, Decision.NOTED, by=username, note=username, at=AT)
        row = session.get_one(TerminalDifferenceRow, ("T-1", day, 1))
    assert (row.decided_by, row.note) == ("he.ting", "he.ting")


# ---------------------------------------------------------------- payment methods


def due(number: int, day: date) -> DebitDue:
    return DebitDue(
        due_id=f"{CONTRACT}/{number:02d}",
        bank="harbour",
        product="rent",
        business_reference=CONTRACT,
        debtor=BankAccount("31001520313050012345", "承租人", "104290003033"),
        mandate="M-1",
        mandate_signed=date(2025, 5, 5),
        amount=Money.of("100.00"),
        due_date=day,
    )


def test_an_approved_method_rewrites_open_dues_from_its_day_on(house: TakingHouse) -> None:
    today = AT.date()
    first, second, third = (today + timedelta(days=days) for days in (0, 30, 60))
    account = BankAccount("31001520313050099999", "承租人新户", "104290003033")
    method = PaymentMethod(CONTRACT, MethodKind.DEBIT, account, second, "M-2", today)
    with house.database.transaction() as session:
        debits.enter_dues(session, [due(1, first), due(2, second), due(3, third)], at=AT)
        batched = session.get_one(DebitDueRow, f"{CONTRACT}/03")
        batched.state = "in-batch"
        session.add(batched)
        row = payment_methods.propose(session, method, by="luo.dan", reason="new account", at=AT)
    with house.database.transaction() as session, pytest.raises(FourEyesError):
        payment_methods.decide(session, CONTRACT, row.version, approved=True, by="luo.dan", note="", at=AT)
    with house.database.transaction() as session:
        decided = payment_methods.decide(
            session, CONTRACT, row.version, approved=True, by="he.ting", note="called", at=AT
        )
        assert decided.rewritten == 1
    with house.database.transaction() as session:
        accounts = [each.debtor_account for each in debits.dues(session)]
        assert accounts == ["31001520313050012345", account.number, "31001520313050012345"]
        assert payment_methods.in_force(session, CONTRACT, today) is None
        found = payment_methods.in_force(session, CONTRACT, second)
        assert found is not None
        assert (found.version, found.mandate) == (1, "M-2")
    with house.database.transaction() as session, pytest.raises(UnknownMethodError):
        payment_methods.decide(session, CONTRACT, row.version, approved=False, by="xu.bo", note="", at=AT)


def test_the_method_approved_last_holds_from_its_day_on(house: TakingHouse) -> None:
    today = AT.date()
    later = today + timedelta(days=30)
    for number, day in enumerate((later, today), start=1):
        account = BankAccount(f"3100152031305009999{number}", "承租人", "104290003033")
        method = PaymentMethod(CONTRACT, MethodKind.DEBIT, account, day, f"M-{number}", today)
        at = AT + timedelta(minutes=number)
        with house.database.transaction() as session:
            payment_methods.propose(session, method, by="luo.dan", reason="new account", at=at)
            payment_methods.decide(session, CONTRACT, number, approved=True, by="he.ting", note="", at=at)
    with house.database.transaction() as session:
        found = payment_methods.in_force(session, CONTRACT, later)
    assert found is not None
    assert found.mandate == "M-2"


def test_a_method_that_cannot_be_right_is_not_even_proposed(house: TakingHouse) -> None:
    method = PaymentMethod(CONTRACT, MethodKind.DEBIT, BankAccount("12", "承租人"), AT.date())
    with house.database.transaction() as session:
        with pytest.raises(InvalidInputError, match="8 to 32 digits; a debit needs the mandate"):
            payment_methods.propose(session, method, by="luo.dan", reason="typo", at=AT)
        assert payment_methods.history(session, CONTRACT) == []
