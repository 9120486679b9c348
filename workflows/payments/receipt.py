"""One receipt: taken, waited for, cleared; or bounced, withdrawn, paid in another way, reversed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from temporalio import workflow

from workflows.payments.patience import QUICK
from workflows.payments.receipt_steps import RECEIPTS_RETRY, ReceiptBooks
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.calendar import SHANGHAI
    from models.errors import LeaseflowError
    from models.parameters.channels import Confirmation
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
        ReceiptTerms,
        ReplaceStep,
        ReverseReceipt,
        ReverseStep,
    )
    from models.payments.receipts.errors import ReceiptCommandRefusedError, ReceiptNotOpenError
    from models.payments.receipts.rules import correctable_until
    from models.payments.receipts.workflow_ids import receipt_workflow
    from models.payments.workflow_ids import payment_workflow
    from models.people import SYSTEM, Role

Asked = TypeVar("Asked")

_TAKERS = (Role.CASHIER, Role.TREASURER, Role.SYSTEM)
_WAITS_FOR = {
    Confirmation.IMMEDIATE: "the books",
    Confirmation.CLEARING_DAYS: "it to clear",
    Confirmation.TERMINAL_DAY: "the terminal's day to be closed and reconciled",
    Confirmation.NOTIFICATION: "the wallet's operator to confirm",
    Confirmation.BANK_ENTRY: "the bank's entry",
    Confirmation.DEBIT: "the payment that collects it",
}


@workflow.defn(name="Receipt", failure_exception_types=[LeaseflowError])
class Receipt:
    """Open until it came to nothing, or can be corrected no more."""

    @workflow.init
    def __init__(self, order: ReceiptOrder) -> None:
        self._order = order
        self._booked: ReceiptBooked | None = None
        self._terms: ReceiptTerms | None = None
        self._news: list[ConfirmReceipt] = []
        self._doubts: list[str] = []
        self._one_at_a_time = asyncio.Lock()
        self._situation = Situation(self._details)

    @workflow.run
    async def run(self, order: ReceiptOrder) -> ReceiptOutcome:
        booked = await self._books(ReceiptBooks.register, order, f"take {order.amount} by {order.channel}")
        self._terms = booked.terms
        self._take(booked)
        if self._state is ReceiptState.RECEIVED:
            await self._wait_for_confirmation()
        if self._state is ReceiptState.CLEARED:
            await self._stay_correctable()
        self._show(self._state)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return ReceiptOutcome(order.receipt_id, self._state, self._sentence)

    # ------------------------------------------------------------ people and systems speak

    @workflow.query
    def status(self) -> ReceiptStatus:
        state = self._booked.state if self._booked else None
        return ReceiptStatus(state, self._situation.waiting_for, self._sentence)

    @workflow.update
    async def taken(self) -> ReceiptBooked:
        """What became of taking it; answers once the books have it."""
        await workflow.wait_condition(lambda: self._booked is not None)
        if self._booked is None:
            raise RuntimeError("the wait ended without an answer")
        return self._booked

    @workflow.signal
    def heard(self, news: ConfirmReceipt) -> None:
        """A system says that the money is there: a signed call, a statement, a reconciled terminal."""
        self._news.append(news)

    @workflow.signal
    async def disowned(self, command: CancelReceipt) -> None:
        """Reconciling found that it never happened."""
        await self._change(ReceiptBooks.cancel, self._cancel_step(command), "take back what never happened")

    @workflow.update
    async def confirm(self, command: ConfirmReceipt) -> ReceiptState:
        """Say that the money is there."""
        step = ConfirmStep(self._order.receipt_id, workflow.now(), command)
        return await self._command(ReceiptBooks.confirm, step, f"confirmed by {command.actor.username}")

    @confirm.validator
    def _may_confirm(self, command: ConfirmReceipt) -> None:
        command.actor.require(*_TAKERS, to="confirm receipts")
        self._require(ReceiptState.RECEIVED, ReceiptState.CLEARED, wanted="confirmed")
        if self._terms is not None and self._terms.collection is not None:
            raise ReceiptCommandRefusedError("the payment that collects it confirms it")

    @workflow.update
    async def bounce(self, command: BounceReceipt) -> ReceiptState:
        """Say that the outside took it back, before or after it cleared."""
        step = BounceStep(self._order.receipt_id, workflow.now(), command)
        return await self._command(ReceiptBooks.bounce, step, f"bounced: {command.reason}")

    @bounce.validator
    def _may_bounce(self, command: BounceReceipt) -> None:
        command.actor.require(*_TAKERS, to="enter bounces")
        self._require(ReceiptState.RECEIVED, ReceiptState.CLEARED, wanted="bounced")
        if self._terms is not None and not self._terms.bounceable:
            raise ReceiptCommandRefusedError(f"{self._terms.channel} does not bounce")

    @workflow.update
    async def cancel(self, command: CancelReceipt) -> ReceiptState:
        """Withdraw it before it clears."""
        return await self._command(
            ReceiptBooks.cancel, self._cancel_step(command), f"cancelled: {command.reason}"
        )

    @cancel.validator
    def _may_cancel(self, command: CancelReceipt) -> None:
        command.actor.require(*_TAKERS, to="cancel receipts")
        self._require(ReceiptState.RECEIVED, wanted="cancelled")
        self._require_own_vouchers("cancel")

    @workflow.update
    async def reverse(self, command: ReverseReceipt) -> ReceiptState:
        """Take it out of the books after it cleared."""
        step = ReverseStep(self._order.receipt_id, workflow.now(), command)
        return await self._command(ReceiptBooks.reverse, step, f"reversed: {command.reason}")

    @reverse.validator
    def _may_reverse(self, command: ReverseReceipt) -> None:
        command.actor.require(Role.TREASURER, to="reverse receipts")
        self._require(ReceiptState.CLEARED, wanted="reversed")
        self._require_own_vouchers("reverse")
        if not command.reason.strip():
            raise ReceiptCommandRefusedError("a reversal needs a reason")

    @workflow.update
    async def identify(self, command: IdentifyReceipt) -> ReceiptState:
        """Say what money of unknown purpose is for."""
        step = IdentifyStep(self._order.receipt_id, workflow.now(), command)
        return await self._command(ReceiptBooks.identify, step, f"identified by {command.actor.username}")

    @identify.validator
    def _may_identify(self, command: IdentifyReceipt) -> None:
        command.actor.require(*_TAKERS, Role.ACCOUNTANT, to="identify receipts")
        self._require(ReceiptState.RECEIVED, ReceiptState.CLEARED, wanted="identified")
        if self._booked is not None and self._booked.identified:
            raise ReceiptCommandRefusedError(f"receipt {self._order.receipt_id} is identified already")

    @workflow.update
    async def change_method(self, command: ChangeMethod) -> ReceiptState:
        """Take the same money in another way: the new receipt goes its own way from here."""
        step = ReplaceStep(self._order.receipt_id, workflow.now(), command, self._successor(command))
        state = await self._command(ReceiptBooks.change_method, step, f"paid by {command.channel} instead")
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
        self._require(ReceiptState.RECEIVED, wanted="paid in another way")
        self._require_own_vouchers("change the method of")
        if command.receipt_id == self._order.receipt_id:
            raise ReceiptCommandRefusedError("the new receipt needs an id of its own")

    # ------------------------------------------------------------ the way

    async def _wait_for_confirmation(self) -> None:
        terms = self._known_terms()
        if terms.collection is not None:
            await self._collect(terms.collection)
            return
        while self._state is ReceiptState.RECEIVED:
            self._show(ReceiptState.RECEIVED, waiting_for=self._awaited(terms))
            deadline = terms.clears_at or terms.ask_at
            late = workflow.now() >= deadline
            if late and terms.clears_at is not None and not self._doubts:
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
        booked = await self._change(ReceiptBooks.confirm, step, "clear it")
        self._doubts = [refusal.sentence for refusal in booked.refusals]

    async def _collect(self, order: PaymentOrder) -> None:
        self._show(ReceiptState.RECEIVED, waiting_for=f"payment {order.payment_id} to collect it")
        outcome: PaymentOutcome = await workflow.execute_child_workflow(
            "Payment",
            order,
            id=payment_workflow(order.payment_id),
            result_type=PaymentOutcome,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary=f"collect {order.amount} of {order.counterparty.name}",
        )
        step = CollectedStep(self._order.receipt_id, workflow.now(), outcome)
        await self._change(ReceiptBooks.collected, step, f"payment is {outcome.state}")

    async def _stay_correctable(self) -> None:
        """Until the time for corrections is over; one that nobody identified stays open for that."""
        until = correctable_until(workflow.now(), self._known_terms().correctable_days)
        while self._state is ReceiptState.CLEARED:
            identified = self._booked is not None and self._booked.identified
            over = workflow.now() >= until
            if over and identified:
                return
            waiting_for = "" if identified else "somebody to say what it is for"
            self._show(ReceiptState.CLEARED, waiting_for=waiting_for)
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    self._changed_since(self._booked),
                    timeout=None if over else until - workflow.now(),
                    timeout_summary="until then it can be corrected",
                )

    def _changed_since(self, seen: ReceiptBooked | None) -> Callable[[], bool]:
        return lambda: self._booked is not seen

    # ------------------------------------------------------------ what is asked of the books

    async def _command(self, step: Callable[..., Any], argument: object, summary: str) -> ReceiptState:
        booked = await self._change(step, argument, summary)
        if booked.refusals:
            raise ReceiptCommandRefusedError("; ".join(refusal.sentence for refusal in booked.refusals))
        return booked.state

    async def _change(self, step: Callable[..., Any], argument: object, summary: str) -> ReceiptBooked:
        """One change at a time; the books say what it came to."""
        async with self._one_at_a_time:
            booked = await self._books(step, argument, summary)
            self._take(booked)
            return booked

    async def _books(
        self, step: Callable[[Any, Asked], ReceiptBooked], argument: Asked, summary: str
    ) -> ReceiptBooked:
        return await workflow.execute_activity_method(
            step, argument, start_to_close_timeout=QUICK, retry_policy=RECEIPTS_RETRY, summary=summary[:200]
        )

    def _take(self, booked: ReceiptBooked) -> None:
        self._booked = booked
        self._situation.refresh()

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

    # ------------------------------------------------------------ what is shown

    @property
    def _state(self) -> ReceiptState:
        return self._booked.state if self._booked else ReceiptState.RECEIVED

    @property
    def _sentence(self) -> str:
        return self._booked.sentence if self._booked else ""

    def _known_terms(self) -> ReceiptTerms:
        if self._terms is None:
            raise RuntimeError("a receipt that was taken has terms")
        return self._terms

    def _require(self, *states: ReceiptState, wanted: str) -> None:
        if self._booked is None or self._booked.state not in states:
            state = self._booked.state if self._booked else "being taken"
            raise ReceiptNotOpenError(self._order.receipt_id, state, wanted)

    def _require_own_vouchers(self, what: str) -> None:
        if self._terms is not None and self._terms.collection is not None:
            payment_id = self._terms.collection.payment_id
            raise ReceiptCommandRefusedError(
                f"payment {payment_id} collects it; {what} the payment instead",
                remedy=f"See leaseflow payments show {payment_id}",
            )

    def _awaited(self, terms: ReceiptTerms) -> str:
        if self._doubts:
            return f"a person: {'; '.join(self._doubts)}"
        if terms.clears_at is not None:
            return f"{terms.channel} to clear on {_day(terms.clears_at)} unless it bounces"
        awaited = _WAITS_FOR[Confirmation(terms.confirmation)]
        if workflow.now() >= terms.ask_at:
            return f"a person to find out: {awaited} was due {_day(terms.ask_at)}"
        return awaited

    def _show(self, state: ReceiptState, *, waiting_for: str = "") -> None:
        self._situation.enter(state, waiting_for=waiting_for)

    def _details(self) -> list[str]:
        order = self._order
        purposes = ", ".join(f"{p.product} {p.business_reference}" for p in order.parts if p.identified)
        number = f", number {order.external_reference}" if order.external_reference else ""
        return [
            f"{order.amount} {order.amount.currency} by {order.channel}{number}",
            f"from {order.payer.name or 'somebody not named'}, for {purposes or 'nobody knows yet what'}",
            f"taken by {order.taken_by.username} in {order.branch}",
            *([self._sentence] if self._sentence else []),
        ]


def _day(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
