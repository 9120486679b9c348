"""Single payments to a bank that only takes files."""

from __future__ import annotations

import pytest

from models.money import Money
from models.payments.banking import BankAccount
from models.payments.messages import PaymentOutcome, PaymentState
from tests.factories.treasury import CLOSED, Treasury
from workflows.payments.payment import Payment
from workflows.queues import Queue

pytestmark = pytest.mark.stack
pytest_plugins = ["tests.contract.bank_fixtures", "tests.factories.treasury_fixtures"]


async def paid(treasury: Treasury, **changes: object) -> PaymentOutcome:
    order = treasury.house.order("640.00", bank="river", **changes)
    async with treasury.watching():
        outcome: PaymentOutcome = await treasury.client.execute_workflow(
            Payment.run, order, id=f"payment-{order.payment_id}", task_queue=Queue.ENGINE
        )
    return outcome


async def test_it_goes_out_as_a_file_and_is_settled_by_one(treasury: Treasury) -> None:
    outcome = await paid(treasury)
    assert outcome.state is PaymentState.SETTLED
    assert treasury.house.balance("1002.02") == Money.of("9999360.00")
    (sent, *_) = treasury.house.told("river", outcome.payment_id)
    assert (sent.said, sent.reason) == ("taken", "file delivered")


async def test_a_rejection_by_file_frees_the_money(treasury: Treasury) -> None:
    outcome = await paid(treasury, counterparty=BankAccount(CLOSED, "已销户公司", "104290003033"))
    assert (outcome.state, outcome.reason[:4]) == (PaymentState.FAILED, "AC04")
    assert treasury.house.holds() == []


async def test_single_collections_go_by_batch_there(treasury: Treasury) -> None:
    outcome = await paid(treasury, product="rent", mandate="M-1")
    assert outcome.state is PaymentState.REFUSED
    assert "collects in batches only" in outcome.reason
