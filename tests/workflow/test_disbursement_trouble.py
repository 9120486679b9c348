"""What comes at the wrong moment: a stop while the last checks look, news of the blacklist, dying workers."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import TypeVar

import pytest
from temporalio import activity
from temporalio.testing import WorkflowEnvironment

from activities.lease.disbursement.books import PostgresDisbursements, enter
from activities.store.database import Database
from activities.store.payments import orders
from models.lease.disbursement.messages import (
    CancelDisbursement,
    CheckDisbursement,
    Checked,
    ClearSuspicion,
    DisbursementOrder,
    DisbursementState,
    EnterDisbursement,
    Entered,
    NoteDisbursement,
    RetryDisbursement,
)
from models.money import Money
from models.payments.banking import Direction
from models.payments.messages import PaymentOrder, PaymentState
from tests.contract.bank_site import BankSite, Evidence, now
from tests.workflow.disbursement_desk import DisbursementDesk, Handle, desk, open_desk
from workflows.lease.disbursement import Disbursement

pytestmark = pytest.mark.stack
pytest_plugins = ["tests.contract.bank_fixtures"]
__all__ = ["desk"]

Answer = TypeVar("Answer")


async def test_a_stop_while_the_last_checks_look_is_in_time(desk: DisbursementDesk) -> None:
    order = desk.house.contract()
    handle = await desk.waiting(order)
    with desk.house.holding_contract(order.contract_number):
        approving = asyncio.create_task(desk.approve(handle))
        async with asyncio.timeout(30):
            while not (await handle.query(Disbursement.status)).approved_by:
                pass
        stopping = asyncio.create_task(desk.stop(handle))
        async with asyncio.timeout(30):
            while (await handle.query(Disbursement.status)).state is not DisbursementState.STOPPED:
                pass
    assert (await approving).state is DisbursementState.STOPPED
    assert (await stopping).state is DisbursementState.STOPPED
    await desk.send(handle, "clear", ClearSuspicion(desk.house.actor("risk.desk"), "已核实"))
    assert desk.house.line(order.disbursement_id).state == "waiting-for-review"
    assert desk.house.payment_state(order.disbursement_id) == ""
    await desk.approve(handle)
    assert (await desk.outcome(handle)).state is DisbursementState.PAID


async def test_who_is_blacklisted_after_the_decision_is_not_paid(desk: DisbursementDesk) -> None:
    order = desk.house.contract()
    handle = await desk.waiting(order)
    entry = desk.house.blacklist_payee(order)
    held = await desk.approve(handle)
    assert held.state is DisbursementState.STOPPED
    assert "is on the blacklist" in held.sentence
    desk.house.lift(entry)
    await desk.send(handle, "clear", ClearSuspicion(desk.house.actor("risk.desk"), "已核实"))
    await desk.approve(handle)
    assert (await desk.outcome(handle)).state is DisbursementState.PAID


async def test_what_the_rules_let_go_is_held_where_the_last_checks_find_something(
    desk: DisbursementDesk,
) -> None:
    order = replace(desk.house.contract(), by_rules=True)
    desk.house.set_condition(order.contract_number, "signed", met=False)
    handle = await desk.order(order)
    await desk.reaches(handle, DisbursementState.WAITING_FOR_REVIEW, "reviewer")
    desk.house.set_condition(order.contract_number, "signed", met=True)
    await desk.approve(handle)
    assert (await desk.outcome(handle)).state is DisbursementState.PAID


# ---------------------------------------------------------------- a payment that broke


async def _broken_while_it_waits(desk: DisbursementDesk, order: DisbursementOrder) -> Handle:
    """An operator ended the payment's process; in the books the payment stands as if it went on."""
    handle = await desk.waiting(order)
    await desk.approve(handle)
    await desk.payment_waits(order.disbursement_id)
    payment = desk.temporal.client.get_workflow_handle(f"payment-{order.disbursement_id}")
    await payment.cancel()
    await desk.reaches(handle, DisbursementState.NOT_PAID)
    return handle


async def test_a_payment_that_broke_goes_on_under_its_own_id(desk: DisbursementDesk) -> None:
    order = desk.house.contract("equipment-direct", "700000.00")
    handle = await _broken_while_it_waits(desk, order)
    await desk.send(handle, "retry", RetryDisbursement(desk.house.actor("luo.dan"), "继续付款"))
    assert (await desk.approve(handle)).payment_id == order.disbursement_id
    await desk.release(order.disbursement_id)
    outcome = await desk.outcome(handle)
    assert (outcome.state, outcome.payment_id) == (DisbursementState.PAID, order.disbursement_id)
    assert desk.bookings(order.disbursement_id) == ["700000.00"]
    assert desk.house.balance("2202.01") == Money(0)


async def test_what_a_broken_payment_may_still_pay_is_not_cancelled(desk: DisbursementDesk) -> None:
    order = desk.house.contract("equipment-direct", "700000.00")
    handle = await _broken_while_it_waits(desk, order)
    manager = desk.house.actor("gao.ling")
    refusal = await desk.refused(handle, "cancel", CancelDisbursement(manager, "客户放弃"))
    assert f"payment {order.disbursement_id} is waiting-for-release" in refusal
    assert (await handle.query(Disbursement.status)).state is DisbursementState.NOT_PAID
    assert desk.house.line(order.disbursement_id).state == "not-paid"
    assert desk.house.balance("2202.01") == -order.amount
    desk.house.end_payment(order.disbursement_id)
    await desk.send(handle, "cancel", CancelDisbursement(manager, "客户放弃"))
    assert (await desk.outcome(handle)).state is DisbursementState.CANCELLED
    assert desk.house.balance("2202.01") == Money(0)


def test_the_last_checks_find_another_payment_of_the_same_disbursement(desk: DisbursementDesk) -> None:
    order = desk.house.contract()
    with desk.house.database.transaction() as session:
        enter(session, order, at=now())
        orders.enter(
            session,
            PaymentOrder(
                order.disbursement_id,
                "disbursement",
                order.bank,
                order.payee,
                order.amount,
                order.contract_number,
                order.ordered_by,
            ),
            direction=Direction.PAY_OUT,
            ledger_account="1002",
            other_account="2202.01",
            versions=(1, 1),
            business_date=now().date(),
            at=now(),
        ).state = PaymentState.UNKNOWN
    books = PostgresDisbursements(desk.house.database)
    step = CheckDisbursement(order.disbursement_id, 2, f"{order.disbursement_id}R2", order.payee, now())
    assert [each.sentence for each in books.check(step).findings] == [
        f"payment {order.disbursement_id} is unknown"
    ]
    assert books.check(replace(step, payment_id=order.disbursement_id)).findings == ()


class DyingHands(PostgresDisbursements):
    """Dies after each step that it has done, once, before it can say so."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._done: Counter[str] = Counter()

    @activity.defn(name="lease.enter_disbursement")
    def enter(self, entry: EnterDisbursement) -> Entered:
        return self._die_once("enter", super().enter(entry))

    @activity.defn(name="lease.check_disbursement")
    def check(self, step: CheckDisbursement) -> Checked:
        return self._die_once(f"check {step.number}", super().check(step))

    @activity.defn(name="lease.note_disbursement")
    def note(self, note: NoteDisbursement) -> None:
        super().note(note)
        self._die_once(f"note {note.number}", None)

    def _die_once(self, step: str, answer: Answer) -> Answer:
        self._done[step] += 1
        if self._done[step] == 1:
            raise ConnectionResetError(f"died after {step}")
        return answer


@pytest.mark.parametrize("by_rules", [True, False])
async def test_workers_that_die_after_each_step_pay_once(
    temporal: WorkflowEnvironment, database: Database, banks: BankSite, evidence: Evidence, *, by_rules: bool
) -> None:
    async with open_desk(temporal, database, banks, evidence, books=DyingHands, cached=0) as dying:
        order = replace(dying.house.contract(), by_rules=by_rules)
        if by_rules:
            handle = await dying.order(order)
        else:
            handle = await dying.waiting(order)
            await dying.approve(handle)
        assert (await dying.outcome(handle)).state is DisbursementState.PAID
        assert dying.bookings(order.disbursement_id) == ["80000.00"]
        assert [each.state for each in dying.house.trail(order.disbursement_id)] == [
            "waiting-for-review",
            "paying",
            "paid",
        ]
        assert dying.house.balance("2202.01") == Money(0)
        assert dying.house.faults() == []
