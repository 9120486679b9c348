"""What comes at the wrong moment: a stop while the last checks look, news of the blacklist, dying workers."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import TypeVar

import pytest
from temporalio import activity
from temporalio.testing import WorkflowEnvironment

from activities.lease.disbursement.books import PostgresDisbursements
from activities.store.database import Database
from models.lease.disbursement.messages import (
    CheckDisbursement,
    Checked,
    ClearSuspicion,
    DisbursementState,
    EnterDisbursement,
    Entered,
    NoteDisbursement,
)
from models.money import Money
from tests.contract.bank_site import BankSite, Evidence
from tests.workflow.disbursement_desk import DisbursementDesk, desk, open_desk
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
