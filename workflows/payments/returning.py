"""A settled payment comes back: the bank returned it, or a person knows that it did."""

from __future__ import annotations

from temporalio import workflow

from workflows.payments.patience import BOOKS_RETRY, QUICK
from workflows.payments.steps import PaymentBooks

with workflow.unsafe.imports_passed_through():
    from models.errors import LeaseflowError
    from models.payments.messages import Recorded, RecordReturn


@workflow.defn(name="PaymentReturn", failure_exception_types=[LeaseflowError])
class PaymentReturn:
    """Posts what came back, once for each of the bank's bookings."""

    @workflow.run
    async def run(self, entry: RecordReturn) -> Recorded:
        return await workflow.execute_activity_method(
            PaymentBooks.record_return,
            entry,
            start_to_close_timeout=QUICK,
            retry_policy=BOOKS_RETRY,
            summary=f"post what came back of {entry.payment_id}",
        )
