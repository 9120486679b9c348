"""What a contract asks of the press, the books, the registry and the pay-out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from workflows.lease.contract_steps import (
    ACTIVATING,
    AWAITING,
    CONTRACT_RETRY,
    DRAWING,
    ContractBooks,
    ContractPress,
)
from workflows.lease.patience import ALIVE
from workflows.lease.registration_steps import REGISTRY_PATIENCE, REGISTRY_RETRY, MovablesRegistry
from workflows.lease.signing import is_final
from workflows.payments.patience import QUICK
from workflows.queues import Queue

with workflow.unsafe.imports_passed_through():
    from models.lease.contract.errors import ConditionRefusedError
    from models.lease.contract.messages import (
        Activate,
        Activated,
        ConditionsStanding,
        ConfirmCondition,
        ConfirmStep,
        ContractOrder,
        DrawnUp,
        DrawUp,
        LookAtConditions,
        NoteContract,
    )
    from models.lease.disbursement.messages import DisbursementOrder, DisbursementOutcome
    from models.lease.registration import Deregister, Deregistered, Registered, RegisterLease
    from models.lease.workflow_ids import disbursement_workflow

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


class ContractDesk:
    """The steps of one contract, each with its summary.

    Args:
        order: the contract.
    """

    def __init__(self, order: ContractOrder) -> None:
        self._order = order

    async def draw_up(self) -> DrawnUp:
        return await workflow.execute_activity_method(
            ContractPress.draw_up,
            DrawUp(self._order, workflow.now()),
            task_queue=Queue.ANALYSIS,
            start_to_close_timeout=DRAWING,
            heartbeat_timeout=ALIVE,
            retry_policy=CONTRACT_RETRY,
            summary=f"draw up {self._order.contract_number}",
        )

    async def register(self, wish: RegisterLease) -> Registered:
        return await workflow.execute_activity_method(
            MovablesRegistry.register,
            wish,
            task_queue=Queue.OFFICES,
            start_to_close_timeout=REGISTRY_PATIENCE,
            heartbeat_timeout=ALIVE,
            retry_policy=REGISTRY_RETRY,
            summary=f"register {len(wish.assets)} assets",
        )

    async def deregister(self, registered: Registered, reason: str) -> Deregistered:
        return await workflow.execute_activity_method(
            MovablesRegistry.deregister,
            Deregister(self._order.contract_number, registered.registration_number, reason),
            task_queue=Queue.OFFICES,
            start_to_close_timeout=REGISTRY_PATIENCE,
            heartbeat_timeout=ALIVE,
            retry_policy=REGISTRY_RETRY,
            summary="take it out of the registry",
        )

    async def look(self, registered: Registered | None) -> ConditionsStanding:
        """Which conditions are met now."""
        look = LookAtConditions(self._order.contract_number, workflow.now(), registered)
        return await self._books(ContractBooks.look_at_conditions, look, "which conditions are met")

    def wait_for_conditions(
        self, registered: Registered | None
    ) -> workflow.ActivityHandle[ConditionsStanding]:
        """Have the books looked at again and again, until all are met."""
        return workflow.start_activity_method(
            ContractBooks.look_at_conditions,
            LookAtConditions(self._order.contract_number, workflow.now(), registered, wait=True),
            start_to_close_timeout=QUICK,
            retry_policy=AWAITING,
            summary="conditions precedent",
        )

    async def confirm(self, command: ConfirmCondition) -> ConditionsStanding:
        """Enter that a person says a condition is met.

        Raises:
            ConditionRefusedError: the books say no.
        """
        step = ConfirmStep(self._order.contract_number, command, workflow.now())
        summary = f"{command.name} confirmed by {command.actor.username}"
        try:
            return await self._books(ContractBooks.confirm_condition, step, summary)
        except ActivityError as error:
            if is_final(error) and isinstance(error.cause, ApplicationError):
                raise ConditionRefusedError(error.cause.message) from error
            raise

    async def pay_out(self, order: DisbursementOrder) -> DisbursementOutcome:
        """Have the asset paid; the disbursement goes on if this workflow is ended from outside."""
        outcome: DisbursementOutcome = await workflow.execute_child_workflow(
            "Disbursement",
            order,
            id=disbursement_workflow(order.disbursement_id),
            result_type=DisbursementOutcome,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary=f"{order.amount} to {order.payee.name}"[:200],
        )
        return outcome

    async def activate(self, disbursement_id: str) -> Activated:
        return await workflow.execute_activity_method(
            ContractBooks.activate,
            Activate(self._order.contract_number, disbursement_id, workflow.now()),
            start_to_close_timeout=QUICK,
            retry_policy=ACTIVATING,
            summary="post the start of the lease, write its receivable",
        )

    async def note(self, note: NoteContract) -> None:
        await self._books(ContractBooks.note, note, f"{note.state}: {note.sentence}")

    async def _books(self, step: Callable[[Any, Asked], Answered], argument: Asked, summary: str) -> Answered:
        return await workflow.execute_activity_method(
            step,
            argument,
            start_to_close_timeout=QUICK,
            retry_policy=CONTRACT_RETRY,
            summary=summary[:200],
        )
