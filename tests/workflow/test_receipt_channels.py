"""A receipt clears as its channel says, or bounces; and the ledger shows what is ours."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.payments.applying import MoneyIn
from activities.payments.receipts.telling import MoneyCame, ReceiptTeller
from activities.payments.telling import Teller
from activities.store.database import Database
from models.calendar import SHANGHAI, BusinessCalendar
from models.money import Money
from models.payments.banking import BankAccount
from models.payments.messages import (
    BounceReceipt,
    CancelReceipt,
    ChangeMethod,
    ConfirmReceipt,
    IdentifyReceipt,
    ReceiptPart,
    ReceiptState,
    ReverseReceipt,
)
from tests.factories.receipt_counter import Counter, open_counter
from tests.factories.receipts import CONTRACT
from workflows.payments.receipt import Receipt

pytestmark = pytest.mark.stack

TRADE = "4200001234202611221234567890"


@pytest.fixture
async def counter(temporal: WorkflowEnvironment, database: Database) -> AsyncIterator[Counter]:
    async with open_counter(temporal, database) as opened:
        yield opened


# ---------------------------------------------------------------- cash and cheques


async def test_cash_is_ours_at_once(counter: Counter) -> None:
    handle = await counter.take(counter.house.receipt("cash", "1200.00"))
    assert (await counter.booked(handle)).state is ReceiptState.CLEARED
    assert counter.balances("1001", "1531") == ["1200.00", "-1200.00"]
    assert (await handle.result()).state is ReceiptState.CLEARED


async def test_a_cheque_clears_after_its_business_days_over_a_holiday(counter: Counter) -> None:
    now = await counter.temporal.get_current_time()
    usual = BusinessCalendar()
    first = usual.next_business_day(now.astimezone(SHANGHAI).date())
    second = usual.next_business_day(first + timedelta(days=1))
    counter.house.channel("cheque", holidays=(second,))
    third = usual.next_business_day(second + timedelta(days=1))
    due = usual.next_business_day(third + timedelta(days=1))
    order = counter.house.receipt("cheque", external_reference="12345678")
    handle = await counter.take(order)
    await counter.reaches(handle, ReceiptState.RECEIVED, f"支票 to clear on {due}")
    assert counter.balances("1012.01", "1002.01", "1531") == ["1200.00", "0.00", "-1200.00"]
    assert (await handle.result()).state is ReceiptState.CLEARED
    cleared_at = counter.house.taken(order.receipt_id).cleared_at
    assert cleared_at is not None
    assert cleared_at.astimezone(SHANGHAI).date() == due
    assert counter.balances("1012.01", "1002.01", "1531") == ["0.00", "1200.00", "-1200.00"]


async def test_a_cheque_bounces_before_it_clears(counter: Counter) -> None:
    handle = await counter.take(counter.house.receipt("cheque", external_reference="12345678"))
    command = BounceReceipt(counter.cashier, "no funds")
    assert await counter.tell(handle, "bounce", command) is ReceiptState.BOUNCED
    assert (await handle.result()).state is ReceiptState.BOUNCED
    assert counter.balances("1012.01", "1002.01", "1531", "6603.01") == ["0.00", "-10.00", "0.00", "10.00"]


async def test_a_cheque_bounces_after_it_cleared(counter: Counter) -> None:
    order = counter.house.receipt("cheque", external_reference="12345678")
    handle = await counter.take(order)
    await counter.temporal.sleep(timedelta(days=12))
    await counter.reaches(handle, ReceiptState.CLEARED)
    assert counter.balances("1002.01") == ["1200.00"]
    command = BounceReceipt(counter.cashier, "forged signature", charge=Money.of("25.00"))
    assert await counter.tell(handle, "bounce", command) is ReceiptState.BOUNCED
    assert counter.balances("1012.01", "1002.01", "1531", "6603.01") == ["0.00", "-25.00", "0.00", "25.00"]
    assert counter.house.receipt_states(order.receipt_id) == ["received", "cleared", "bounced"]


async def test_a_cheque_number_is_taken_once_for_each_account(counter: Counter) -> None:
    await counter.take(counter.house.receipt("cheque", external_reference="12345678"))
    again = counter.house.receipt("cheque", external_reference="12345678")
    booked = await counter.booked(await counter.start(again))
    assert booked.state is ReceiptState.REFUSED
    assert "was taken before" in booked.sentence
    other = BankAccount("31001520313050012346", "另一出票人")
    elsewhere = counter.house.receipt("cheque", external_reference="12345678", payer=other)
    assert (await counter.booked(await counter.start(elsewhere))).state is ReceiptState.RECEIVED
    assert counter.balances("1012.01") == ["2400.00"]


async def test_a_cancelled_receipt_leaves_nothing_and_frees_its_number(counter: Counter) -> None:
    handle = await counter.take(counter.house.receipt("cheque", external_reference="12345678"))
    command = CancelReceipt(counter.cashier, "typed twice")
    assert await counter.tell(handle, "cancel", command) is ReceiptState.CANCELLED
    assert counter.balances("1012.01", "1531") == ["0.00", "0.00"]
    again = await counter.take(counter.house.receipt("cheque", external_reference="12345678"))
    await counter.reaches(again, ReceiptState.RECEIVED)


# ---------------------------------------------------------------- wallets and transfers


async def test_a_wallet_that_confirms_twice_is_booked_once(counter: Counter) -> None:
    handle = await counter.take(counter.house.receipt("wechat", "1000.00", external_reference=TRADE))
    news = ConfirmReceipt(counter.cashier, Money.of("1000.00"), bank_reference="WX-1")
    await handle.signal(Receipt.heard, news)
    await counter.reaches(handle, ReceiptState.CLEARED)
    assert await counter.tell(handle, "confirm", news) is ReceiptState.CLEARED
    assert counter.balances("1012.03", "1002.01", "6603.01", "1531") == ["0.00", "994.00", "6.00", "-1000.00"]
    other = ConfirmReceipt(counter.cashier, Money.of("1000.00"), bank_reference="WX-2")
    assert "cannot be confirmed" in await counter.refused(handle, "confirm", other)


async def test_news_finds_the_receipt_that_waits_for_it(counter: Counter) -> None:
    order = counter.house.receipt("alipay", "1000.00", external_reference=TRADE)
    handle = await counter.take(order)
    teller = ReceiptTeller(counter.house.database, counter.client)
    came = MoneyCame("alipay", TRADE, Money.of("1000.00"), "ALI-1", fee=Money.of("5.00"))
    for _ in range(2):
        assert await teller.pass_on(came) == order.receipt_id
    await counter.reaches(handle, ReceiptState.CLEARED)
    assert counter.balances("1012.04", "1002.01", "6603.01") == ["0.00", "995.00", "5.00"]
    assert await teller.pass_on(MoneyCame("wechat", TRADE, Money.of("1000.00"))) == ""


async def test_another_amount_than_was_taken_confirms_nothing(counter: Counter) -> None:
    handle = await counter.take(counter.house.receipt("alipay", "1000.00", external_reference=TRADE))
    await handle.signal(Receipt.heard, ConfirmReceipt(counter.cashier, Money.of("100.00")))
    await counter.reaches(
        handle, ReceiptState.RECEIVED, "a person: 100.00 CNY came, 1000.00 CNY was received"
    )
    assert counter.balances("1012.04", "1002.01") == ["1000.00", "0.00"]


async def test_a_transfer_is_cleared_by_what_a_bank_tells_of_money_in(counter: Counter) -> None:
    handle = await counter.take(counter.house.receipt("transfer", external_reference="TT-009"))
    teller = Teller(counter.house.database, counter.client)
    came = MoneyIn(("", "TT-009"), Money.of("1200.00"), "B-79", None)
    for _ in range(2):  # a notification, and the statement after it
        await teller.announce(came)
    await counter.reaches(handle, ReceiptState.CLEARED)
    assert counter.balances("1012.05", "1002.01") == ["0.00", "1200.00"]
    await teller.announce(MoneyIn(("NOBODY",), Money.of("1.00"), "B-80", None))


async def test_a_person_is_asked_when_nothing_is_heard(counter: Counter) -> None:
    handle = await counter.take(counter.house.receipt("transfer", external_reference="TT-001"))
    await counter.temporal.sleep(timedelta(hours=80))
    await counter.reaches(handle, ReceiptState.RECEIVED, "a person to find out: the bank's entry was due")
    await counter.tell(handle, "confirm", ConfirmReceipt(counter.cashier, bank_reference="B-77"))
    assert counter.balances("1012.05", "1002.01") == ["0.00", "1200.00"]


async def test_money_of_unknown_purpose_is_identified_later(counter: Counter) -> None:
    unknown = (ReceiptPart(Money.of("1200.00")),)
    handle = await counter.take(counter.house.receipt("transfer", external_reference="TT-002", parts=unknown))
    await counter.tell(handle, "confirm", ConfirmReceipt(counter.cashier, bank_reference="B-78"))
    await counter.reaches(handle, ReceiptState.CLEARED, "somebody to say what it is for")
    assert counter.balances("2241.03", "1531") == ["-1200.00", "0.00"]
    wrong = IdentifyReceipt(counter.cashier, (ReceiptPart(Money.of("1000.00"), "rent", CONTRACT),))
    assert "add up to 1200.00" in await counter.refused(handle, "identify", wrong)
    parts = (
        ReceiptPart(Money.of("1000.00"), "rent", CONTRACT),
        ReceiptPart(Money.of("200.00"), "deposit", CONTRACT),
    )
    await counter.tell(handle, "identify", IdentifyReceipt(counter.cashier, parts))
    assert counter.balances("2241.03", "1531", "2711") == ["0.00", "-1000.00", "-200.00"]
    assert "identified already" in await counter.refused(
        handle, "identify", IdentifyReceipt(counter.cashier, parts)
    )


# ---------------------------------------------------------------- corrections


async def test_a_cheque_is_paid_by_transfer_instead(counter: Counter) -> None:
    order = counter.house.receipt("cheque", external_reference="12345678")
    handle = await counter.take(order)
    new = f"R-{uuid.uuid4().hex[:10].upper()}"
    nowhere = ChangeMethod(counter.cashier, "no cheque book", new, "transfer")
    assert "needs the number" in await counter.refused(handle, "change_method", nowhere)
    barter = ChangeMethod(counter.cashier, "no cheque book", new, "barter")
    assert "has no profile" in await counter.refused(handle, "change_method", barter)
    assert counter.balances("1012.01", "1012.05") == ["1200.00", "0.00"]
    change = ChangeMethod(counter.cashier, "no cheque book", new, "transfer", external_reference="TT-009")
    assert await counter.tell(handle, "change_method", change) is ReceiptState.REPLACED
    successor = counter.receipt(new)
    await counter.reaches(successor, ReceiptState.RECEIVED)
    assert counter.balances("1012.01", "1012.05", "1531") == ["0.00", "1200.00", "-1200.00"]
    await counter.tell(successor, "confirm", ConfirmReceipt(counter.cashier, bank_reference="B-79"))
    old, taken = counter.house.taken(order.receipt_id), counter.house.taken(new)
    assert (old.state, old.replaced_by, taken.replaces) == ("replaced", new, order.receipt_id)
    assert counter.balances("1012.05", "1002.01", "1531") == ["0.00", "1200.00", "-1200.00"]


async def test_a_treasurer_reverses_what_has_cleared(counter: Counter) -> None:
    handle = await counter.take(counter.house.receipt("wechat", "1000.00", external_reference=TRADE))
    await counter.tell(handle, "confirm", ConfirmReceipt(counter.cashier, bank_reference="WX-1"))
    mine = ReverseReceipt(counter.cashier, "wrong customer")
    assert "may not reverse" in await counter.refused(handle, "reverse", mine)
    command = ReverseReceipt(counter.treasurer, "wrong customer")
    assert await counter.tell(handle, "reverse", command) is ReceiptState.REVERSED
    assert counter.balances("1012.03", "1002.01", "6603.01", "1531") == ["0.00"] * 4
    assert (await handle.result()).state is ReceiptState.REVERSED


async def test_rules_are_named_when_they_refuse(counter: Counter) -> None:
    house = counter.house
    reasons = {
        "over 50000": house.receipt("cash", "60000.00"),
        "needs the number": house.receipt("wechat"),
        "does not look like": house.receipt("cheque", external_reference="12"),
        "it takes cashier": house.receipt("cash", taken_by=house.actor("li.wei")),
        "is not one of deposit, down-payment, rent": house.receipt(
            "cash", parts=(ReceiptPart(Money.of("1200.00"), "supplier", CONTRACT),)
        ),
        "not registered": house.receipt("pos", external_reference="000001", terminal="T-404"),
    }
    for reason, order in reasons.items():
        outcome = await (await counter.start(order)).result()
        assert outcome.state is ReceiptState.REFUSED
        assert reason in outcome.sentence
    assert counter.balances("1001", "1531") == ["0.00", "0.00"]
