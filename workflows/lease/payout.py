"""The payment of a disbursement: started as a child, and asked to stop when somebody says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from temporalio import workflow
from temporalio.exceptions import FailureError

from workflows.lease.disbursement_steps import DISBURSEMENT_RETRY, PaymentDesk
from workflows.lease.trouble import told
from workflows.payments.patience import QUICK

with workflow.unsafe.imports_passed_through():
    from models.lease.disbursement.messages import WithdrawPayment
    from models.payments.messages import PaymentOrder, PaymentOutcome, PaymentState
    from models.payments.workflow_ids import payment_workflow

_ASK_AGAIN: Final = timedelta(seconds=10)
"""Between two requests to a payment to stop."""


class PayOut:
    """One payment under way.

    Args:
        order: what is to be paid.
        stopped: why it should stop; empty while it should not.
        told: takes a sentence for people when something is new.
    """

    def __init__(
        self, order: PaymentOrder, *, stopped: Callable[[], str], told: Callable[[str], None]
    ) -> None:
        self._order = order
        self._stopped = stopped
        self._told = told
        self._requests = 0
        self.started = False
        """There is a payment of this order, whatever becomes of it."""
        self.broke = False
        """It ended without a word of its own: what became of the money, it did not say."""

    async def run(self) -> PaymentOutcome:
        """How it ended; one that could not be started, or broke, counts as refused, with the reason."""
        order = self._order
        try:
            payment = await workflow.start_child_workflow(
                "Payment",
                order,
                id=payment_workflow(order.payment_id),
                result_type=PaymentOutcome,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                cancellation_type=workflow.ChildWorkflowCancellationType.ABANDON,
                static_summary=f"disburse {order.amount} for {order.business_reference}",
            )
            self.started = True
            await workflow.wait_condition(lambda: payment.done() or bool(self._stopped()))
            while not payment.done() and await self._ask_to_stop():
                await workflow.wait([payment], timeout=_ASK_AGAIN.total_seconds())
            outcome: PaymentOutcome = await payment
        except FailureError as error:
            self.broke = True
            return PaymentOutcome(order.payment_id, PaymentState.REFUSED, reason=told(error))
        return outcome

    async def _ask_to_stop(self) -> bool:
        """Gives whether it is worth asking again."""
        self._requests += 1
        said = await workflow.execute_activity_method(
            PaymentDesk.withdraw,
            WithdrawPayment(self._order.payment_id, self._requests, f"fraud feedback: {self._stopped()}"),
            start_to_close_timeout=QUICK,
            retry_policy=DISBURSEMENT_RETRY,
            summary=f"ask payment {self._order.payment_id} to stop",
        )
        self._told(f"asked payment {self._order.payment_id} to stop: {said.sentence}")
        return said.pending
