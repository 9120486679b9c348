"""A disbursement is reviewed, checked once more, paid once and told; a stop reaches it wherever it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.client import WorkflowFailureError

from cli.house import first_cause
from models.lease.disbursement.messages import (
    ApproveDisbursement,
    CancelDisbursement,
    ClearSuspicion,
    DisbursementState,
    FraudReport,
    LockDisbursement,
    RetryDisbursement,
    SendBack,
    UnlockDisbursement,
)
from models.money import Money
from models.people import Actor, Role
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


async def test_a_reviewer_lets_it_go(desk: DisbursementDesk) -> None:
    order = desk.house.contract("vehicle-leaseback")
    handle = await desk.waiting(order)
    assert (await desk.approve(handle)).state is DisbursementState.PAYING
    outcome = await desk.outcome(handle)
    assert outcome.state is DisbursementState.PAID
    assert desk.house.line(order.disbursement_id).approved_by == "jiang.nan"
    assert desk.house.balance("1461.01") == Money.of("80000.00")
    assert [each.state for each in desk.house.trail(order.disbursement_id)] == [
        "waiting-for-review",
        "paying",
        "paid",
    ]


async def test_rules_let_nothing_go_above_what_the_product_allows(desk: DisbursementDesk) -> None:
    order = replace(desk.house.contract("vehicle-leaseback"), by_rules=True)
    handle = await desk.order(order)
    await desk.reaches(handle, DisbursementState.WAITING_FOR_REVIEW, "reviewer")
    assert desk.bookings(order.disbursement_id) == []


# ---------------------------------------------------------------- who may not


async def test_nobody_reviews_their_own_or_what_another_has_locked(desk: DisbursementDesk) -> None:
    both = Actor("li.wei", (Role.DISBURSER, Role.OFFICER))
    order = desk.house.contract()
    handle = await desk.waiting(order)
    assert (
        "it takes the role disburser" in (await desk.refused(handle, "lock", _lock(desk, "li.wei"))).lower()
    )
    assert "li.wei ordered, captured" in await desk.refused(handle, "approve", ApproveDisbursement(both))
    locked = await desk.send(handle, "lock", _lock(desk, "jiang.nan"))
    assert locked.lock is not None
    assert desk.house.line(order.disbursement_id).locked_by == "jiang.nan"
    wei = ApproveDisbursement(desk.house.actor("wei.qing"))
    assert "is locked by jiang.nan until" in await desk.refused(handle, "approve", wei)
    unlock = UnlockDisbursement(desk.house.actor("wei.qing"))
    assert "is locked by jiang.nan" in await desk.refused(handle, "unlock", unlock)
    await desk.send(handle, "unlock", UnlockDisbursement(desk.house.actor("gao.ling")))
    assert (await desk.approve(handle, "wei.qing")).state is DisbursementState.PAYING
    assert (await desk.outcome(handle)).state is DisbursementState.PAID


async def test_a_lock_runs_out(desk: DisbursementDesk) -> None:
    handle = await desk.waiting(desk.house.contract())
    await desk.send(handle, "lock", _lock(desk, "jiang.nan"))
    await desk.temporal.sleep(timedelta(minutes=31))
    own = ApproveDisbursement(desk.house.actor("jiang.nan"))
    assert "your lock of disbursement" in await desk.refused(handle, "approve", own)
    assert (await desk.approve(handle, "wei.qing")).state is DisbursementState.PAYING
    assert (await desk.outcome(handle)).state is DisbursementState.PAID


async def test_what_is_sent_back_is_reviewed_again_by_another(desk: DisbursementDesk) -> None:
    handle = await desk.waiting(desk.house.contract())
    back = SendBack(desk.house.actor("jiang.nan"), "发票缺页")
    assert (await desk.send(handle, "send_back", back)).state is DisbursementState.SENT_BACK
    again = RetryDisbursement(desk.house.actor("wei.qing"), "已补")
    assert (await desk.send(handle, "retry", again)).state is DisbursementState.WAITING_FOR_REVIEW
    own = ApproveDisbursement(desk.house.actor("wei.qing"))
    assert "may not review it" in await desk.refused(handle, "approve", own)
    await desk.approve(handle)
    assert (await desk.outcome(handle)).payment_id.endswith("-D1")


async def test_what_is_cancelled_leaves_the_books(desk: DisbursementDesk) -> None:
    order = desk.house.contract()
    handle = await desk.waiting(order)
    assert desk.house.balance("2202.01") == -order.amount
    await desk.send(handle, "cancel", CancelDisbursement(desk.house.actor("gao.ling"), "客户放弃"))
    assert (await desk.outcome(handle)).state is DisbursementState.CANCELLED
    assert [str(desk.house.balance(code)) for code in ("1461", "2221.02", "2202.01")] == ["0.00"] * 3


# ---------------------------------------------------------------- the last checks


async def test_what_changed_since_the_review_is_found_before_the_money_goes(desk: DisbursementDesk) -> None:
    order = desk.house.contract()
    handle = await desk.waiting(order)
    desk.house.set_condition(order.contract_number, "registered", met=False)
    held = await desk.approve(handle)
    assert held.state is DisbursementState.WAITING_FOR_REVIEW
    assert "condition not met: 已办理登记" in held.sentence
    assert desk.house.line(order.disbursement_id).findings == ("condition not met: 已办理登记",)
    desk.house.set_condition(order.contract_number, "registered", met=True)
    desk.house.set_contract(order.contract_number, "cancelled")
    assert "is cancelled" in (await desk.approve(handle)).sentence
    desk.house.set_contract(order.contract_number, "disbursing")
    await desk.approve(handle)
    assert (await desk.outcome(handle)).state is DisbursementState.PAID


async def test_another_payee_than_the_contracts_is_not_paid(desk: DisbursementDesk) -> None:
    order = desk.house.contract()
    other = replace(order.payee, number="6222020000000000000")
    handle = await desk.waiting(replace(order, payee=other))
    assert "which the contract names" in (await desk.approve(handle)).sentence


async def test_no_more_than_the_price_goes_out(desk: DisbursementDesk) -> None:
    order = desk.house.contract()
    second = replace(order, disbursement_id=f"{order.contract_number}-D2")
    first, other = await desk.waiting(order), await desk.waiting(second)
    assert "160000.00 in all is more than the price 100000.00" in (await desk.approve(first)).sentence
    await desk.send(other, "cancel", CancelDisbursement(desk.house.actor("gao.ling"), "重复"))
    assert (await desk.approve(first)).state is DisbursementState.PAYING
    assert (await desk.outcome(first)).state is DisbursementState.PAID


# ---------------------------------------------------------------- fraud feedback


async def test_a_stop_reaches_what_another_has_locked(desk: DisbursementDesk) -> None:
    order = desk.house.contract()
    handle = await desk.waiting(order)
    await desk.send(handle, "lock", _lock(desk, "jiang.nan"))
    officer = FraudReport(desk.house.actor("li.wei"), "怀疑")
    assert "may not stop disbursements" in await desk.refused(handle, "report_fraud", officer)
    assert (await desk.stop(handle)).state is DisbursementState.STOPPED
    line = desk.house.line(order.disbursement_id)
    assert (line.state, line.stopped_by, line.locked_by) == ("stopped", "risk.desk", "")
    own = ApproveDisbursement(desk.house.actor("jiang.nan"))
    assert "is stopped by risk.desk: 发票系伪造" in await desk.refused(handle, "approve", own)
    reviewer = ClearSuspicion(desk.house.actor("jiang.nan"), "没事")
    assert "may not clear" in await desk.refused(handle, "clear", reviewer)
    await desk.send(handle, "clear", ClearSuspicion(desk.house.actor("risk.desk"), "已核实"))
    await desk.approve(handle)
    assert (await desk.outcome(handle)).state is DisbursementState.PAID


async def test_a_stop_withdraws_a_payment_that_waits(desk: DisbursementDesk) -> None:
    order = desk.house.contract("equipment-direct", "700000.00")
    handle = await desk.waiting(order)
    await desk.approve(handle)
    await desk.payment_waits(order.disbursement_id)
    await desk.stop(handle)
    await desk.reaches(handle, DisbursementState.STOPPED)
    assert desk.bookings(order.disbursement_id) == []
    await desk.send(handle, "clear", ClearSuspicion(desk.house.actor("risk.desk"), "已核实"))
    again = RetryDisbursement(desk.house.actor("luo.dan"), "重新付款")
    await desk.send(handle, "retry", again)
    assert (await desk.approve(handle)).payment_id == f"{order.disbursement_id}R2"
    await desk.release(f"{order.disbursement_id}R2")
    outcome = await desk.outcome(handle)
    assert (outcome.state, outcome.payment_id) == (DisbursementState.PAID, f"{order.disbursement_id}R2")
    assert desk.house.payment(outcome.payment_id).replaces == order.disbursement_id


async def test_a_stop_outlives_the_workflow_that_took_it(desk: DisbursementDesk) -> None:
    order = replace(desk.house.contract(), by_rules=True)
    desk.bank.misbehave(reject="100%")
    handle = await desk.order(order)
    await desk.reaches(handle, DisbursementState.NOT_PAID)
    await desk.stop(handle)
    await handle.terminate("by an operator")
    desk.bank.behave()
    again = await desk.order(order)
    await desk.reaches(again, DisbursementState.STOPPED)
    await desk.send(again, "clear", ClearSuspicion(desk.house.actor("risk.desk"), "已核实"))
    await desk.approve(again)
    outcome = await desk.outcome(again)
    assert (outcome.state, outcome.payment_id) == (DisbursementState.PAID, f"{order.disbursement_id}R2")
    trail = desk.house.trail(order.disbursement_id)
    assert "taken up again" in trail[-4].sentence
    assert [each.state for each in trail][-5:] == [
        "stopped",
        "stopped",
        "waiting-for-review",
        "paying",
        "paid",
    ]
    assert await desk.outcome(await desk.order(order)) == outcome


async def test_a_stop_that_comes_too_late_names_the_money_to_recover(desk: DisbursementDesk) -> None:
    desk.bank.misbehave(timeout_after_booking={"next": 1})
    order = desk.house.contract()
    handle = await desk.waiting(order)
    await desk.approve(handle)
    await desk.bank_books(order.disbursement_id)
    await desk.stop(handle)
    outcome = await desk.outcome(handle)
    assert outcome.state is DisbursementState.PAID_UNDER_SUSPICION
    assert "recover 80000.00 CNY from 上海华通汽车销售有限公司" in outcome.sentence
    assert desk.house.line(order.disbursement_id).recovery.startswith("recover 80000.00")


# ---------------------------------------------------------------- the payment fails


async def test_a_failed_payment_is_ordered_anew_with_a_corrected_account(desk: DisbursementDesk) -> None:
    desk.bank.misbehave(reject="100%")
    order = desk.house.contract()
    handle = await desk.waiting(order)
    await desk.approve(handle)
    await desk.reaches(handle, DisbursementState.NOT_PAID)
    desk.bank.behave()
    cashier = desk.house.actor("luo.dan")
    stranger = RetryDisbursement(cashier, "换收款人", replace(order.payee, name="某某贸易公司"))
    assert "is not the contract's payee" in await desk.refused(handle, "retry", stranger)
    corrected = RetryDisbursement(cashier, "账号有误", replace(order.payee, number="6222020000000000000"))
    await desk.send(handle, "retry", corrected)
    assert desk.house.line(order.disbursement_id).corrected_by == "luo.dan"
    await desk.approve(handle)
    outcome = await desk.outcome(handle)
    assert outcome.payment_id == f"{order.disbursement_id}R2"
    assert desk.house.balance("2202.01") == Money(0)


async def test_the_same_order_is_one_disbursement_and_another_content_is_refused(
    desk: DisbursementDesk,
) -> None:
    order = replace(desk.house.contract(), by_rules=True)
    assert (await desk.outcome(await desk.order(order))).state is DisbursementState.PAID
    with pytest.raises(WorkflowFailureError) as failure:
        await desk.outcome(await desk.order(replace(order, amount=Money.of("70000.00"))))
    assert "exists with another amount" in first_cause(failure.value)
    too_long = replace(desk.house.contract(), disbursement_id="HZ-2026-SHANGHAI-00000001-D1")
    with pytest.raises(WorkflowFailureError) as failure:
        await desk.outcome(await desk.order(too_long))
    assert "leaves no room for retries" in first_cause(failure.value)


def _lock(desk: DisbursementDesk, username: str) -> LockDisbursement:
    return LockDisbursement(desk.house.actor(username))
