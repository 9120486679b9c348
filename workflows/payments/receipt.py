"""One receipt: taken, waited for, cleared; or bounced, withdrawn, paid in another way, reversed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace

from temporalio import workflow

from workflows.payments.receipt_desk import ReceiptDesk
from workflows.payments.receipt_steps import ReceiptBooks

with workflow.unsafe.imports_passed_through():
    from models.errors import LeaseflowError
    from models.payments.messages import (
        BounceReceipt,
        BounceStep,
        CancelReceipt,
        CancelStep,
        ChangeMethod,
        CollectedStep,
        ConfirmReceipt,
        ConfirmStep,
        IdentifyReceipt,
        IdentifyStep,
        PaymentOrder,
        PaymentOutcome,
        ReceiptBooked,
        ReceiptOrder,
        ReceiptOutcome,
        ReceiptState,
        ReceiptStatus,
        ReplaceStep,
        ReverseReceipt,
        ReverseStep,
    )
    from models.payments.receipts.errors import ReceiptCommandRefusedError
    from models.payments.receipts.rules import correctable_until
    from models.payments.receipts.workflow_ids import receipt_workflow
    from models.payments.workflow_ids import payment_workflow
    from models.people import SYSTEM, Role

_TAKERS = (Role.CASHIER, Role.TREASURER, Role.SYSTEM)


@workflow.defn(name="Receipt", failure_exception_types=[LeaseflowError])
class Receipt:
    """Open until it came to nothing, or can be corrected no more."""

    @workflow.init
    def __init__(self, order: ReceiptOrder) -> None:
        self._order = order
        self._news: list[ConfirmReceipt] = []
        self._desk = ReceiptDesk(order)

    @workflow.run
    async def run(self, order: ReceiptOrder) -> ReceiptOutcome:
        await self._desk.register()
        if self._state is ReceiptState.RECEIVED:
            await self._wait_for_confirmation()
        if self._state is ReceiptState.CLEARED:
            await self._stay_correctable()
        self._desk.show()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return ReceiptOutcome(order.receipt_id, self._state, self._desk.sentence)

    # ------------------------------------------------------------ people and systems speak

    @workflow.query
    def status(self) -> ReceiptStatus:
        state = self._state if self._desk.booked else None
        return ReceiptStatus(state, self._desk.situation.waiting_for, self._desk.sentence)

    @workflow.update
    async def taken(self) -> ReceiptBooked:
        """What became of taking it; answers once the books have it."""
        await workflow.wait_condition(lambda: self._desk.booked is not None)
        if self._desk.booked is None:
            raise RuntimeError("the wait ended without an answer")
        return self._desk.booked

    @workflow.signal
    def heard(self, news: ConfirmReceipt) -> None:
        """A system says that the money is there: a signed call, a statement, a reconciled terminal."""
        self._news.append(news)

    @workflow.signal
    async def disowned(self, command: CancelReceipt) -> None:
        """Reconciling found that it never happened."""
        await self._desk.change(
            ReceiptBooks.cancel, self._cancel_step(command), "take back what never happened"
        )

    @workflow.update
    async def confirm(self, command: ConfirmReceipt) -> ReceiptState:
        """Say that the money is there."""
        step = ConfirmStep(self._order.receipt_id, workflow.now(), command)
        return await self._desk.command(ReceiptBooks.confirm, step, f"confirmed by {command.actor.username}")

    @confirm.validator
    def _may_confirm(self, command: ConfirmReceipt) -> None:
        command.actor.require(*_TAKERS, to="confirm receipts")
        self._desk.require(ReceiptState.RECEIVED, ReceiptState.CLEARED, wanted="confirmed")
        self._desk.require_own_vouchers("confirm")

    @workflow.update
    async def bounce(self, command: BounceReceipt) -> ReceiptState:
        """Say that the outside took it back, before or after it cleared."""
        step = BounceStep(self._order.receipt_id, workflow.now(), command)
        return await self._desk.command(ReceiptBooks.bounce, step, f"bounced: {command.reason}")

    @bounce.validator
    def _may_bounce(self, command: BounceReceipt) -> None:
        command.actor.require(*_TAKERS, to="enter bounces")
        self._desk.require(ReceiptState.RECEIVED, ReceiptState.CLEARED, wanted="bounced")
        self._desk.require_own_vouchers("enter the return of")
        self._desk.require_bounceable()

    @workflow.update
    async def cancel(self, command: CancelReceipt) -> ReceiptState:
        """Withdraw it before it clears."""
        return await self._desk.command(
            ReceiptBooks.cancel, self._cancel_step(command), f"cancelled: {command.reason}"
        )

    @cancel.validator
    def _may_cancel(self, command: CancelReceipt) -> None:
        command.actor.require(*_TAKERS, to="cancel receipts")
        self._desk.require(ReceiptState.RECEIVED, wanted="cancelled")
        self._desk.require_own_vouchers("cancel")

    @workflow.update
    async def reverse(self, command: ReverseReceipt) -> ReceiptState:
        """Take it out of the books after it cleared."""
        step = ReverseStep(self._order.receipt_id, workflow.now(), command)
        return await self._desk.command(ReceiptBooks.reverse, step, f"reversed: {command.reason}")

    @reverse.validator
    def _may_reverse(self, command: ReverseReceipt) -> None:
        command.actor.require(Role.TREASURER, to="reverse receipts")
        self._desk.require(ReceiptState.CLEARED, wanted="reversed")
        self._desk.require_own_vouchers("reverse")
        if not command.reason.strip():
            raise ReceiptCommandRefusedError("a reversal needs a reason")

    @workflow.update
    async def identify(self, command: IdentifyReceipt) -> ReceiptState:
        """Say what money of unknown purpose is for."""
        step = IdentifyStep(self._order.receipt_id, workflow.now(), command)
        return await self._desk.command(
            ReceiptBooks.identify, step, f"identified by {command.actor.username}"
        )

    @identify.validator
    def _may_identify(self, command: IdentifyReceipt) -> None:
        command.actor.require(*_TAKERS, Role.ACCOUNTANT, to="identify receipts")
        self._desk.require(ReceiptState.RECEIVED, ReceiptState.CLEARED, wanted="identified")
        if self._identified:
            raise ReceiptCommandRefusedError(f"receipt {self._order.receipt_id} is identified already")

    @workflow.update
    async def change_method(self, command: ChangeMethod) -> ReceiptState:
        """Take the same money in another way: the new receipt goes its own way from here."""
        step = ReplaceStep(self._order.receipt_id, workflow.now(), command, self._successor(command))
        state = await self._desk.command(
            ReceiptBooks.change_method, step, f"paid by {command.channel} instead"
        )
        await workflow.start_child_workflow(
            "Receipt",
            step.order,
            id=receipt_workflow(command.receipt_id),
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary=f"{step.order.amount} by {command.channel}, in place of {self._order.receipt_id}",
        )
        return state

    @change_method.validator
    def _may_change_method(self, command: ChangeMethod) -> None:
        command.actor.require(*_TAKERS, to="change the method of receipts")
        self._desk.require(ReceiptState.RECEIVED, wanted="paid in another way")
        self._desk.require_own_vouchers("change the method of")
        if command.receipt_id == self._order.receipt_id:
            raise ReceiptCommandRefusedError("the new receipt needs an id of its own")

    # ------------------------------------------------------------ the way

    async def _wait_for_confirmation(self) -> None:
        terms = self._desk.terms
        if terms.collection is not None:
            await self._collect(terms.collection)
            return
        while self._state is ReceiptState.RECEIVED:
            self._desk.show(waiting_for=self._desk.awaited())
            deadline = terms.clears_at or terms.ask_at
            late = workflow.now() >= deadline
            if late and terms.clears_at is not None and not self._desk.doubts:
                await self._confirm(ConfirmReceipt(SYSTEM))
                continue
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: bool(self._news) or self._state is not ReceiptState.RECEIVED,
                    timeout=None if late else deadline - workflow.now(),
                    timeout_summary="it clears" if terms.clears_at else "then a person is asked",
                )
            if self._news and self._state is ReceiptState.RECEIVED:
                await self._confirm(self._news.pop(0))

    async def _confirm(self, news: ConfirmReceipt) -> None:
        step = ConfirmStep(self._order.receipt_id, workflow.now(), news)
        booked = await self._desk.change(ReceiptBooks.confirm, step, "clear it")
        self._desk.doubts = [refusal.sentence for refusal in booked.refusals]

    async def _collect(self, order: PaymentOrder) -> None:
        self._desk.show(waiting_for=f"payment {order.payment_id} to collect it")
        outcome: PaymentOutcome = await workflow.execute_child_workflow(
            "Payment",
            order,
            id=payment_workflow(order.payment_id),
            result_type=PaymentOutcome,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary=f"collect {order.amount} of {order.counterparty.name}",
        )
        step = CollectedStep(self._order.receipt_id, workflow.now(), outcome)
        await self._desk.change(ReceiptBooks.collected, step, f"payment is {outcome.state}")

    async def _stay_correctable(self) -> None:
        """Until the time for corrections is over; one that nobody identified stays open for that."""
        until = correctable_until(workflow.now(), self._desk.terms.correctable_days)
        while self._state is ReceiptState.CLEARED:
            over = workflow.now() >= until
            if over and self._identified:
                return
            waiting_for = "" if self._identified else "somebody to say what it is for"
            self._desk.show(waiting_for=waiting_for)
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    self._changed_since(self._desk.booked),
                    timeout=None if over else until - workflow.now(),
                    timeout_summary="until then it can be corrected",
                )

    def _changed_since(self, seen: ReceiptBooked | None) -> Callable[[], bool]:
        return lambda: self._desk.booked is not seen

    @property
    def _state(self) -> ReceiptState:
        return self._desk.state

    @property
    def _identified(self) -> bool:
        return self._desk.booked is not None and self._desk.booked.identified

    # ------------------------------------------------------------ what commands come to

    def _successor(self, command: ChangeMethod) -> ReceiptOrder:
        return replace(
            self._order,
            receipt_id=command.receipt_id,
            channel=command.channel,
            external_reference=command.external_reference,
            payer=command.payer or self._order.payer,
            terminal=command.terminal,
            card_type=command.card_type,
            mandate=command.mandate,
            taken_by=command.actor,
            replaces=self._order.receipt_id,
        )

    def _cancel_step(self, command: CancelReceipt) -> CancelStep:
        return CancelStep(self._order.receipt_id, workflow.now(), command)
