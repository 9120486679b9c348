"""Letters about an approval: each is sent beside the approval, and none holds it up."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from workflows.approval.steps import ApprovalPost

with workflow.unsafe.imports_passed_through():
    from models.approval.notices import TellApprover, recipients

if TYPE_CHECKING:
    from models.approval.desk import Desk

_ONE_TRY: Final = timedelta(minutes=2)
_FOR_SO_LONG: Final = timedelta(hours=8)
_RETRY: Final = RetryPolicy(
    initial_interval=timedelta(seconds=5),
    maximum_interval=timedelta(minutes=15),
    non_retryable_error_types=["InvalidInputError", "UnknownApprovalError"],
)
"""A mail server is away for a while; after a day's work the inbox has told them anyway."""


class Post:
    """Writes to whom a step concerns, once for each task, kind and person."""

    def __init__(self) -> None:
        self._told: list[str] = []
        self._under_way: set[asyncio.Task[None]] = set()

    def tell(self, desk: Desk) -> None:
        """Send what has not been sent yet; nobody waits for it."""
        if desk.matter.state.is_final:
            return
        request = desk.matter.request
        for kind, recipient in recipients(desk.standing):
            letter = TellApprover(
                request.approval_id,
                desk.matter.visit,
                desk.standing.step,
                kind,
                recipient,
                request.title,
                request.amount,
                desk.standing.due_at,
            )
            if letter.key not in self._told:
                self._told.append(letter.key)
                task = asyncio.create_task(_send(letter))
                self._under_way.add(task)  # a task that nobody holds may be collected
                task.add_done_callback(self._under_way.discard)


async def _send(letter: TellApprover) -> None:
    try:
        await workflow.execute_activity_method(
            ApprovalPost.tell,
            letter,
            start_to_close_timeout=_ONE_TRY,
            schedule_to_close_timeout=_FOR_SO_LONG,
            retry_policy=_RETRY,
            summary=f"write to {letter.recipient}: {letter.kind}"[:200],
        )
    except ActivityError as error:
        workflow.logger.warning("%s was not told: %s", letter.recipient, error.cause)
