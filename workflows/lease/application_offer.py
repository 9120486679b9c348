"""The offer, and the applicant's side that takes it, turns it down, or lets it lapse."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial

from temporalio import workflow

from workflows.lease.application_course import Course, EndedError
from workflows.lease.application_desk import ApplicationDesk
from workflows.lease.application_draft import Draft

with workflow.unsafe.imports_passed_through():
    from models.calendar import SHANGHAI
    from models.lease.application.errors import ApplicationNotOpenError, OtherOfferError
    from models.lease.application.messages import (
        Accept,
        ApplicationState,
        CloseOffer,
        Decline,
        Offer,
        OfferState,
    )
    from models.lease.application.rights import require_applicants_side
    from models.lease.trouble import StepFailedError


class OfferTalk:
    """One offer and its answer.

    Args:
        draft: what was applied for.
        desk: asks the books.
        course: where the application is.
    """

    def __init__(self, draft: Draft, desk: ApplicationDesk, course: Course) -> None:
        self._draft = draft
        self._desk = desk
        self._course = course
        self._answer: Accept | Decline | None = None
        self.offer: Offer | None = None

    async def be_taken(self, offer: Offer) -> Offer:
        """Wait for the applicant's side; gives the offer with the contract's number.

        Raises:
            EndedError: declined, lapsed, withdrawn, blacklisted.
        """
        self.offer = offer
        if not offer.contract_number:  # else it was taken beforehand
            await self._be_answered(offer)
            number = await self._heed_answer(offer)
            self.offer = replace(offer, contract_number=number)
        return self.offer

    async def answer(self, command: Accept | Decline) -> None:
        """What the applicant's side says; done when the books have it.

        Raises:
            StepFailedError: it is heard and kept, but the house has something to mend first.
        """
        self._answer = command
        course = self._course
        await workflow.wait_condition(
            lambda: course.state is not ApplicationState.OFFERED or bool(course.trouble.sentence)
        )
        if course.trouble.sentence:
            raise StepFailedError(f"lease application {self._draft.id}", course.trouble.sentence)

    def check(self, command: Accept | Decline) -> None:
        """Refuse an answer that comes from another side, at another time, or to another offer.

        Raises:
            ApplicationNotOpenError: no offer is open.
            WrongActorError: the actor does not speak for the applicant.
            OtherOfferError: an acceptance of another offer than the one that stands.
        """
        accepts = isinstance(command, Accept)
        wanted = "accepted" if accepts else "declined"
        self._course.require(ApplicationState.OFFERED, wanted)
        if self._answer is not None or self._course.stop is not None:
            raise ApplicationNotOpenError(self._draft.id, "answered already", wanted)
        to = "accept this offer" if accepts else "decline this offer"
        require_applicants_side(command.actor, self._draft.form, self._draft.captured_by.username, to=to)
        if isinstance(command, Accept) and self.offer and command.terms_sha256 != self.offer.terms_sha256:
            raise OtherOfferError(self._draft.id)

    async def _be_answered(self, offer: Offer) -> None:
        draft = self._draft
        side = f"dealer {draft.form.dealer}" if draft.form.dealer else draft.captured_by.username
        waiting_for = f"{side} to accept the offer until {_until(offer)}"
        self._course.enter(ApplicationState.OFFERED, waiting_for=waiting_for)
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._answer is not None or self._course.stop is not None,
                timeout=offer.valid_until - workflow.now(),
                timeout_summary="the offer lapses",
            )

    async def _heed_answer(self, offer: Offer) -> str:
        """Enter the answer; gives the contract's number where it is yes."""
        stop, answer = self._course.stop, self._answer
        if stop is not None:
            await self._close(OfferState.RECALLED, stop.by, stop.sentence)
            raise stop
        if isinstance(answer, Accept):
            return await self._close(OfferState.ACCEPTED, answer.actor.username, "offer accepted")
        if answer is not None:
            await self._close(OfferState.DECLINED, answer.actor.username, answer.reason)
            raise EndedError(ApplicationState.DECLINED, answer.reason, answer.actor.username)
        sentence = f"the offer was not accepted until {_until(offer)}"
        await self._close(OfferState.LAPSED, "leaseflow", sentence)
        raise EndedError(ApplicationState.LAPSED, sentence)

    async def _close(self, state: OfferState, by: str, reason: str) -> str:
        closing = CloseOffer(self._draft.id, self._course.round, state, by, reason, workflow.now())
        return (await self._course.insist(partial(self._desk.close_offer, closing))).contract_number


def _until(offer: Offer) -> str:
    return f"{offer.valid_until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
