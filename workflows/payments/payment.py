"""One payment: checked, reserved, instructed, confirmed, posted. Never twice, never lost."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from temporalio import workflow

from workflows.payments.conversation import BankConversation
from workflows.payments.patience import BOOKS_RETRY, QUICK
from workflows.payments.steps import PaymentBooks
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.calendar import SHANGHAI
    from models.errors import LeaseflowError
    from models.payments.banking import BankAnswer, BankSaid, Heard
    from models.payments.errors import FourEyesError, PaymentNotOpenError
    from models.payments.judgement import Outcome, Verdict
    from models.payments.messages import (
        Accepted,
        Cancellation,
        PaymentAnswer,
        PaymentOrder,
        PaymentOutcome,
        PaymentState,
        PaymentStatus,
        PaymentStep,
        RecordReturn,
        Release,
        Resolution,
        SettlePayment,
        StateNote,
    )
    from models.people import Role

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")

_NOTHING_MOVED = {
    Outcome.FAILED: PaymentState.FAILED,
    Outcome.ABSENT: PaymentState.FAILED,
    Outcome.CANCELLED: PaymentState.CANCELLED,
}


@workflow.defn(name="Payment", failure_exception_types=[LeaseflowError])
class Payment:
    """From an order to a posted voucher, or to a definite no."""

    @workflow.init
    def __init__(self, order: PaymentOrder) -> None:
        self._order = order
        self._state = PaymentState.RESERVED
        self._release: Release | None = None
        self._cancellation: Cancellation | None = None
        self._situation = Situation(self._details)
        self._bank = BankConversation(order.bank, self._enter)

    @workflow.run
    async def run(self, order: PaymentOrder) -> PaymentOutcome:
        accepted = await self._books(
            PaymentBooks.accept, order, f"check {order.amount} to {order.counterparty.name}"
        )
        if accepted.refusals:
            return await self._refuse(accepted)
        accepted, stopped = await self._clear_the_way(accepted)
        if stopped is not None or accepted.order is None or accepted.terms is None:
            return stopped or await self._refuse(accepted)
        return await self._conclude(await self._bank.reach_verdict(accepted.order, accepted.terms))

    # ------------------------------------------------------------ people and banks speak

    @workflow.query
    def status(self) -> PaymentStatus:
        needs_person = self._state is PaymentState.WAITING_FOR_RELEASE or self._bank.needs_person
        return PaymentStatus(
            self._state, self._situation.waiting_for, tuple(self._bank.answers), needs_person
        )

    @workflow.signal
    def bank_said(self, answer: BankAnswer) -> None:
        """The bank told something by itself: a notification, a status file, a statement."""
        self._bank.hear(answer)

    @workflow.update
    async def release(self, command: Release) -> PaymentState:
        """Let a payment go that waits for a second person, or turn it down."""
        self._release = command
        await workflow.wait_condition(lambda: self._state is not PaymentState.WAITING_FOR_RELEASE)
        return self._state

    @release.validator
    def _may_release(self, command: Release) -> None:
        command.actor.require(Role.TREASURER, Role.SYSTEM, to="release payments")
        if self._state is not PaymentState.WAITING_FOR_RELEASE or self._release is not None:
            raise PaymentNotOpenError(self._order.payment_id, self._state, "released")
        if command.actor.username == self._order.ordered_by.username:
            raise FourEyesError(command.actor.username, "release")

    @workflow.update
    async def cancel(self, command: Cancellation) -> PaymentState:
        """Withdraw a payment: at once before the bank has it, by asking the bank afterwards."""
        if self._bank.instructed:
            if await self._bank.ask_to_cancel():
                await workflow.wait_condition(lambda: self._state.is_final)
            return self._state
        self._cancellation = command
        await workflow.wait_condition(lambda: self._state.is_final or self._bank.instructed)
        return self._state

    @cancel.validator
    def _may_cancel(self, command: Cancellation) -> None:
        command.actor.require(Role.CASHIER, Role.TREASURER, Role.SYSTEM, to="cancel payments")
        if self._state.is_final or self._cancellation is not None or not self._bank.may_cancel():
            raise PaymentNotOpenError(self._order.payment_id, self._state, "cancelled")

    @workflow.update
    async def resolve(self, command: Resolution) -> PaymentState:
        """Say what became of a payment on which the bank contradicts itself or stays silent."""
        self._bank.person_said(command)
        if command.answer is PaymentAnswer.ASK_AGAIN:
            return PaymentState.UNKNOWN
        await workflow.wait_condition(lambda: self._state.is_final or self._bank.needs_person)
        return self._state

    @resolve.validator
    def _may_resolve(self, command: Resolution) -> None:
        command.actor.require(Role.TREASURER, to="settle what a bank contradicts")
        if not self._bank.needs_person:
            raise PaymentNotOpenError(self._order.payment_id, self._state, "resolved")
        if command.actor.username == self._order.ordered_by.username:
            raise FourEyesError(command.actor.username, "resolve")

    # ------------------------------------------------------------ the way

    async def _clear_the_way(self, accepted: Accepted) -> tuple[Accepted, PaymentOutcome | None]:
        """Wait for whoever must agree and for the bank to open; the money is reserved in the end."""
        if accepted.needs_release:
            await self._wait_for_release()
        while not accepted.reserved:
            if accepted.opens_at is not None:
                await self._wait_until_open(accepted)
            if stop := self._stopped_by_a_person():
                return accepted, await self._end(PaymentState.CANCELLED, reason=stop)
            accepted = await self._books(
                PaymentBooks.reserve,
                PaymentStep(self._order.payment_id, workflow.now(), self._released_by()),
                f"reserve {self._order.amount}",
            )
            if accepted.refusals:
                return accepted, await self._refuse(accepted)
        if stop := self._stopped_by_a_person():  # said while the money was being reserved
            return accepted, await self._end(PaymentState.CANCELLED, reason=stop)
        self._enter(PaymentState.RESERVED)
        return accepted, None

    async def _wait_for_release(self) -> None:
        who = f"a treasurer other than {self._order.ordered_by.username}"
        self._enter(PaymentState.WAITING_FOR_RELEASE, waiting_for=f"{who} to release {self._order.amount}")
        await workflow.wait_condition(lambda: self._release is not None or self._cancellation is not None)

    async def _wait_until_open(self, accepted: Accepted) -> None:
        if accepted.terms is None or accepted.opens_at is None or accepted.opens_at <= workflow.now():
            return
        opening = accepted.opens_at.astimezone(SHANGHAI)
        self._enter(
            PaymentState.WAITING_FOR_WINDOW,
            waiting_for=f"{accepted.terms.name} to open {opening:%m-%d %H:%M}",
        )
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._cancellation is not None,
                timeout=accepted.opens_at - workflow.now(),
                timeout_summary=f"{accepted.terms.name} opens",
            )

    def _released_by(self) -> str:
        return self._release.actor.username if self._release is not None else ""

    def _stopped_by_a_person(self) -> str:
        if self._cancellation is not None:
            return f"{self._cancellation.actor.username}: {self._cancellation.reason}"
        if self._release is not None and not self._release.granted:
            return f"not released by {self._release.actor.username}: {self._release.note}"
        return ""

    # ------------------------------------------------------------ the end

    async def _conclude(self, verdict: Verdict) -> PaymentOutcome:
        answer = verdict.answer or BankAnswer(BankSaid.NOTHING, Heard.INSTRUCTION)
        if verdict.outcome in _NOTHING_MOVED:
            reason = f"{answer.code} {answer.reason}".strip() or f"the bank says {answer.said}"
            return await self._end(_NOTHING_MOVED[verdict.outcome], reason=reason)
        recorded = await self._books(
            PaymentBooks.settle,
            SettlePayment(self._order.payment_id, verdict.booking or answer, workflow.now()),
            f"post the voucher of {self._order.amount}",
        )
        if verdict.outcome is Outcome.RETURNED:
            recorded = await self._books(
                PaymentBooks.record_return,
                RecordReturn(self._order.payment_id, answer, workflow.now()),
                "post what the bank booked back",
            )
        return await self._close(
            PaymentOutcome(
                self._order.payment_id, recorded.state, recorded.voucher, answer.bank_reference, answer.reason
            )
        )

    async def _refuse(self, accepted: Accepted) -> PaymentOutcome:
        """The books know already: checking entered it."""
        reason = "; ".join(refusal.sentence for refusal in accepted.refusals)
        return await self._close(PaymentOutcome(self._order.payment_id, PaymentState.REFUSED, reason=reason))

    async def _end(self, state: PaymentState, *, reason: str) -> PaymentOutcome:
        note = StateNote(self._order.payment_id, state, reason, workflow.now())
        await self._books(PaymentBooks.note_state, note, f"{state}: {reason}")
        return await self._close(PaymentOutcome(self._order.payment_id, state, reason=reason))

    async def _close(self, outcome: PaymentOutcome) -> PaymentOutcome:
        self._enter(outcome.state)
        await workflow.wait_condition(workflow.all_handlers_finished)
        while late := self._bank.unaccounted(outcome.state):
            for answer in late:
                recorded = await self._books(
                    PaymentBooks.weigh_late,
                    RecordReturn(self._order.payment_id, answer, workflow.now()),
                    f"weigh what the bank said late: {answer.said}",
                )
                outcome = replace(outcome, state=recorded.state)
            self._enter(outcome.state)
            await workflow.wait_condition(workflow.all_handlers_finished)
        return outcome

    # ------------------------------------------------------------ what is shown, what is asked

    async def _books(self, step: Callable[[Any, Asked], Answered], argument: Asked, summary: str) -> Answered:
        return await workflow.execute_activity_method(
            step, argument, start_to_close_timeout=QUICK, retry_policy=BOOKS_RETRY, summary=summary[:200]
        )

    def _enter(self, state: PaymentState, *, waiting_for: str = "") -> None:
        self._state = state
        self._situation.enter(state, waiting_for=waiting_for)

    def _details(self) -> list[str]:
        order, other = self._order, self._order.counterparty
        return [
            f"{order.product}: {order.amount} {order.amount.currency} through {order.bank}",
            f"other side: {other.name}, {other.number}",
            f"for {order.business_reference}, ordered by {order.ordered_by.username}",
            *(f"- {_sentence(answer)}" for answer in self._bank.answers[-8:]),
        ]


def _sentence(answer: BankAnswer) -> str:
    """An answer in a line: both sides of a contradiction are read here."""
    at = f"{answer.heard_at.astimezone(SHANGHAI):%H:%M:%S} " if answer.heard_at else ""
    told = f"{answer.code} {answer.reason}".strip()
    booked = f", booked {answer.amount} as {answer.bank_reference}" if answer.amount else ""
    return f"{at}{answer.heard}: **{answer.said}**{booked}{f' ({told})' if told else ''}"
