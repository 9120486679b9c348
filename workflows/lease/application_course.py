"""Where an application is on its way, and what may end the way early."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

from workflows.lease.application_desk import ApplicationDesk
from workflows.lease.trouble import Trouble
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.lease.application.errors import ApplicationNotOpenError
    from models.lease.application.messages import ApplicationState, NoteState

Answered = TypeVar("Answered")


class EndedError(Exception):
    """The application came to its end on the way. Nobody outside the workflow hears of it as an error.

    Args:
        state: in which it ends.
        sentence: why, for people.
        by: who brought it about; empty for the engine.
    """

    def __init__(self, state: ApplicationState, sentence: str, by: str = "") -> None:
        super().__init__(sentence)
        self.state, self.sentence, self.by = state, sentence, by


class Course:
    """State of an application, as people see it and as the books have it.

    Args:
        application_id: of the application.
        desk: where states are entered.
        details: renders the lines shown under "current details".
    """

    def __init__(self, application_id: str, desk: ApplicationDesk, details: Callable[[], list[str]]) -> None:
        self._id = application_id
        self._desk = desk
        self._situation = Situation(details)
        self.state = ApplicationState.DRAFT
        self.sentence = ""
        self.round = 1
        """How often it is being decided now; a return for rework begins the next."""
        self.stop: EndedError | None = None
        """Somebody wants it ended; heeded between steps and while it waits."""
        self.trouble = Trouble(
            f"lease application {application_id}", self._be_in_trouble, lambda: self.stop is not None
        )

    @property
    def waiting_for(self) -> str:
        return self._situation.waiting_for

    def enter(self, state: ApplicationState, *, waiting_for: str = "") -> None:
        """Show a state; the books hear of it in a step, or by `note`."""
        self.state = state
        self._situation.enter(state, waiting_for=waiting_for)

    def make_findable(self, *updates: SearchAttributeUpdate[Any]) -> None:
        self._situation.make_findable(*updates)

    def refresh(self) -> None:
        self._situation.refresh()

    def heed_stop(self) -> None:
        """End the way here if somebody wants that.

        Raises:
            EndedError: somebody does.
        """
        if self.stop is not None:
            raise self.stop

    def require(self, state: ApplicationState, wanted: str) -> None:
        """Refuse a command that does not fit the state.

        Raises:
            ApplicationNotOpenError: the application is in another one.
        """
        if self.state is not state:
            raise ApplicationNotOpenError(self._id, self.state, wanted)

    async def note(self, state: ApplicationState, sentence: str, *, by: str = "") -> None:
        """Enter a state in the books, once a round."""
        key = f"{state}-{self.round}"
        await self._desk.note(NoteState(self._id, state, sentence, workflow.now(), by=by, key=key))

    async def insist(self, step: Callable[[], Awaitable[Answered]]) -> Answered:
        """The answer of a step that must not be lost; one that fails for good waits for a person.

        Raises:
            EndedError: somebody ended the application instead.
        """
        answer = await self.trouble.insist(step)
        if answer is None:
            self.heed_stop()
            raise RuntimeError("a step was left, and nobody ended the application")
        return answer

    async def end(self, state: ApplicationState, sentence: str, *, by: str = "") -> None:
        """Enter and show the end."""
        await self.note(state, sentence, by=by)
        self.sentence = sentence
        self.enter(state)

    async def _be_in_trouble(self, sentence: str, by: str) -> None:
        """Show what stands in the way, or that it does no more; the books say so, too."""
        self.enter(self.state, waiting_for="" if by else f"a person: {sentence}")
        key = f"trouble-{self.trouble.count}" + ("-mended" if by else "")
        told = sentence if by else f"needs a person: {sentence}"
        await self._desk.note(NoteState(self._id, self.state, told, workflow.now(), by=by, key=key))
