"""The processes that an application starts, and how it speaks to them while they run."""

from __future__ import annotations

from typing import Any, Generic, Self, TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError
from temporalio.workflow import ChildWorkflowHandle, ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from models.approval.commands import Withdraw
    from models.approval.messages import ApprovalOutcome, ApprovalRequest
    from models.approval.workflow_ids import approval_workflow
    from models.lease.contract.messages import ContractOrder, ContractOutcome
    from models.lease.workflow_ids import contract_workflow
    from models.people import SYSTEM

Outcome = TypeVar("Outcome")


class _Child(Generic[Outcome]):
    """A process that was started. It goes on if the application's workflow is ended from outside."""

    def __init__(self, handle: ChildWorkflowHandle[Any, Outcome]) -> None:
        self._handle = handle

    @property
    def done(self) -> bool:
        return self._handle.done()

    async def outcome(self) -> Outcome:
        return await self._handle

    async def _tell(self, signal: str, word: object) -> None:
        """Say something to it; that it has just ended is no fault."""
        try:
            await self._handle.signal(signal, word)
        except ApplicationError as error:
            if not self.done:
                workflow.logger.warning("%s was not heard: %s", signal, error)


class ApprovalChild(_Child[ApprovalOutcome]):
    """The approval of a round."""

    @classmethod
    async def start(cls, request: ApprovalRequest) -> Self:
        return cls(
            await workflow.start_child_workflow(
                "Approval",
                request,
                id=approval_workflow(request.approval_id),
                result_type=ApprovalOutcome,
                parent_close_policy=ParentClosePolicy.ABANDON,
                static_summary=f"{request.title}, round {request.round}"[:200],
            )
        )

    async def recall(self, reason: str) -> None:
        """Take it back; somebody may have decided at the same moment."""
        await self._tell("recall", Withdraw(SYSTEM, reason))


class ContractChild(_Child[ContractOutcome]):
    """The contract."""

    @classmethod
    async def start(cls, order: ContractOrder, title: str) -> Self:
        return cls(
            await workflow.start_child_workflow(
                "LeaseContract",
                order,
                id=contract_workflow(order.contract_number),
                result_type=ContractOutcome,
                parent_close_policy=ParentClosePolicy.ABANDON,
                static_summary=title[:200],
            )
        )

    async def recall(self, by: str, reason: str) -> None:
        """Ask it to stop; what is paid already stays paid."""
        await self._tell("recall", f"{by}: {reason}" if by else reason)
