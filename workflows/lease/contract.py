"""One contract: drawn up, signed, registered, its conditions met, paid, active; or cancelled."""

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
from workflows.lease.registration_steps import REGISTRY_PATIENCE, REGISTRY_RETRY, MovablesRegistry
from workflows.lease.signing import Signing, is_final
from workflows.payments.patience import QUICK
from workflows.queues import Queue
from workflows.search_attributes import BUSINESS_REFERENCE, COUNTERPARTY
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.errors import LeaseflowError
    from models.lease.contract.errors import (
        ConditionRefusedError,
        ContractNotOpenError,
        UnknownConditionError,
    )
    from models.lease.contract.messages import (
        Activate,
        Activated,
        CancelContract,
        ConditionPrecedent,
        ConditionsStanding,
        ConfirmCondition,
        ConfirmStep,
        ContractOrder,
        ContractOutcome,
        ContractState,
        ContractStatus,
        DrawnUp,
        DrawUp,
        LookAtConditions,
        NoteContract,
        SignatureState,
    )
    from models.lease.disbursement.messages import DisbursementOutcome, DisbursementState
    from models.lease.registration import Deregister, Registered
    from models.lease.workflow_ids import disbursement_workflow
    from models.people import Role

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")

_MAY_CANCEL = (Role.OFFICER, Role.MANAGER, Role.DIRECTOR, Role.RISK, Role.SYSTEM)
_PAID = (DisbursementState.PAID, DisbursementState.PAID_UNDER_SUSPICION)


@workflow.defn(name="LeaseContract", failure_exception_types=[LeaseflowError])
class LeaseContract:
    """From agreed terms to a lease that can be serviced, or to a cancelled contract."""

    @workflow.init
    def __init__(self, order: ContractOrder) -> None:
        self._order = order
        self._state = ContractState.DRAWING_UP
        self._sentence = ""
        self._stop: CancelContract | None = None
        self._recalled = ""
        self._signing: Signing | None = None
        self._conditions: tuple[ConditionPrecedent, ...] = ()
        self._registered: Registered | None = None
        self._disbursement_id = ""
        self._confirmed = 0
        self._situation = Situation(self._details)

    @workflow.run
    async def run(self, order: ContractOrder) -> ContractOutcome:
        workflow.upsert_search_attributes([BUSINESS_REFERENCE.value_set(order.contract_number)])
        self._enter(ContractState.DRAWING_UP)
        try:
            drawn = await self._draw_up()
        except ActivityError as error:
            if is_final(error) and isinstance(error.cause, ApplicationError):
                # nothing is in the books yet that could be noted as cancelled
                return await self._close(ContractState.CANCELLED, f"not drawn up: {error.cause.message}")
            raise
        self._conditions = drawn.conditions
        workflow.upsert_search_attributes([COUNTERPARTY.value_set(drawn.registration.lessee.name)])
        for way in (self._sign, self._register, self._meet_conditions, self._disburse):
            if fault := await way(drawn) or self._stopped():
                return await self._cancel(fault)
        return await self._activate()

    # ------------------------------------------------------------ people and systems speak

    @workflow.query
    def status(self) -> ContractStatus:
        registered = self._registered
        return ContractStatus(
            state=self._state,
            waiting_for=self._situation.waiting_for,
            signers=self._signing.signers if self._signing else (),
            conditions=self._conditions,
            registration_number=registered.registration_number if registered else "",
            disbursement_id=self._disbursement_id,
            sentence=self._sentence,
        )

    @workflow.signal
    def recall(self, reason: str) -> None:
        """The application behind it ended; what is being paid goes its own way."""
        if self._may_stop():
            self._recalled = reason
            self._heed("", reason)

    @workflow.update
    async def cancel(self, command: CancelContract) -> ContractState:
        """End it before money goes."""
        self._stop = command
        self._heed(command.actor.username, command.reason)
        await workflow.wait_condition(lambda: self._state.is_final)
        return self._state

    @cancel.validator
    def _may_cancel(self, command: CancelContract) -> None:
        command.actor.require(*_MAY_CANCEL, to="cancel contracts")
        if not self._may_stop():
            raise ContractNotOpenError(self._order.contract_number, self._state, "cancelled")

    @workflow.update
    async def confirm_condition(self, command: ConfirmCondition) -> ConditionsStanding:
        """Say that a condition is met, with the paper that shows it."""
        step = ConfirmStep(self._order.contract_number, command, workflow.now())
        summary = f"{command.name} confirmed by {command.actor.username}"
        try:
            standing = await self._books(ContractBooks.confirm_condition, step, summary)
        except ActivityError as error:
            if is_final(error) and isinstance(error.cause, ApplicationError):
                raise ConditionRefusedError(error.cause.message) from error
            raise
        self._conditions = standing.conditions
        self._confirmed += 1
        return standing

    @confirm_condition.validator
    def _may_confirm(self, command: ConfirmCondition) -> None:
        command.actor.require(Role.DISBURSER, to="confirm conditions precedent")
        number = self._order.contract_number
        if self._state.is_final or self._state is ContractState.DISBURSING or not self._conditions:
            raise ContractNotOpenError(number, self._state, "given a condition's evidence")
        found = {each.name: each for each in self._conditions}.get(command.name)
        if found is None:
            raise UnknownConditionError(command.name, tuple(each.name for each in self._conditions))
        if found.by_system:
            raise ConditionRefusedError(f"condition {found.name} of {number} is found out by the books")
        if command.actor.username == self._order.ordered_by.username:
            raise ConditionRefusedError(
                f"{command.actor.username} captured the application and may not confirm its conditions",
                remedy="Somebody else of the disbursement desk has to",
            )

    # ------------------------------------------------------------ the way

    async def _draw_up(self) -> DrawnUp:
        return await workflow.execute_activity_method(
            ContractPress.draw_up,
            DrawUp(self._order, workflow.now()),
            task_queue=Queue.ANALYSIS,
            start_to_close_timeout=DRAWING,
            retry_policy=CONTRACT_RETRY,
            summary=f"draw up {self._order.contract_number}",
        )

    async def _sign(self, drawn: DrawnUp) -> str:
        self._signing = Signing(drawn.paper, lambda who: self._enter(ContractState.SIGNING, waiting_for=who))
        if reason := self._stopped():
            self._signing.stop("", reason)
        answer = await self._signing.run()
        return "" if answer.state is SignatureState.SIGNED else answer.sentence

    async def _register(self, drawn: DrawnUp) -> str:
        self._enter(ContractState.REGISTERING)
        registered: Registered = await workflow.execute_activity_method(
            MovablesRegistry.register,
            drawn.registration,
            task_queue=Queue.OFFICES,
            start_to_close_timeout=REGISTRY_PATIENCE,
            retry_policy=REGISTRY_RETRY,
            summary=f"register {len(drawn.registration.assets)} assets",
        )
        if not registered.stands:
            return f"not registered: {registered.refusal}"
        self._registered = registered
        return ""

    async def _meet_conditions(self, drawn: DrawnUp) -> str:
        del drawn
        self._state = ContractState.CONDITIONS
        look = self._look(wait=False)
        standing = await self._books(ContractBooks.look_at_conditions, look, "which conditions are met")
        self._conditions = standing.conditions
        while standing.open and not self._stopped():
            labels = ", ".join(each.name for each in standing.open)
            self._enter(ContractState.CONDITIONS, waiting_for=f"conditions: {labels}")
            standing = await self._await_conditions() or standing
            self._conditions = standing.conditions
        return ""

    async def _await_conditions(self) -> ConditionsStanding | None:
        """Ask the books until all are met; somebody's word on one, or an end, breaks it off."""
        seen = self._confirmed
        asked = workflow.start_activity_method(
            ContractBooks.look_at_conditions,
            self._look(wait=True),
            start_to_close_timeout=QUICK,
            retry_policy=AWAITING,
            summary="conditions precedent",
        )
        await workflow.wait_condition(lambda: asked.done() or self._confirmed > seen or bool(self._stopped()))
        if asked.done():
            return await asked
        asked.cancel()
        return await self._books(
            ContractBooks.look_at_conditions, self._look(wait=False), "which conditions are met"
        )

    async def _disburse(self, drawn: DrawnUp) -> str:
        order = drawn.disbursement
        self._disbursement_id = order.disbursement_id
        self._enter(ContractState.DISBURSING, waiting_for=f"disbursement {order.disbursement_id}")
        outcome: DisbursementOutcome = await workflow.execute_child_workflow(
            "Disbursement",
            order,
            id=disbursement_workflow(order.disbursement_id),
            result_type=DisbursementOutcome,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary=f"{order.amount} to {order.payee.name}"[:200],
        )
        if outcome.state not in _PAID:
            return outcome.sentence or f"the disbursement is {outcome.state}"
        return ""

    # ------------------------------------------------------------ the end

    async def _activate(self) -> ContractOutcome:
        number = self._order.contract_number
        activated: Activated = await workflow.execute_activity_method(
            ContractBooks.activate,
            Activate(number, self._disbursement_id, workflow.now()),
            start_to_close_timeout=QUICK,
            retry_policy=ACTIVATING,
            summary="post the start of the lease, write its receivable",
        )
        sentence = f"active from {activated.active_from}, voucher {activated.voucher}"
        return await self._close(ContractState.ACTIVE, sentence, voucher=activated.voucher)

    async def _cancel(self, reason: str) -> ContractOutcome:
        number, by = self._order.contract_number, self._stop.actor.username if self._stop else "leaseflow"
        if self._registered is not None:
            await workflow.execute_activity_method(
                MovablesRegistry.deregister,
                Deregister(number, self._registered.registration_number, reason),
                task_queue=Queue.OFFICES,
                start_to_close_timeout=REGISTRY_PATIENCE,
                retry_policy=REGISTRY_RETRY,
                summary="take it out of the registry",
            )
        note = NoteContract(
            number, ContractState.CANCELLED, reason, workflow.now(), by, self._disbursement_id
        )
        await self._books(ContractBooks.note, note, f"cancelled: {reason}")
        return await self._close(ContractState.CANCELLED, reason)

    async def _close(self, state: ContractState, sentence: str, *, voucher: str = "") -> ContractOutcome:
        self._sentence = sentence
        self._enter(state)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return ContractOutcome(self._order.contract_number, state, sentence, self._disbursement_id, voucher)

    # ------------------------------------------------------------ helpers

    def _stopped(self) -> str:
        """Why it has to end; empty when nobody said so."""
        if self._state is ContractState.DISBURSING:
            return ""
        if self._stop is not None:
            return f"cancelled by {self._stop.actor.username}: {self._stop.reason}"
        return self._recalled

    def _heed(self, by: str, reason: str) -> None:
        if self._signing is not None:
            self._signing.stop(by, reason)

    def _may_stop(self) -> bool:
        is_going = self._state is ContractState.DISBURSING or self._state.is_final
        return not is_going and self._stop is None and not self._recalled

    def _look(self, *, wait: bool) -> LookAtConditions:
        return LookAtConditions(self._order.contract_number, workflow.now(), self._registered, wait=wait)

    async def _books(self, step: Callable[[Any, Asked], Answered], argument: Asked, summary: str) -> Answered:
        return await workflow.execute_activity_method(
            step,
            argument,
            start_to_close_timeout=QUICK,
            retry_policy=CONTRACT_RETRY,
            summary=summary[:200],
        )

    def _enter(self, state: ContractState, *, waiting_for: str = "") -> None:
        self._state = state
        self._situation.enter(state, waiting_for=waiting_for)

    def _details(self) -> list[str]:
        signers = self._signing.signers if self._signing else ()
        signed = [f"- {each.role} {each.name}: {each.signed_at or 'not signed'}" for each in signers]
        met = [f"- {each.name}: {each.evidence or 'open'}" for each in self._conditions]
        return [
            f"application {self._order.application_id}",
            "\n".join(signed),
            "\n".join(met),
            self._sentence,
        ]
