"""How an application is decided: outside data, the rules, people, and a last look before the offer."""

from __future__ import annotations

from functools import partial

from temporalio import workflow
from temporalio.exceptions import FailureError

from workflows.lease.application_children import ApprovalChild
from workflows.lease.application_course import Course, EndedError
from workflows.lease.application_desk import ApplicationDesk
from workflows.lease.application_draft import Draft
from workflows.lease.trouble import told

with workflow.unsafe.imports_passed_through():
    from models.approval.messages import ApprovalOutcome, ApprovalRequest, ApprovalState
    from models.lease.application.messages import ApplicationState, MakeOffer, Offer, RouteApproval, Routed
    from models.lease.screening.messages import Advice, ScreenApplication, Screened
    from models.people import Actor


class Decision:
    """One round after the other, until there is an offer or a no.

    Args:
        draft: what is decided about.
        desk: asks the books and the offices.
        course: where the application is.
    """

    def __init__(self, draft: Draft, desk: ApplicationDesk, course: Course) -> None:
        self._draft = draft
        self._desk = desk
        self._course = course
        self._decided: list[ApprovalOutcome] = []
        self.approval_id = ""
        """Of the approval that runs, or ran last."""

    async def reach_offer(self) -> Offer:
        """Be submitted and decided, as often as it is returned for rework.

        Raises:
            EndedError: refused, rejected, withdrawn, blacklisted.
        """
        while True:
            submitted_by = await self._draft.be_submitted()
            if (offer := await self._decide(submitted_by)) is not None:
                return offer

    async def _decide(self, submitted_by: Actor) -> Offer | None:
        """The offer that an approval leads to; None when it is a draft again."""
        try:
            routed = await self._by_rules(submitted_by)
        except FailureError as error:  # no route fits, a table is at fault: people mend that
            if workflow.cancellation_reason() is not None:
                raise
            await self._be_draft_again(f"could not be decided: {told(error)}")
            return None
        if routed.offer is not None:
            return routed.offer
        if routed.request is None:
            raise RuntimeError("an approval by rules carries its offer")
        outcome = await self._course.insist(partial(self._by_people, routed.request))
        self._course.heed_stop()
        self._decided.append(outcome)
        if outcome.state is ApprovalState.RETURNED:
            await self._be_draft_again(f"returned for rework: {outcome.reason}")
            return None
        _require_approval(outcome)
        # people have decided: what fails from here on waits for a person, and their word is kept
        _refuse_if_told(await self._course.insist(lambda: self._desk.recheck(self._ask())))
        self._course.heed_stop()
        wish = MakeOffer(self._draft.id, outcome, workflow.now(), self._course.round)
        return await self._course.insist(partial(self._desk.make_offer, wish))

    async def _by_rules(self, submitted_by: Actor) -> Routed:
        """Ask outside, let the rules speak, and find out whether people are to be asked."""
        draft, course = self._draft, self._course
        course.enter(ApplicationState.SCREENING)
        if draft.version > 1 or draft.entered.needs_papers or course.round > 1:
            # a first form that asks for no papers was entered in this state
            await course.note(ApplicationState.SCREENING, "submitted", by=submitted_by.username)
        ask = self._ask()
        await self._desk.ask_outside(ask)
        course.heed_stop()
        screened = await self._desk.screen(ask)
        _refuse_if_told(screened)
        course.heed_stop()
        wish = RouteApproval(
            draft.id,
            course.round,
            submitted_by,
            tuple(self._decided),
            workflow.now(),
            screened=screened,
            involved=tuple(draft.involved),
        )
        return await self._desk.route(wish)

    async def _by_people(self, request: ApprovalRequest) -> ApprovalOutcome:
        course, self.approval_id = self._course, request.approval_id
        course.enter(ApplicationState.APPROVING, waiting_for=f"approval {request.approval_id}")
        approval = await ApprovalChild.start(request)
        await workflow.wait_condition(lambda: approval.done or course.stop is not None)
        if course.stop is not None and not approval.done:
            await approval.recall(course.stop.sentence)
        return await approval.outcome()

    async def _be_draft_again(self, sentence: str) -> None:
        course = self._course
        course.heed_stop()
        course.round += 1
        course.sentence = sentence
        self._draft.submitted_by = None
        await course.note(ApplicationState.DRAFT, sentence)

    def _ask(self) -> ScreenApplication:
        return ScreenApplication(self._draft.id, self._draft.version, self._course.round, workflow.now())


def _require_approval(outcome: ApprovalOutcome) -> None:
    if outcome.state is ApprovalState.APPROVED:
        return
    withdrawn = outcome.state is ApprovalState.WITHDRAWN
    by = outcome.decided[-1].username if outcome.decided else ""
    state = ApplicationState.WITHDRAWN if withdrawn else ApplicationState.REFUSED
    raise EndedError(state, outcome.reason or f"approval {outcome.state}", by)


def _refuse_if_told(screened: Screened) -> None:
    if screened.advice is Advice.REFUSE:
        reasons = [each.sentence for each in screened.reasons if each.advice is Advice.REFUSE]
        raise EndedError(ApplicationState.REFUSED, "; ".join(reasons) or "refused by rules")
