"""What a bank says late, or a person passes over, is entered all the same."""

from __future__ import annotations

import pytest

from models.money import Money
from models.payments.banking import BankAnswer, BankSaid, Heard
from models.payments.messages import PaymentAnswer, PaymentState, Resolution
from tests.workflow.test_payment import OPENING, QUEUE, Counter, counter
from workflows.payments.payment import Payment

__all__ = ["counter"]

pytestmark = pytest.mark.stack
pytest_plugins = ["tests.contract.bank_fixtures"]


async def contradicted(counter: Counter, *news: BankAnswer) -> tuple[str, PaymentState]:
    """A payment on which the bank contradicts itself, and then says more; a treasurer says it is settled."""
    counter.bank.misbehave(contradict={"mode": "rejected", "next": 1})
    order = counter.house.order("700.00")
    handle = await counter.pay(order)
    await counter.reaches(handle, "contradicts itself")
    for each in news:
        await handle.signal("bank_said", each)
    word = Resolution(counter.house.actor("he.ting"), PaymentAnswer.SETTLED, "on their statement")
    await counter.update(handle, "resolve", word)
    return order.payment_id, (await handle.result()).state


async def test_a_persons_word_keeps_what_the_bank_charged(counter: Counter) -> None:
    counter.bank.settings(fee="5.00")
    payment_id, state = await contradicted(counter)
    assert state is PaymentState.SETTLED
    row = counter.house.payment(payment_id)
    (booking,) = [entry for entry in counter.bank.books(reference=payment_id) if entry["kind"] == "order"]
    assert (row.fee_minor, row.bank_reference) == (500, booking["bank_reference"])
    assert counter.own_balance == OPENING - Money.of("705.00")


async def test_a_return_is_posted_though_a_person_spoke_of_the_payment_alone(counter: Counter) -> None:
    came_back = BankAnswer(BankSaid.RETURNED, Heard.NOTIFICATION, "R-1", Money.of("700.00"), code="AC01")
    payment_id, state = await contradicted(counter, came_back)
    assert state is PaymentState.RETURNED
    assert counter.house.payment(payment_id).returned_minor == 70_000
    assert (counter.own_balance, counter.house.holds()) == (OPENING, [])


async def test_a_return_that_overtakes_its_booking_keeps_what_the_bank_charged(counter: Counter) -> None:
    counter.bank.settings(fee="5.00")
    order = counter.house.order("700.00")
    came_back = BankAnswer(BankSaid.RETURNED, Heard.NOTIFICATION, "R-1", Money.of("700.00"), code="AC01")
    handle = await counter.client.start_workflow(
        Payment.run,
        order,
        id=f"payment-{order.payment_id}",
        task_queue=QUEUE,
        start_signal="bank_said",
        start_signal_args=[came_back],
    )
    with counter.temporal.auto_time_skipping_disabled():
        assert (await handle.result()).state is PaymentState.RETURNED
    assert counter.house.payment(order.payment_id).fee_minor == 500
    assert counter.own_balance == OPENING - Money.of("5.00")
