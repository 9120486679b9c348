"""Speaking with payments that are under way, as a client of the workflow service."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from temporalio import activity
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from models.lease.disbursement.messages import Withdrawal, WithdrawPayment
from models.payments.messages import Cancellation, PaymentState
from models.payments.workflow_ids import payment_workflow
from models.people import SYSTEM
from workflows.lease.disbursement_steps import PaymentDesk

_ANSWERS_WITHIN: Final = timedelta(seconds=15)
"""A bank that is asked to withdraw may take longer; the payment's end tells then."""


class UpdatingDesk(PaymentDesk):
    """Sends payments the same ``cancel`` command that people send."""

    @activity.defn(name="lease.withdraw_payment")
    async def withdraw(self, wish: WithdrawPayment) -> Withdrawal:
        handle = activity.client().get_workflow_handle(payment_workflow(wish.payment_id))
        try:
            state = await handle.execute_update(
                "cancel",
                Cancellation(SYSTEM, wish.reason),
                id=f"withdraw-{wish.request}",
                result_type=PaymentState,
                rpc_timeout=_ANSWERS_WITHIN,
            )
        except WorkflowUpdateFailedError as error:
            fact = error.cause
            told = fact.message if isinstance(fact, ApplicationError) else str(fact)
            return Withdrawal(pending=False, sentence=told)
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            return Withdrawal(pending=True, sentence="the payment has not answered yet")
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return Withdrawal(pending=False, sentence="the payment has ended")
        return Withdrawal(pending=not state.is_final, sentence=f"the payment is {state}")
