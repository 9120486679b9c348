"""A card terminal's day: opened, closed, reconciled with the acquirer, slip by slip."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from temporalio import workflow
from temporalio.exceptions import FailureError

from workflows.payments.patience import QUICK
from workflows.payments.receipt_steps import RECEIPTS_RETRY, TerminalBooks
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.errors import LeaseflowError
    from models.payments.messages import (
        CancelReceipt,
        CloseTerminalDay,
        ConfirmReceipt,
        DecideDifference,
        DecideStep,
        Reconciled,
        ReconcileStep,
        TerminalDayOrder,
        TerminalDayOutcome,
        TerminalDayStatus,
        TerminalReceipt,
    )
    from models.payments.receipts.errors import TerminalDayNotOpenError
    from models.payments.receipts.terminals import Decision, Difference, DifferenceKind, TerminalState
    from models.payments.receipts.workflow_ids import receipt_workflow
    from models.people import Actor, Role


@workflow.defn(name="TerminalDay", failure_exception_types=[LeaseflowError])
class TerminalDay:
    """From opening a terminal to the last difference of its day that somebody decided."""

    @workflow.init
    def __init__(self, order: TerminalDayOrder) -> None:
        self._order = order
        self._state: TerminalState | None = None
        self._reconciled: Reconciled | None = None
        self._told: set[str] = set()
        self._one_at_a_time = asyncio.Lock()
        self._situation = Situation(self._details)

    @workflow.run
    async def run(self, order: TerminalDayOrder) -> TerminalDayOutcome:
        await self._books(TerminalBooks.open_day, order, f"open {order.terminal} for {order.day}")
        self._state = TerminalState.OPEN
        self._situation.enter(self._state, waiting_for=f"somebody to close {order.terminal} for {order.day}")
        await workflow.wait_condition(lambda: self._reconciled is not None and not self._open_differences)
        self._situation.enter("reconciled", open_items=0)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return TerminalDayOutcome(order.terminal, order.day, len(self._told), len(self._differences))

    @workflow.query
    def status(self) -> TerminalDayStatus:
        return TerminalDayStatus(self._state, self._situation.waiting_for, self._differences)

    @workflow.update
    async def close(self, command: CloseTerminalDay) -> Reconciled:
        """Close the day, and compare it with the terminal's totals or the acquirer's items."""
        async with self._one_at_a_time:
            step = ReconcileStep(self._order.terminal, self._order.day, workflow.now(), command)
            reconciled = await self._books(TerminalBooks.reconcile, step, "compare slips with the acquirer's")
            self._state = TerminalState.CLOSED
            await self._tell(reconciled.matched, command.actor)
            return self._take(reconciled)

    @close.validator
    def _may_close(self, command: CloseTerminalDay) -> None:
        command.actor.require(Role.CASHIER, Role.TREASURER, Role.SYSTEM, to="close terminals")
        if self._state is None:
            raise TerminalDayNotOpenError(f"terminal {self._order.terminal} is being opened")

    @workflow.update
    async def decide(self, command: DecideDifference) -> Reconciled:
        """Say what becomes of a difference."""
        async with self._one_at_a_time:
            step = DecideStep(self._order.terminal, self._order.day, workflow.now(), command)
            summary = f"difference {command.number}: {command.decision}"
            reconciled = await self._books(TerminalBooks.decide, step, summary)
            await self._tell(reconciled.matched, command.actor)
            if command.decision is Decision.CANCEL:
                await self._disown(self._difference(command.number).receipt_id, command)
            return self._take(reconciled)

    @decide.validator
    def _may_decide(self, command: DecideDifference) -> None:
        command.actor.require(Role.TREASURER, Role.ACCOUNTANT, to="decide on differences of terminals")
        difference = self._difference(command.number)
        if difference.decision is not None and difference.decision is not command.decision:
            raise TerminalDayNotOpenError(f"difference {command.number} is decided: {difference.decision}")
        if command.decision is Decision.CANCEL and not difference.receipt_id:
            raise TerminalDayNotOpenError(f"difference {command.number} names no receipt of ours to cancel")
        nobody = difference.kind in {DifferenceKind.UNKNOWN, DifferenceKind.DOUBLED}
        if command.decision is Decision.CONFIRM and nobody:
            raise TerminalDayNotOpenError(
                f"difference {command.number} names no slip of ours to confirm",
                remedy="Take it as a receipt of its own, then say noted",
            )

    # ------------------------------------------------------------ telling the receipts

    async def _tell(self, matched: tuple[TerminalReceipt, ...], actor: Actor) -> None:
        for receipt in matched:
            if receipt.receipt_id not in self._told:
                news = ConfirmReceipt(actor, fee=receipt.fee)
                await self._signal(receipt.receipt_id, "heard", news)
                self._told.add(receipt.receipt_id)

    async def _disown(self, receipt_id: str, command: DecideDifference) -> None:
        reason = f"terminal {self._order.terminal}, {self._order.day}: {command.note}"
        await self._signal(receipt_id, "disowned", CancelReceipt(command.actor, reason))

    async def _signal(self, receipt_id: str, signal: str, argument: object) -> None:
        handle = workflow.get_external_workflow_handle(receipt_workflow(receipt_id))
        try:
            await handle.signal(signal, argument)
        except FailureError:  # it ended meanwhile: cancelled, or confirmed by a person long ago
            workflow.logger.warning("receipt %s is not open any more", receipt_id)

    # ------------------------------------------------------------ what is shown, what is asked

    async def _books(self, step: Callable[..., Any], argument: object, summary: str) -> Any:  # noqa: ANN401
        return await workflow.execute_activity_method(
            step, argument, start_to_close_timeout=QUICK, retry_policy=RECEIPTS_RETRY, summary=summary[:200]
        )

    def _take(self, reconciled: Reconciled) -> Reconciled:
        self._reconciled = reconciled
        left = len(self._open_differences)
        waiting_for = f"a treasurer to decide on {left} differences" if left else ""
        self._situation.enter(TerminalState.CLOSED, waiting_for=waiting_for, open_items=left)
        return reconciled

    @property
    def _differences(self) -> tuple[Difference, ...]:
        return self._reconciled.differences if self._reconciled else ()

    @property
    def _open_differences(self) -> tuple[Difference, ...]:
        return tuple(each for each in self._differences if each.decision is None)

    def _difference(self, number: int) -> Difference:
        for each in self._differences:
            if each.number == number:
                return each
        raise TerminalDayNotOpenError(
            f"terminal {self._order.terminal} has no difference {number} on {self._order.day}"
        )

    def _details(self) -> list[str]:
        return [
            f"terminal {self._order.terminal}, {self._order.day}, opened by {self._order.opened_by.username}",
            *(
                f"- {each.number} {each.kind}: {each.sentence} ({each.decision or 'open'})"
                for each in self._differences
            ),
        ]
