"""One lease application: written, submitted, screened, decided, offered, put under contract."""

from __future__ import annotations

import contextlib
from functools import partial

from temporalio import workflow

from workflows.lease.application_children import ContractChild
from workflows.lease.application_course import Course, EndedError
from workflows.lease.application_decision import Decision
from workflows.lease.application_desk import ApplicationDesk
from workflows.lease.application_draft import Draft
from workflows.lease.application_offer import OfferTalk
from workflows.search_attributes import BUSINESS_REFERENCE

with workflow.unsafe.imports_passed_through():
    from models.calendar import business_date
    from models.errors import LeaseflowError
    from models.lease.application.errors import ApplicationExistsError, ApplicationNotOpenError
    from models.lease.application.messages import (
        Accept,
        ApplicationOutcome,
        ApplicationState,
        ApplicationStatus,
        Blacklisted,
        Decline,
        DocumentAdded,
        Offer,
        OpenApplication,
        Revise,
        Submit,
        WithdrawApplication,
    )
    from models.lease.application.papers import require_open_for
    from models.lease.application.rights import require_capture, require_withdrawal
    from models.lease.contract.messages import ContractOrder, ContractOutcome, ContractState
    from models.lease.documents.messages import DocumentRead
    from models.lease.trouble import RetryStep

_CONTRACT_ANSWERS_IN = 10.0
"""Seconds after which a withdrawal from the contract is answered with where it stands."""


@workflow.defn(name="LeaseApplication", failure_exception_types=[LeaseflowError])
class LeaseApplication:
    """From a form to an active contract, or to a definite no.

    A first form with faults is no application: the workflow fails, and its id is free again.
    """

    @workflow.init
    def __init__(self, opening: OpenApplication) -> None:
        self._id = opening.form.application_id
        desk = ApplicationDesk(self._id)
        self._course = Course(self._id, desk, self._details)
        self._draft = Draft(opening, desk, self._course)
        self._decision = Decision(self._draft, desk, self._course)
        self._talk = OfferTalk(self._draft, desk, self._course)
        self._contract_number = ""

    @workflow.run
    async def run(self, opening: OpenApplication) -> ApplicationOutcome:
        await self._draft.open(opening)
        try:
            offer = await self._talk.be_taken(await self._decision.reach_offer())
            await self._have_contract(offer)
        except EndedError as end:
            await self._course.end(end.state, end.sentence, by=end.by)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._outcome()

    # ------------------------------------------------------------ people speak

    @workflow.query
    def status(self) -> ApplicationStatus:
        return ApplicationStatus(
            state=self._course.state,
            waiting_for=self._course.waiting_for,
            version=self._draft.version,
            round=self._course.round,
            title=self._draft.entered.title,
            missing=self._draft.missing,
            offer=self._talk.offer,
            approval_id=self._decision.approval_id,
            contract_number=self._contract_number,
            sentence=self._course.sentence,
            documents=tuple(self._draft.documents.values()),
            reading=tuple(self._draft.reading),
            needs_person=bool(self._course.trouble.sentence),
        )

    @workflow.update
    async def revise(self, command: Revise) -> ApplicationStatus:
        """Write the form anew; a form with faults leaves the one in force."""
        await self._draft.revise(command)
        return self.status()

    @revise.validator
    def _may_revise(self, command: Revise) -> None:
        self._require_draft("revised")
        if command.form.application_id != self._id:
            raise ApplicationExistsError(command.form.application_id)
        require_capture(command.actor, self._draft.form)
        require_capture(command.actor, command.form)

    @workflow.update
    async def add_document(self, command: DocumentAdded) -> DocumentRead:
        """Have a kept document read, and say what it is and what is doubtful about it."""
        return await self._draft.add(command)

    @add_document.validator
    def _may_add_document(self, command: DocumentAdded) -> None:
        require_open_for(command.kind, self._id, self._course.state)

    @workflow.update
    async def submit(self, command: Submit) -> ApplicationStatus:
        """Hand it in, if all papers are there; answered when the house has begun to look at it."""
        await self._draft.submit(command)
        return self.status()

    @submit.validator
    def _may_submit(self, command: Submit) -> None:
        self._require_draft("submitted")
        require_capture(command.actor, self._draft.form)

    @workflow.update
    async def accept(self, command: Accept) -> ApplicationStatus:
        """Take the offer; the contract has its number when this is answered."""
        await self._talk.answer(command)
        return self.status()

    @accept.validator
    def _may_accept(self, command: Accept) -> None:
        self._talk.check(command)

    @workflow.update
    async def decline(self, command: Decline) -> ApplicationStatus:
        """Turn the offer down, for good."""
        await self._talk.answer(command)
        return self.status()

    @decline.validator
    def _may_decline(self, command: Decline) -> None:
        self._talk.check(command)

    @workflow.update
    async def withdraw(self, command: WithdrawApplication) -> ApplicationStatus:
        """Take the application back; a contract on its way is asked to stop, which may be too late."""
        self._course.stop = EndedError(ApplicationState.WITHDRAWN, command.reason, command.actor.username)
        # an acceptance that is being entered meanwhile may still lead to a contract
        course = self._course
        await workflow.wait_condition(
            lambda: course.state.is_final or course.state is ApplicationState.CONTRACTING
        )
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(lambda: course.state.is_final, timeout=_CONTRACT_ANSWERS_IN)
        return self.status()

    @withdraw.validator
    def _may_withdraw(self, command: WithdrawApplication) -> None:
        if self._course.state.is_final or self._course.stop is not None or not self._draft.version:
            raise ApplicationNotOpenError(self._id, self._course.state, "withdrawn")
        require_withdrawal(command.actor, self._draft.form, self._draft.captured_by.username)

    @workflow.update
    async def retry(self, command: RetryStep) -> ApplicationStatus:
        """Do again what failed for good, now that its cause is mended."""
        self._course.trouble.mended(command)
        return self.status()

    @retry.validator
    def _may_retry(self, command: RetryStep) -> None:
        self._course.trouble.check(command)

    @workflow.signal
    def blacklisted(self, word: Blacklisted) -> None:
        """Somebody of it was put on the blacklist: it is refused, wherever it stands."""
        names = {party.identifier: party.name for party in self._draft.form.parties}
        sentence = f"{names.get(word.party, word.party)} is blacklisted: {word.reason}"
        self._course.stop = EndedError(ApplicationState.REFUSED, sentence, word.actor.username)

    # ------------------------------------------------------------ the contract, and the end

    async def _have_contract(self, offer: Offer) -> None:
        course, draft = self._course, self._draft
        self._contract_number = offer.contract_number
        course.make_findable(BUSINESS_REFERENCE.value_set(offer.contract_number))
        order = ContractOrder(
            offer.contract_number,
            self._id,
            offer.terms_sha256,
            draft.captured_by,
            draft.form.branch,
            by_rules=offer.by_rules,
        )
        outcome = await course.insist(partial(self._contract_of, order))
        if outcome.state is ContractState.ACTIVE:
            await course.end(ApplicationState.ACTIVE, outcome.sentence or _is_active(outcome))
            return
        course.heed_stop()
        raise EndedError(ApplicationState.CANCELLED, outcome.sentence or "the contract was cancelled")

    async def _contract_of(self, order: ContractOrder) -> ContractOutcome:
        course = self._course
        course.enter(ApplicationState.CONTRACTING, waiting_for=f"contract {order.contract_number}")
        contract = await ContractChild.start(order, self._draft.entered.title)
        await workflow.wait_condition(lambda: contract.done or course.stop is not None)
        if course.stop is not None and not contract.done:
            await contract.recall(course.stop.by, course.stop.sentence)
        return await contract.outcome()

    def _outcome(self) -> ApplicationOutcome:
        state = self._course.state
        active_from = business_date(workflow.now()) if state is ApplicationState.ACTIVE else None
        return ApplicationOutcome(self._id, state, self._contract_number, self._course.sentence, active_from)

    # ------------------------------------------------------------ what is shown

    def _require_draft(self, wanted: str) -> None:
        self._course.require(ApplicationState.DRAFT, wanted)
        if not self._draft.version:
            raise ApplicationNotOpenError(self._id, "being entered", wanted)

    def _details(self) -> list[str]:
        draft, form = self._draft, self._draft.form
        through = f", dealer {form.dealer}" if form.dealer else ""
        doubts = [
            f"- {document_id}, {read.sentence}: {doubt}"
            for document_id, read in draft.documents.items()
            for doubt in read.doubts
        ]
        return [
            draft.entered.title or f"{form.lessee.name}: {form.product}",
            f"{form.product}, {form.branch}{through}, captured by {draft.captured_by.username}",
            f"version {draft.version}, round {self._course.round}",
            *([f"lacks {'; '.join(draft.missing)}"] if draft.missing else []),
            *doubts[:8],
            *([self._course.sentence] if self._course.sentence else []),
        ]


def _is_active(outcome: ContractOutcome) -> str:
    return f"contract {outcome.contract_number} is active"
