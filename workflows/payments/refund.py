"""A refund: taken from the receipt onto refunds payable, paid, or put back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from temporalio import workflow
from temporalio.exceptions import FailureError

from workflows.payments.patience import QUICK
from workflows.payments.receipt_steps import RECEIPTS_RETRY, RefundBooks
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.errors import LeaseflowError
    from models.payments.messages import (
        PaymentOutcome,
        PaymentState,
        RefundApproved,
        RefundOrder,
        RefundStep,
    )
    from models.payments.workflow_ids import payment_workflow


@workflow.defn(name="Refund", failure_exception_types=[LeaseflowError])
class Refund:
    """Around the payment that gives money back; release, cancel and resolve go to the payment itself."""

    @workflow.init
    def __init__(self, order: RefundOrder) -> None:
        self._payment = order.payment
        self._situation = Situation(self._details)

    @workflow.run
    async def run(self, order: RefundOrder) -> PaymentOutcome:
        payment = order.payment
        step = RefundStep(
            payment_id=payment.payment_id,
            receipt_id=payment.refunds or "",
            amount=payment.amount,
            at=workflow.now(),
            by=payment.ordered_by.username,
        )
        self._situation.enter("approving")
        summary = f"take {payment.amount} from {step.receipt_id}"
        approved: RefundApproved = await self._books(RefundBooks.approve, step, summary)
        if approved.refusals:
            reason = "; ".join(refusal.sentence for refusal in approved.refusals)
            self._situation.enter(PaymentState.REFUSED)
            return PaymentOutcome(payment.payment_id, PaymentState.REFUSED, reason=reason)
        try:
            outcome = await self._pay()
        except FailureError:  # the payment id stands for something else: nothing will be paid
            await self._books(RefundBooks.give_up, step, f"put {payment.amount} back")
            raise
        if outcome.state is not PaymentState.SETTLED:
            given_up = replace(step, at=workflow.now())
            await self._books(RefundBooks.give_up, given_up, f"{outcome.state}: put {payment.amount} back")
        self._situation.enter(outcome.state)
        return outcome

    async def _pay(self) -> PaymentOutcome:
        payment = self._payment
        self._situation.enter("paying", waiting_for=f"payment {payment.payment_id}")
        outcome: PaymentOutcome = await workflow.execute_child_workflow(
            "Payment",
            payment,
            id=payment_workflow(payment.payment_id),
            result_type=PaymentOutcome,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary=f"refund {payment.amount} of {payment.refunds}",
        )
        return outcome

    async def _books(self, step: Callable[..., Any], argument: object, summary: str) -> Any:  # noqa: ANN401
        return await workflow.execute_activity_method(
            step, argument, start_to_close_timeout=QUICK, retry_policy=RECEIPTS_RETRY, summary=summary[:200]
        )

    def _details(self) -> list[str]:
        order = self._payment
        return [f"{order.amount} {order.amount.currency} of {order.refunds} to {order.counterparty.name}"]
