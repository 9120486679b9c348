"""One contract: drawn up, signed, registered, its conditions met, paid, active; or cancelled."""

from __future__ import annotations

from functools import partial
from typing import Final

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from workflows.lease.contract_desk import ContractDesk
from workflows.lease.signing import Signing, is_final
from workflows.lease.trouble import Trouble
from workflows.search_attributes import BUSINESS_REFERENCE, COUNTERPARTY
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.calendar import SHANGHAI
    from models.errors import LeaseflowError
    from models.lease.contract.errors import (
        ConditionRefusedError,
        ContractNotOpenError,
        UnknownConditionError,
    )
    from models.lease.contract.messages import (
        CancelContract,
        ConditionPrecedent,
        ConditionsStanding,
        ConfirmCondition,
        ContractOrder,
        ContractOutcome,
        ContractState,
        ContractStatus,
        DrawnUp,
        NoteContract,
        SignatureState,
        Signer,
    )
    from models.lease.disbursement.messages import DisbursementState
    from models.lease.registration import Registered
    from models.lease.trouble import RetryStep
    from models.people import Role

_MAY_CANCEL: Final = (Role.OFFICER, Role.MANAGER, Role.DIRECTOR, Role.RISK, Role.SYSTEM)
_PAID: Final = (DisbursementState.PAID, DisbursementState.PAID_UNDER_SUSPICION)


@workflow.defn(name="LeaseContract", failure_exception_types=[LeaseflowError])
class LeaseContract:
    """From agreed terms to a lease that can be serviced, or to a cancelled contract."""

    @workflow.init
    def __init__(self, order: ContractOrder) -> None:
        self._order = order
        self._desk = ContractDesk(order)
        self._trouble = Trouble(
            f"contract {order.contract_number}", self._be_in_trouble, lambda: bool(self._stopped())
        )
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
            drawn = await self._desk.draw_up()
        except ActivityError as error:
            if is_final(error) and isinstance(error.cause, ApplicationError):
                # nothing is in the books yet that could be noted as cancelled
                return await self._close(ContractState.CANCELLED, f"not drawn up: {error.cause.message}")
            raise
        self._conditions = drawn.conditions
        workflow.upsert_search_attributes([COUNTERPARTY.value_set(drawn.registration.lessee.name)])
        for way in (self._sign, self._register, self._meet_conditions, self._disburse):
            if fault := await self._trouble.insist(partial(way, drawn)) or self._stopped():
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
            needs_person=bool(self._trouble.sentence),
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
        standing = await self._desk.confirm(command)
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

    @workflow.update
    async def retry(self, command: RetryStep) -> ContractStatus:
        """Do again what failed for good, now that its cause is mended."""
        self._trouble.mended(command)
        return self.status()

    @retry.validator
    def _may_retry(self, command: RetryStep) -> None:
        self._trouble.check(command)

    # ------------------------------------------------------------ the way

    async def _sign(self, drawn: DrawnUp) -> str:
        self._signing = Signing(drawn.paper, lambda who: self._enter(ContractState.SIGNING, waiting_for=who))
        if reason := self._stopped():
            self._signing.stop("", reason)
        answer = await self._signing.run()
        return "" if answer.state is SignatureState.SIGNED else answer.sentence

    async def _register(self, drawn: DrawnUp) -> str:
        self._enter(ContractState.REGISTERING)
        registered = await self._desk.register(drawn.registration)
        if not registered.stands:
            return f"not registered: {registered.refusal}"
        self._registered = registered
        return ""

    async def _meet_conditions(self, drawn: DrawnUp) -> str:
        del drawn
        self._state = ContractState.CONDITIONS
        standing = await self._desk.look(self._registered)
        self._conditions = standing.conditions
        while standing.open and not self._stopped():
            labels = ", ".join(each.name for each in standing.open)
            self._enter(ContractState.CONDITIONS, waiting_for=f"conditions: {labels}")
            standing = await self._await_conditions() or standing
            self._conditions = standing.conditions
        return "; ".join(standing.forbidden)

    async def _await_conditions(self) -> ConditionsStanding | None:
        """Ask the books until all are met; somebody's word on one, or an end, breaks it off."""
        seen = self._confirmed
        asked = self._desk.wait_for_conditions(self._registered)
        await workflow.wait_condition(lambda: asked.done() or self._confirmed > seen or bool(self._stopped()))
        if asked.done():
            return await asked
        asked.cancel()
        return await self._desk.look(self._registered)

    async def _disburse(self, drawn: DrawnUp) -> str:
        order = drawn.disbursement
        self._disbursement_id = order.disbursement_id
        self._enter(ContractState.DISBURSING, waiting_for=f"disbursement {order.disbursement_id}")
        outcome = await self._desk.pay_out(order)
        if outcome.state not in _PAID:
            return outcome.sentence or f"the disbursement is {outcome.state}"
        return ""

    # ------------------------------------------------------------ the end

    async def _activate(self) -> ContractOutcome:
        activated = await self._desk.activate(self._disbursement_id)
        sentence = f"active from {activated.active_from}, voucher {activated.voucher}"
        return await self._close(ContractState.ACTIVE, sentence, voucher=activated.voucher)

    async def _cancel(self, reason: str) -> ContractOutcome:
        number, by = self._order.contract_number, self._stop.actor.username if self._stop else "leaseflow"
        if self._registered is not None:
            take_off = partial(self._desk.deregister, self._registered, reason)
            await self._trouble.insist(take_off, come_what_may=True)
        await self._desk.note(
            NoteContract(number, ContractState.CANCELLED, reason, workflow.now(), by, self._disbursement_id)
        )
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

    async def _be_in_trouble(self, sentence: str, by: str) -> None:
        """Show what stands in the way, or that it does no more; the books say so, too."""
        state, number = self._state, self._order.contract_number
        self._enter(state, waiting_for="" if by else f"a person: {sentence}")
        key = f"trouble/{self._trouble.count}" + ("/mended" if by else "")
        told = sentence if by else f"needs a person: {sentence}"
        await self._desk.note(NoteContract(number, state, told, workflow.now(), by or "leaseflow", key=key))

    def _enter(self, state: ContractState, *, waiting_for: str = "") -> None:
        self._state = state
        self._situation.enter(state, waiting_for=waiting_for)

    def _details(self) -> list[str]:
        signers = self._signing.signers if self._signing else ()
        signed = [f"- {each.role} {each.name}: {_signed(each)}" for each in signers]
        met = [f"- {each.name}: {each.evidence or 'open'}" for each in self._conditions]
        return [
            f"application {self._order.application_id}",
            "\n".join(signed),
            "\n".join(met),
            self._sentence,
        ]


def _signed(signer: Signer) -> str:
    at = signer.signed_at
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if at else "not signed"
