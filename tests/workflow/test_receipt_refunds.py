"""What was received is given back at most once, whoever asks, and whatever the bank makes of it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.adapters.banks.opening import open_service
from activities.payments.desk import ServiceDesk
from activities.store.database import Database
from activities.store.payments import receipt_refunds
from activities.store.payments.reference_status import status_of
from activities.templates.reference_status import status_in_words
from models.money import Money
from models.parameters.banks import Inquiry
from models.payments.banking import BankAccount, BankAnswer, BankSaid, Heard
from models.payments.messages import (
    BounceReceipt,
    ConfirmReceipt,
    PaymentOrder,
    PaymentState,
    ReceiptState,
    RecordReturn,
    ReverseReceipt,
)
from tests.contract.bank_site import BankSite, Evidence, PlayedBank, http_profile, http_secrets, now
from tests.factories.receipt_counter import QUEUE, Counter, open_counter
from tests.factories.receipts import CONTRACT, DRAWER
from workers.registry import steps_of
from workflows.payments.returning import PaymentReturn
from workflows.queues import bank_queue

pytestmark = pytest.mark.stack
pytest_plugins = ["tests.contract.bank_fixtures"]


@pytest.fixture
async def counter(
    temporal: WorkflowEnvironment, database: Database, banks: BankSite, evidence: Evidence
) -> AsyncIterator[Counter]:
    profile = http_profile(banks).model_copy(update={"inquiry": Inquiry(pauses_seconds=(0.2,))})
    service = open_service(profile, http_secrets(banks), evidence.keep, now)
    desk = ServiceDesk(database, lambda _profile: service)
    async with (
        open_counter(temporal, database, profile) as opened,
        Worker(temporal.client, task_queue=bank_queue("harbour"), activities=steps_of(desk)),
    ):
        yield opened
    await service.close()


def refund_of(counter: Counter, receipt_id: str, amount: str, **changes: object) -> PaymentOrder:
    return counter.house.order(
        amount,
        payment_id=f"RF-{uuid.uuid4().hex[:8].upper()}",
        product="refund",
        counterparty=DRAWER,
        business_reference=CONTRACT,
        refunds=receipt_id,
        **changes,
    )


def refundable(counter: Counter, receipt_id: str) -> str:
    with counter.house.database.transaction() as session:
        return str(receipt_refunds.refundable(session, receipt_id))


async def received(counter: Counter, amount: str = "1000.00") -> str:
    """A transfer that has cleared."""
    order = counter.house.receipt("transfer", amount, external_reference=f"TT-{uuid.uuid4().hex[:8]}")
    handle = await counter.take(order)
    await counter.tell(handle, "confirm", ConfirmReceipt(counter.cashier, bank_reference="B-1"))
    return order.receipt_id


async def test_a_refund_is_paid_from_the_receipt(counter: Counter) -> None:
    receipt_id = await received(counter)
    outcome = await (await counter.refund(refund_of(counter, receipt_id, "300.00"))).result()
    assert outcome.state is PaymentState.SETTLED
    assert refundable(counter, receipt_id) == "700.00"
    assert counter.balances("1002.01", "1531", "2241.01") == ["700.00", "-700.00", "0.00"]
    reverse = ReverseReceipt(counter.treasurer, "wrong customer")
    assert "300.00 of it is refunded" in await counter.refused(
        counter.receipt(receipt_id), "reverse", reverse
    )


async def test_refunds_that_race_never_give_back_more_than_came(counter: Counter) -> None:
    receipt_id = await received(counter)
    orders = [refund_of(counter, receipt_id, amount) for amount in ("400.01", "400.02", "400.03", "400.04")]
    handles = await asyncio.gather(*(counter.refund(order) for order in orders))
    # several workflows at once: a server that skips time would take one for idle while another works
    with counter.temporal.auto_time_skipping_disabled():
        outcomes = await asyncio.gather(*(handle.result() for handle in handles))
    settled = [
        order.amount
        for order, outcome in zip(orders, outcomes, strict=True)
        if outcome.state is PaymentState.SETTLED
    ]
    assert len(settled) == 2
    left = Money.of("1000.00") - settled[0] - settled[1]
    assert refundable(counter, receipt_id) == str(left)
    assert counter.balances("1002.01", "1531", "2241.01") == [str(left), str(-left), "0.00"]


async def test_a_rejected_refund_is_put_back_and_made_good_by_another(
    counter: Counter, harbour: PlayedBank
) -> None:
    receipt_id = await received(counter)
    harbour.misbehave(reject="100%")
    failed = refund_of(counter, receipt_id, "1000.00")
    assert (await (await counter.refund(failed)).result()).state is PaymentState.FAILED
    assert refundable(counter, receipt_id) == "1000.00"
    assert counter.balances("1002.01", "1531", "2241.01") == ["1000.00", "-1000.00", "0.00"]
    harbour.behave()
    again = refund_of(counter, receipt_id, "1000.00", replaces=failed.payment_id)
    assert (await (await counter.refund(again)).result()).state is PaymentState.SETTLED
    third = refund_of(counter, receipt_id, "1.00", replaces=again.payment_id)
    assert (await (await counter.refund(third)).result()).state is PaymentState.REFUSED
    assert counter.balances("1002.01", "1531", "2241.01") == ["0.00", "0.00", "0.00"]


async def test_what_the_bank_returns_of_a_refund_can_be_refunded_again(counter: Counter) -> None:
    receipt_id = await received(counter)
    first = refund_of(counter, receipt_id, "1000.00")
    await (await counter.refund(first)).result()
    answer = BankAnswer(BankSaid.RETURNED, Heard.STATEMENT, "R-1", Money.of("1000.00"), code="AC04")
    await counter.client.execute_workflow(
        PaymentReturn.run,
        RecordReturn(first.payment_id, answer, datetime.now(UTC)),
        id=f"payment-return-{first.payment_id}",
        task_queue=QUEUE,
    )
    assert refundable(counter, receipt_id) == "1000.00"
    # it is owed to the payer, until another refund takes it up
    assert counter.balances("1002.01", "1531", "2241.01") == ["1000.00", "0.00", "-1000.00"]
    second = refund_of(counter, receipt_id, "600.00", replaces=first.payment_id)
    assert (await (await counter.refund(second)).result()).state is PaymentState.SETTLED
    assert counter.balances("1002.01", "1531", "2241.01") == ["400.00", "-400.00", "0.00"]


async def test_a_debit_is_collected_by_a_payment_and_refunded_like_any_other(counter: Counter) -> None:
    order = counter.house.receipt("debit", "800.00", mandate="M-1")
    handle = await counter.take(order)
    await counter.reaches(handle, ReceiptState.CLEARED)
    assert counter.balances("1002.01", "1531") == ["800.00", "-800.00"]
    assert "payment" in await counter.refused(
        handle, "reverse", ReverseReceipt(counter.treasurer, "wrong customer")
    )
    outcome = await (await counter.refund(refund_of(counter, order.receipt_id, "300.00"))).result()
    assert outcome.state is PaymentState.SETTLED
    assert counter.balances("1002.01", "1531", "2241.01") == ["500.00", "-500.00", "0.00"]


async def test_a_debit_comes_back_by_the_payment_that_collected_it(counter: Counter) -> None:
    counter.house.channel("debit", bounceable=True)
    handle = await counter.take(counter.house.receipt("debit", "800.00", mandate="M-1"))
    await counter.reaches(handle, ReceiptState.CLEARED)
    bounce = BounceReceipt(counter.cashier, "no funds")
    assert "enter the return of the payment instead" in await counter.refused(handle, "bounce", bounce)


async def test_a_debit_that_the_bank_rejects_is_not_collected(counter: Counter, harbour: PlayedBank) -> None:
    harbour.misbehave(reject="100%")
    handle = await counter.take(counter.house.receipt("debit", "800.00", mandate="M-1"))
    assert (await handle.result()).state is ReceiptState.NOT_COLLECTED
    assert counter.balances("1002.01", "1531") == ["0.00", "0.00"]


async def test_the_status_of_a_contract_tells_all_of_it(counter: Counter) -> None:
    receipt_id = await received(counter)
    await (await counter.refund(refund_of(counter, receipt_id, "300.00"))).result()
    await counter.take(counter.house.receipt("debit", "800.00", mandate="M-1"))
    waiting = await counter.take(
        counter.house.receipt(
            "cheque", "50.00", external_reference="12345678", payer=BankAccount("6217", "乙")
        )
    )
    bounced = await counter.take(counter.house.receipt("cheque", "60.00", external_reference="12345679"))
    await counter.tell(bounced, "bounce", BounceReceipt(counter.cashier, "no funds"))
    with counter.house.database.transaction() as session:
        status = status_of(session, CONTRACT)
    assert waiting.id.endswith(
        next(line.identifier for line in status.lines if line.state == ReceiptState.RECEIVED)
    )
    assert (str(status.refunded), len(status.lines)) == ("300.00", 5)
    words = "\n".join(status_in_words(status, "en"))
    assert "refund RF-" in words
    assert f"(of receipt {receipt_id})" in words
    assert "returned unpaid by the bank" in words
    assert "已被银行退回" in "\n".join(status_in_words(status, "zh-CN"))
