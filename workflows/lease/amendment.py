"""A supplementary agreement: drawn up for a signed contract, and signed by the same parties."""

from __future__ import annotations

from temporalio import workflow

from workflows.lease.contract_steps import CONTRACT_RETRY, DRAWING, ContractPress
from workflows.lease.patience import ALIVE
from workflows.lease.signing import Signing
from workflows.queues import Queue
from workflows.search_attributes import BUSINESS_REFERENCE
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.errors import LeaseflowError
    from models.lease.contract.errors import ContractNotOpenError
    from models.lease.contract.messages import (
        AmendmentOrder,
        AmendmentOutcome,
        CancelContract,
        DrawUpAmendment,
        SignatureState,
    )
    from models.people import Role


@workflow.defn(name="ContractAmendment", failure_exception_types=[LeaseflowError])
class ContractAmendment:
    """Draws up one supplementary agreement and has it signed; the contract itself goes its own way."""

    @workflow.init
    def __init__(self, order: AmendmentOrder) -> None:
        self._order = order
        self._signing: Signing | None = None
        self._stop: CancelContract | None = None
        self._situation = Situation(lambda: [f"- {clause}" for clause in order.clauses])

    @workflow.run
    async def run(self, order: AmendmentOrder) -> AmendmentOutcome:
        workflow.upsert_search_attributes([BUSINESS_REFERENCE.value_set(order.contract_number)])
        self._situation.enter("drawing-up")
        paper = await workflow.execute_activity_method(
            ContractPress.draw_up_amendment,
            DrawUpAmendment(order, workflow.now()),
            task_queue=Queue.ANALYSIS,
            start_to_close_timeout=DRAWING,
            heartbeat_timeout=ALIVE,
            retry_policy=CONTRACT_RETRY,
            summary=f"draw up agreement {order.paper} of {order.contract_number}",
        )
        self._signing = Signing(paper, lambda who: self._situation.enter("signing", waiting_for=who))
        if self._stop is not None:
            self._signing.stop(self._stop.actor.username, self._stop.reason)
        answer = await self._signing.run()
        self._situation.enter(answer.state)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return AmendmentOutcome(order.contract_number, order.paper, answer.state, answer.sentence)

    @workflow.query
    def status(self) -> str:
        waiting = self._situation.waiting_for
        return f"{self._situation.state}, waits for {waiting}" if waiting else self._situation.state

    @workflow.update
    async def cancel(self, command: CancelContract) -> str:
        """Ask nobody to sign it any more."""
        self._stop = command
        if self._signing is not None:
            self._signing.stop(command.actor.username, command.reason)
        await workflow.wait_condition(lambda: self._situation.state in set(SignatureState))
        return self._situation.state

    @cancel.validator
    def _may_cancel(self, command: CancelContract) -> None:
        command.actor.require(Role.OFFICER, Role.MANAGER, Role.DIRECTOR, to="cancel supplementary agreements")
        if self._stop is not None or self._situation.state in set(SignatureState):
            raise ContractNotOpenError(self._order.contract_number, self._situation.state, "cancelled")
