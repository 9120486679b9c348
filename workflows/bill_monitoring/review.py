"""A person settles what the engine would not decide by itself."""

from __future__ import annotations

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.workflow import ParentClosePolicy

from workflows.bill_monitoring.patience import QUICK
from workflows.bill_monitoring.steps import ScanBooks
from workflows.situation import Situation, note_list_date

with workflow.unsafe.imports_passed_through():
    from models.bill_monitoring.errors import (
        IncompleteResolutionError,
        ReviewItemSettledError,
        UnknownReviewItemError,
    )
    from models.bill_monitoring.messages import (
        ReviewDecision,
        ReviewResolution,
        ReviewResolved,
        ReviewRound,
        ReviewStatus,
        WarningRound,
    )
    from models.bill_monitoring.workflow_ids import item_warning_workflow
    from models.errors import LeaseflowError
    from models.people import Role


@workflow.defn(name="BillReview", failure_exception_types=[LeaseflowError])
class BillReview:
    """The doubtful items of one scan, open until each of them is settled."""

    def __init__(self) -> None:
        self._open: dict[str, None] = {}  # a dict keeps its order; sets of text do not replay
        self._settled: dict[str, None] = {}
        self._settling: dict[str, None] = {}
        self._loaded = False
        self._round: ReviewRound
        self._situation = Situation(self._details)

    @workflow.run
    async def run(self, round_: ReviewRound) -> int:
        self._round = round_
        items = round_.open_items or await workflow.execute_activity_method(
            ScanBooks.open_review_items,
            round_,
            start_to_close_timeout=QUICK,
            summary="load the doubtful items",
        )
        self._open = dict.fromkeys(items)
        self._settled = dict.fromkeys(round_.resolved)
        self._loaded = True
        note_list_date(round_.list_date)
        self._show()
        await workflow.wait_condition(
            lambda: not self._open or workflow.info().is_continue_as_new_suggested()
        )
        await workflow.wait_condition(workflow.all_handlers_finished)
        if self._open:
            workflow.continue_as_new(
                ReviewRound(
                    round_.scan_id,
                    round_.list_date,
                    round_.parameters,
                    tuple(self._open),
                    tuple(self._settled),
                )
            )
        self._situation.enter("completed", open_items=0)
        return len(self._settled)

    @workflow.query
    def status(self) -> ReviewStatus:
        return ReviewStatus(self._situation.waiting_for, tuple(self._open), len(self._settled))

    @workflow.update
    async def resolve(self, resolution: ReviewResolution) -> ReviewResolved:
        """Enter a decision; a confirmed or corrected record becomes a finding and its officer is warned."""
        await workflow.wait_condition(lambda: self._loaded)
        self._refuse_unknown(resolution.item_id)
        self._settling[resolution.item_id] = None
        try:
            resolved = await workflow.execute_activity_method(
                ScanBooks.settle_review_item,
                resolution,
                start_to_close_timeout=QUICK,
                retry_policy=RetryPolicy(
                    non_retryable_error_types=[
                        "IncompleteResolutionError",
                        "InvalidInputError",
                    ]
                ),
                summary=f"{resolution.actor.username} settles {resolution.item_id}: {resolution.decision}"[
                    :200
                ],
            )
        except ActivityError as failure:
            fact = failure.cause
            raise ApplicationError(
                fact.message if isinstance(fact, ApplicationError) else str(fact), type="ReviewRefused"
            ) from failure
        finally:
            del self._settling[resolution.item_id]
        await self._warn(resolved)
        del self._open[resolution.item_id]
        self._settled[resolution.item_id] = None
        self._show()
        return resolved

    @resolve.validator
    def _may_resolve(self, resolution: ReviewResolution) -> None:
        resolution.actor.require(Role.RISK, to="settle review items")
        changes = (
            resolution.customer_id,
            resolution.name,
            resolution.uscc,
            resolution.overdue_balance,
            resolution.cumulative_overdue,
        )
        if resolution.decision is ReviewDecision.CORRECT and not any(changes):
            raise IncompleteResolutionError(
                "a correction names what is corrected", remedy="Give a customer, name, code or amount"
            )
        if resolution.decision is not ReviewDecision.CORRECT and any(changes):
            raise IncompleteResolutionError(
                f"{resolution.decision} changes nothing", remedy="Use correct to change fields"
            )
        if self._loaded:
            self._refuse_unknown(resolution.item_id)

    def _refuse_unknown(self, item_id: str) -> None:
        if item_id in self._settled or item_id in self._settling:
            raise ReviewItemSettledError(item_id)
        if item_id not in self._open:
            raise UnknownReviewItemError(item_id)

    async def _warn(self, resolved: ReviewResolved) -> None:
        if resolved.finding_id is None or resolved.officer is None:
            return
        await workflow.start_child_workflow(
            "BillWarning",
            WarningRound(
                self._round.scan_id,
                self._round.list_date,
                resolved.officer,
                self._round.parameters,
                finding_ids=(resolved.finding_id,),
            ),
            id=item_warning_workflow(resolved.item_id),
            parent_close_policy=ParentClosePolicy.ABANDON,
            static_summary=f"warn {resolved.officer} of a reviewed finding, list of {self._round.list_date}",
        )

    def _show(self) -> None:
        count = len(self._open)
        waiting_for = f"the risk desk to settle {count} doubtful records" if count else ""
        self._situation.enter(
            "waiting-for-person" if count else "completed", waiting_for=waiting_for, open_items=count
        )

    def _details(self) -> list[str]:
        return [
            f"List of {self._round.list_date}: {len(self._settled)} settled, {len(self._open)} open",
            *(f"- {item}" for item in list(self._open)[:20]),
        ]
