"""The draft of an application: its form in versions, its papers, and whether anything is missing."""

from __future__ import annotations

import asyncio

from temporalio import workflow

from workflows.lease.application_course import Course
from workflows.lease.application_desk import ApplicationDesk
from workflows.search_attributes import AMOUNT, COUNTERPARTY

with workflow.unsafe.imports_passed_through():
    from models.lease.application.errors import FaultyFormError, IncompleteApplicationError
    from models.lease.application.messages import (
        ApplicationState,
        DocumentAdded,
        EnterForm,
        FormEntered,
        OpenApplication,
        Revise,
        Submit,
    )
    from models.lease.documents.messages import DocumentRead
    from models.people import Actor

# Temporal refuses keyword attributes over this length
_KEYWORD_LIMIT = 255


class Draft:
    """What the applicant's side states, and who of it had a hand in it.

    Args:
        opening: the first form.
        desk: asks the books and the readers.
        course: where the application is.
    """

    def __init__(self, opening: OpenApplication, desk: ApplicationDesk, course: Course) -> None:
        self._desk = desk
        self._course = course
        self._one_at_a_time = asyncio.Lock()
        self.form = opening.form
        self.captured_by = opening.captured_by
        self.involved = [opening.captured_by.username]
        """None of them may decide it."""
        self.submitted_by: Actor | None = None
        self.version = 0
        """Of the form that is in force; 0 before the first is entered."""
        self.entered = FormEntered()
        self.missing: tuple[str, ...] = ()
        self.reading: list[str] = []
        self.documents: dict[str, DocumentRead] = {}

    @property
    def id(self) -> str:
        return self.form.application_id

    async def open(self, opening: OpenApplication) -> None:
        """Enter the first form; one that is handed in at once is, unless papers are missing.

        Raises:
            FaultyFormError: the form cannot stand; nothing was entered.
        """
        await self._enter(EnterForm(opening.form, opening.captured_by, 1, workflow.now(), opening.submit))
        if opening.submit:
            await self._find_missing()
            self.submitted_by = None if self.missing else opening.captured_by

    async def revise(self, command: Revise) -> None:
        """Enter another version; one with faults leaves the one in force.

        Raises:
            FaultyFormError: it has faults.
            ApplicationNotOpenError: it was submitted in the meantime.
        """
        async with self._one_at_a_time:
            self._course.require(ApplicationState.DRAFT, "revised")
            await self._enter(EnterForm(command.form, command.actor, self.version + 1, workflow.now()))
            self.form = command.form
            self.involve(command.actor)
            self._course.refresh()

    async def submit(self, command: Submit) -> None:
        """Hand it in, once everything that was added is read.

        Raises:
            IncompleteApplicationError: papers are missing.
            ApplicationNotOpenError: it was submitted in the meantime.
        """
        async with self._one_at_a_time:
            await workflow.wait_condition(lambda: not self.reading)
            await self._find_missing()
            if self.missing:
                self._course.refresh()
                raise IncompleteApplicationError(self.id, self.missing)
            self._course.require(ApplicationState.DRAFT, "submitted")
            self.submitted_by = command.actor
            self.involve(command.actor)
            await workflow.wait_condition(lambda: self._course.state is not ApplicationState.DRAFT)

    async def add(self, command: DocumentAdded) -> DocumentRead:
        """Have a kept document read; several may be read at once."""
        self.reading.append(command.document_id)
        self.involve(command.actor)
        try:
            read = await self._desk.read(command)
        finally:
            self.reading.remove(command.document_id)
        self.documents[command.document_id] = read
        self._course.refresh()
        return read

    async def be_submitted(self) -> Actor:
        """Wait until somebody hands it in.

        Raises:
            EndedError: it was ended instead.
        """
        if self.submitted_by is None:
            told = f"; {self._course.sentence}" if self._course.sentence else ""
            self._course.enter(
                ApplicationState.DRAFT, waiting_for=f"the applicant's side to complete and submit it{told}"
            )
            await workflow.wait_condition(lambda: bool(self.submitted_by or self._course.stop))
        self._course.heed_stop()
        if self.submitted_by is None:
            raise RuntimeError("neither submitted nor ended")
        return self.submitted_by

    def involve(self, actor: Actor) -> None:
        if actor.username not in self.involved:
            self.involved.append(actor.username)

    async def _enter(self, entry: EnterForm) -> None:
        entered = await self._desk.enter_form(entry)
        if entered.faults:
            raise FaultyFormError(self.id, entered.faults)
        self.entered, self.version = entered, entry.version
        financed = int(entered.financed.amount) if entered.financed else 0
        lessee = entry.form.lessee.name[:_KEYWORD_LIMIT]
        self._course.make_findable(COUNTERPARTY.value_set(lessee), AMOUNT.value_set(financed))

    async def _find_missing(self) -> None:
        if not self.entered.needs_papers:
            self.missing = ()
            return
        found = await self._desk.completeness(self._course.round)
        self.missing = (*found.missing, *(f"the reading of {each}" for each in found.unread))
