"""A batch of debits: built, approved, sent, answered in files as they come, and counted out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from workflows.payments.debit_steps import BankMailroom, DebitBooks
from workflows.payments.patience import ALIVE, BANK_RETRY, BOOKS_RETRY, SET_BASED
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.calendar import SHANGHAI, BusinessCalendar
    from models.errors import LeaseflowError
    from models.payments.errors import BatchNotOpenError, FourEyesError
    from models.payments.messages import (
        BatchBuilt,
        BatchCount,
        BatchDecision,
        BatchNote,
        BatchOrder,
        BatchOutcome,
        BatchState,
        BatchStatus,
        BatchStep,
        CloseBatch,
        FileApplied,
        FileFound,
        FileMade,
        ItemState,
        SendFile,
    )
    from models.people import Role

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")

_OPEN = (ItemState.BUILT, ItemState.SENT, ItemState.TAKEN)
_SENDING = timedelta(minutes=10)


@workflow.defn(name="DebitBatch", failure_exception_types=[LeaseflowError])
class DebitBatch:
    """Everything due through one bank, collected once."""

    @workflow.init
    def __init__(self, order: BatchOrder) -> None:
        self._order = order
        self._state = BatchState.WAITING_FOR_APPROVAL
        self._built: BatchBuilt | None = None
        self._decision: BatchDecision | None = None
        self._closing: CloseBatch | None = None
        self._doubtful: FileMade | None = None
        self._found: FileFound | None = None
        self._applied: list[FileApplied] = []
        self._count = BatchCount(())
        self._situation = Situation(self._details)

    @workflow.run
    async def run(self, order: BatchOrder) -> BatchOutcome:
        self._built = await self._books(DebitBooks.build, order, f"gather what is due through {order.bank}")
        if not self._built.items:
            return await self._finish(BatchOutcome(order.batch_id, BatchState.EMPTY, reason="nothing is due"))
        decision = await self._approval(self._built)
        if not decision.approved:
            reason = f"{decision.actor.username}: {decision.note}"
            await self._note(BatchState.TURNED_DOWN, reason, by=decision.actor.username)
            return await self._finish(BatchOutcome(order.batch_id, BatchState.TURNED_DOWN, reason=reason))
        await self._wait_until_open(self._built, decision.actor.username)
        await self._send(self._built)
        await self._gather_answers(self._built)
        return await self._finish(await self._close())

    # ------------------------------------------------------------ people and banks speak

    @workflow.query
    def status(self) -> BatchStatus:
        return BatchStatus(self._state, self._situation.waiting_for, self._count)

    @workflow.signal
    def file_applied(self, applied: FileApplied) -> None:
        """A file of the bank changed items of this batch."""
        self._applied.append(applied)

    @workflow.update
    async def decide(self, command: BatchDecision) -> BatchState:
        """Approve the batch, or turn it down."""
        self._decision = command
        await workflow.wait_condition(lambda: self._state is not BatchState.WAITING_FOR_APPROVAL)
        return self._state

    @decide.validator
    def _may_decide(self, command: BatchDecision) -> None:
        command.actor.require(Role.TREASURER, to="approve debit batches")
        if self._built is None or self._decision is not None:
            raise BatchNotOpenError(self._order.batch_id, self._state, "decided")
        if command.actor.username == self._order.ordered_by.username:
            raise FourEyesError(command.actor.username, "approve")

    @workflow.update
    async def close(self, command: CloseBatch) -> BatchState:
        """Close the batch though the bank has not answered every item."""
        self._closing = command
        await workflow.wait_condition(lambda: self._state.is_final)
        return self._state

    @close.validator
    def _may_close(self, command: CloseBatch) -> None:
        command.actor.require(Role.TREASURER, to="close debit batches")
        if self._state is not BatchState.SENT or self._closing is not None:
            raise BatchNotOpenError(self._order.batch_id, self._state, "closed")

    @workflow.update
    async def found(self, command: FileFound) -> BatchState:
        """Say whether a file of which we do not know it has arrived at the bank."""
        self._found = command
        await workflow.wait_condition(lambda: self._doubtful is None)
        return self._state

    @found.validator
    def _may_say_found(self, command: FileFound) -> None:
        command.actor.require(Role.TREASURER, Role.OPERATOR, to="say whether a file arrived")
        if self._doubtful is None or self._found is not None:
            raise BatchNotOpenError(self._order.batch_id, self._state, "asked about a file")

    # ------------------------------------------------------------ the way

    async def _approval(self, built: BatchBuilt) -> BatchDecision:
        who = f"a treasurer other than {self._order.ordered_by.username}"
        what = f"{built.items} debits of {built.total} {built.total.currency}"
        self._enter(BatchState.WAITING_FOR_APPROVAL, waiting_for=f"{who} to approve {what}")
        await workflow.wait_condition(lambda: self._decision is not None)
        if self._decision is None:
            raise RuntimeError("the wait ended without a decision")
        return self._decision

    async def _wait_until_open(self, built: BatchBuilt, by: str) -> None:
        opening = built.opens_at
        if opening is not None and opening > workflow.now():
            local = opening.astimezone(SHANGHAI)
            sentence = f"{built.terms.name} to open {local:%m-%d %H:%M}"
            self._enter(BatchState.WAITING_FOR_WINDOW, waiting_for=sentence)
            await self._note(BatchState.WAITING_FOR_WINDOW, f"approved; waits for {sentence}", by=by)
            await workflow.sleep(opening - workflow.now(), summary=f"{built.terms.name} opens")
        self._enter(BatchState.SENDING)
        await self._note(BatchState.SENDING, "approved", by=by)

    async def _send(self, built: BatchBuilt) -> None:
        step = BatchStep(self._order.batch_id, workflow.now())
        for file in await self._books(DebitBooks.make_files, step, "write the order files"):
            await self._send_one(built, file)
        await self._note(BatchState.SENT, f"{built.terms.name} has the files")

    async def _send_one(self, built: BatchBuilt, file: FileMade) -> None:
        request = SendFile(self._order.bank, file.file_id)
        while True:
            try:
                await workflow.execute_activity_method(
                    BankMailroom.send_file,
                    request,
                    task_queue=built.terms.queue,
                    start_to_close_timeout=_SENDING,
                    heartbeat_timeout=ALIVE,
                    retry_policy=BANK_RETRY,
                    summary=f"send {file.name}: {file.items} debits of {file.total}",
                )
            except ActivityError as error:
                if not isinstance(error.cause, ApplicationError) or error.cause.type != "PerhapsSent":
                    raise
                if await self._was_found(built, file):
                    return
                request = SendFile(self._order.bank, file.file_id, even_if_perhaps_sent=True)
            else:
                return

    async def _was_found(self, built: BatchBuilt, file: FileMade) -> bool:
        """Ask a person to ask the bank; a bank that takes a file twice collects twice."""
        self._doubtful, self._found = file, None
        question = f"a treasurer to ask {built.terms.name} whether {file.name} arrived"
        self._enter(BatchState.SENDING, waiting_for=question)
        await workflow.wait_condition(self._file_was_looked_for)
        self._doubtful = None
        self._enter(BatchState.SENDING)
        return self._file_arrived()

    def _file_was_looked_for(self) -> bool:
        return self._found is not None

    def _file_arrived(self) -> bool:
        return self._found is not None and self._found.arrived

    async def _gather_answers(self, built: BatchBuilt) -> None:
        """Until every item has a definite answer, or a treasurer closes the batch without them."""
        deadline = _end_of_business_day(workflow.now(), built.answer_days)
        while True:
            seen = len(self._applied)
            step = BatchStep(self._order.batch_id, workflow.now())
            self._count = await self._books(DebitBooks.count, step, "count the items by state")
            unanswered = self._count.items(*_OPEN)
            if not unanswered or self._closing is not None:
                return
            self._enter(
                BatchState.SENT, waiting_for=self._awaited(built, unanswered, deadline), open_items=unanswered
            )
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    partial(self._is_news, seen),
                    timeout=deadline - workflow.now() if deadline > workflow.now() else None,
                    timeout_summary=f"{built.terms.name} answers until then",
                )

    def _is_news(self, seen: int) -> bool:
        return len(self._applied) > seen or self._closing is not None

    def _awaited(self, built: BatchBuilt, unanswered: int, deadline: datetime) -> str:
        if workflow.now() < deadline:
            return f"{built.terms.name} to answer {unanswered} of {built.items} debits"
        return f"a treasurer to ask {built.terms.name} about {unanswered} debits, or to close the batch"

    async def _close(self) -> BatchOutcome:
        closing = self._closing
        by = closing.actor.username if closing else "leaseflow"
        sentence = f"closed by {by}: {closing.note}" if closing else "every debit is answered"
        note = BatchNote(self._order.batch_id, BatchState.CLOSED, sentence, workflow.now(), by=by)
        return await self._books(DebitBooks.close, note, "retry or route what was not collected; tie totals")

    async def _finish(self, outcome: BatchOutcome) -> BatchOutcome:
        self._count = BatchCount(outcome.tallies)
        self._enter(outcome.state, open_items=0)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return outcome

    # ------------------------------------------------------------ what is shown, what is asked

    async def _books(self, step: Callable[[Any, Asked], Answered], argument: Asked, summary: str) -> Answered:
        return await workflow.execute_activity_method(
            step,
            argument,
            start_to_close_timeout=SET_BASED,
            heartbeat_timeout=ALIVE,
            retry_policy=BOOKS_RETRY,
            summary=summary,
        )

    async def _note(self, state: BatchState, sentence: str, *, by: str = "leaseflow") -> None:
        note = BatchNote(self._order.batch_id, state, sentence, workflow.now(), by=by)
        await self._books(DebitBooks.note_state, note, sentence[:200])

    def _enter(self, state: BatchState, *, waiting_for: str = "", open_items: int | None = None) -> None:
        self._state = state
        self._situation.enter(state, waiting_for=waiting_for, open_items=open_items)

    def _details(self) -> list[str]:
        built = self._built
        size = f"{built.items} debits of {built.total}, {built.left_out} left out" if built else "being built"
        return [
            f"{self._order.product} through {self._order.bank} on {self._order.collection_date}: {size}",
            *(f"- {each.state}: {each.items}, {each.total}" for each in self._count.tallies),
            *(f"- {each.file_name}: {each.changed} changed" for each in self._applied[-8:]),
        ]


def _end_of_business_day(start: datetime, days: int) -> datetime:
    """The close of the business day so many business days after a start."""
    calendar = BusinessCalendar()
    day = start.astimezone(SHANGHAI).date()
    for _ in range(days):
        day = calendar.next_business_day(day + timedelta(days=1))
    return datetime.combine(day, calendar.closes, SHANGHAI)
