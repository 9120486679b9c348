"""A step that failed for good: it waits for a person who mends its cause, and is then done again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from models.lease.trouble import NothingToRetryError, RetryStep

Answered = TypeVar("Answered")


class Trouble:
    """What a workflow could not do, until somebody says that it can now.

    What people approved, signed or paid must not be lost to a table that was at fault or to a process that
    an operator ended: nothing ends half-written.

    Args:
        subject: what people know the process by.
        show: tells people and books what went wrong; or, with who mended it, what was done about it.
        is_over: something else ended the way meanwhile; the step is then left.
    """

    def __init__(
        self,
        subject: str,
        show: Callable[[str, str], Awaitable[None]],
        is_over: Callable[[], bool],
    ) -> None:
        self._subject = subject
        self._show = show
        self._is_over = is_over
        self.sentence = ""
        """What stands in the way now."""
        self.count = 0
        """How often something did."""
        self._mended: RetryStep | None = None

    async def insist(
        self, step: Callable[[], Awaitable[Answered]], *, come_what_may: bool = False
    ) -> Answered | None:
        """The step's answer, however often it takes; None where the way has ended instead.

        Args:
            step: asked anew each time.
            come_what_may: it has to be done, even where the way has ended.

        Raises:
            FailureError: the workflow itself is cancelled.
        """
        while True:
            try:
                return await step()
            except FailureError as error:
                if workflow.cancellation_reason() is not None:
                    raise
                self.sentence = told(error)
            self.count += 1
            await self._show(self.sentence, "")
            await workflow.wait_condition(
                lambda: self._mended is not None or (self._is_over() and not come_what_may)
            )
            self.sentence = ""
            if (mended := self._mended) is None:
                return None
            self._mended = None
            await self._show(f"done again: {mended.reason}", mended.actor.username)

    def check(self, command: RetryStep) -> None:
        """Refuse a retry by somebody who may not, or where nothing waits for one.

        Raises:
            WrongActorError: the actor is none of the house's deciders.
            NothingToRetryError: no step waits.
        """
        command.require_right()
        if not self.sentence or self._mended is not None:
            raise NothingToRetryError(self._subject)

    def mended(self, command: RetryStep) -> None:
        """Let the step be done again."""
        self._mended = command


def told(error: FailureError) -> str:
    """What a step that failed says: in place it fails as itself, elsewhere as the cause of that."""
    cause: BaseException = error
    while isinstance(cause, FailureError) and isinstance(cause.cause, FailureError):
        cause = cause.cause
    return cause.message if isinstance(cause, FailureError) else str(cause)
