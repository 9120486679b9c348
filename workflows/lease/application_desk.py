"""What an application asks of the books, of readers and of outside offices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeVar

from temporalio import workflow

from workflows.lease.application_steps import ApplicationBooks, OutsideData, Screening
from workflows.lease.document_steps import DocumentBooks, DocumentReader
from workflows.lease.patience import ALIVE, LEASE_RETRY, OUTSIDE, READING
from workflows.payments.patience import QUICK
from workflows.queues import Queue

with workflow.unsafe.imports_passed_through():
    from models.lease.application.messages import (
        ApplicationStep,
        CloseOffer,
        Completeness,
        DocumentAdded,
        EnterForm,
        FormEntered,
        MakeOffer,
        NoteState,
        Offer,
        OfferClosed,
        RouteApproval,
        Routed,
    )
    from models.lease.documents.messages import DocumentRead, ReadDocument
    from models.lease.screening.messages import ScreenApplication, Screened

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")

_IN_PLACE: Final = timedelta(seconds=20)
"""A step that failed for so long is waited for by a timer, not inside a workflow task."""


class ApplicationDesk:
    """The steps of one application.

    Steps of milliseconds on the engine's own queue run in place, as local activities: a straight-through
    application would else spend more time on being scheduled than on being decided.

    Args:
        application_id: of the application.
    """

    def __init__(self, application_id: str) -> None:
        self._id = application_id

    async def enter_form(self, entry: EnterForm) -> FormEntered:
        return await self._in_place(ApplicationBooks.enter_form, entry)

    async def ask_outside(self, ask: ScreenApplication) -> None:
        """Have outside offices asked; the answers are kept for screening."""
        await workflow.execute_activity_method(
            OutsideData.ask_outside,
            ask,
            task_queue=Queue.OFFICES,
            start_to_close_timeout=OUTSIDE,
            heartbeat_timeout=ALIVE,
            retry_policy=LEASE_RETRY,
            summary="ask bureau and anti-fraud data",
        )

    async def screen(self, ask: ScreenApplication) -> Screened:
        return await self._in_place(Screening.screen, ask)

    async def recheck(self, ask: ScreenApplication) -> Screened:
        return await self._in_place(Screening.recheck, ask)

    async def route(self, wish: RouteApproval) -> Routed:
        return await self._in_place(ApplicationBooks.route_approval, wish)

    async def make_offer(self, wish: MakeOffer) -> Offer:
        return await self._in_place(ApplicationBooks.make_offer, wish)

    async def close_offer(self, closing: CloseOffer) -> OfferClosed:
        return await self._in_place(ApplicationBooks.close_offer, closing)

    async def note(self, note: NoteState) -> None:
        await self._in_place(ApplicationBooks.note_state, note)

    async def read(self, command: DocumentAdded) -> DocumentRead:
        wish = ReadDocument(self._id, command.document_id, workflow.now())
        return await workflow.execute_activity_method(
            DocumentReader.read_document,
            wish,
            task_queue=Queue.OCR,
            start_to_close_timeout=READING,
            heartbeat_timeout=ALIVE,
            retry_policy=LEASE_RETRY,
            summary=f"read {command.kind or 'document'} {command.document_id}"[:200],
        )

    async def completeness(self, round_: int) -> Completeness:
        return await workflow.execute_activity_method(
            DocumentBooks.check_completeness,
            ApplicationStep(self._id, workflow.now(), round_),
            start_to_close_timeout=QUICK,
            retry_policy=LEASE_RETRY,
            summary="are all papers there",
        )

    async def _in_place(self, step: Callable[[Any, Asked], Answered], argument: Asked) -> Answered:
        """Without a summary: the web UI shows none for steps in place."""
        return await workflow.execute_local_activity_method(
            step,
            argument,
            start_to_close_timeout=QUICK,
            retry_policy=LEASE_RETRY,
            local_retry_threshold=_IN_PLACE,
        )
