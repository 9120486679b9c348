"""A disbursement that pays at once, or does not; in a module of its own, which the workflow sandbox loads."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.lease.disbursement.messages import DisbursementOrder, DisbursementOutcome


@workflow.defn(name="Disbursement")
class PlayedDisbursement:
    """Asks the story what became of it."""

    @workflow.run
    async def run(self, order: DisbursementOrder) -> DisbursementOutcome:
        outcome: DisbursementOutcome = await workflow.execute_activity(
            "test.pay_out",
            order,
            result_type=DisbursementOutcome,
            start_to_close_timeout=timedelta(seconds=20),
        )
        return outcome
