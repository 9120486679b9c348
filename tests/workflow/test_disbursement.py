"""A disbursement is reviewed, checked once more, paid once and told; a stop reaches it wherever it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.lease.disbursement.messages import DisbursementState
from models.money import Money
from tests.workflow.disbursement_desk import DisbursementDesk, desk

pytestmark = pytest.mark.stack
pytest_plugins = ["tests.contract.bank_fixtures"]
__all__ = ["desk"]


async def test_by_rules_it_goes_straight_through_and_the_books_tie(desk: DisbursementDesk) -> None:
    order = replace(desk.house.contract(), by_rules=True)
    outcome = await desk.outcome(await desk.order(order))
    assert (outcome.state, outcome.payment_id) == (DisbursementState.PAID, order.disbursement_id)
    assert desk.bookings(outcome.payment_id) == ["80000.00"]
    line = desk.house.line(order.disbursement_id)
    assert (line.state, line.payment_state, line.voucher) == ("paid", "settled", outcome.voucher)
    assert desk.house.balance("2202.01") == Money(0)
    assert desk.house.balance("1461") + desk.house.balance("2221.02") == Money.of("80000.00")
