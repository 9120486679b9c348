"""How one approval goes on: what a decision, a deadline or a change of people leads to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from temporalio import workflow

from workflows.approval.patience import BOOKS_RETRY, QUICK
from workflows.approval.post import Post
from workflows.approval.steps import ApprovalBooks
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.approval.books import OpenApproval, Opened, Reassess, RecordDecision, RecordNote
    from models.approval.clock import Clock
    from models.approval.commands import Withdraw
    from models.approval.deliberation import Deliberation
    from models.approval.desk import Decision, Desk, Handled, Handling
    from models.approval.messages import ApprovalRequest
    from models.approval.showing import awaited, described, details, waiting_state
    from models.people import SYSTEM

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


class Course:
    """The desk of an approval as it stands, and what may become of it.

    Args:
        request: what is asked.
    """

    def __init__(self, request: ApprovalRequest) -> None:
        self._request = request
        self._clock = Clock()
        self._number = 0
        self._post: Post | None = None
        self._turn = asyncio.Lock()
        """One command or deadline at a time: each is judged by what the one before it left."""
        self.desk: Desk | None = None
        """None until the first step is asked."""
        self.sentence = ""
        self.people_changed = False
        self.situation = Situation(self._details)

    async def open(self) -> Opened:
        """Find the route, and ask its first step where it has one."""
        request = self._request
        opened = await self._do(
            ApprovalBooks.open, OpenApproval(request, workflow.now()), f"find the route of {request.title}"
        )
        if opened.standing is not None:
            self._post = Post() if opened.terms.notify else None
            self._show(Desk(Deliberation(request, opened.terms.route), opened.standing))
        return opened

    async def keep_time(self) -> None:
        """Wait for what falls due next, and do it, until somebody has decided."""
        while not self.over:
            await self._until_something_is_due()
            async with self._turn:
                await self._keep_time()

    async def obey(self, command: Decision | Handling) -> None:
        """What a person says, once the first step is asked and nobody else is being heard."""
        await workflow.wait_condition(lambda: self.desk is not None)
        async with self._turn:
            if isinstance(command, Decision):
                await self._decide(command)
            else:
                handled = self.lying.handle(command, workflow.now())
                await self._note(command.actor.username, handled)

    async def _decide(self, command: Decision) -> None:
        desk = self.lying
        judged = desk.decide(command, workflow.now())
        after, word = judged.after, judged.word
        record = RecordDecision(
            approval_id=self._request.approval_id,
            number=self._next_number(),
            visit=desk.matter.visit,
            step=desk.matter.step.name,
            actor=command.actor,
            decision=judged.decision,
            at=word.at,
            reason=word.reason,
            on_behalf_of=word.on_behalf_of,
            conditions=word.conditions,
            standing_conditions=after.conditions,
            state=after.state,
            next=None if after.state.is_final else after.to_open,
        )
        standing = await self._do(
            ApprovalBooks.decide, record, f"{word.username}: {judged.decision} {word.reason}"
        )
        self.sentence = described(judged)
        if after.visit != desk.matter.visit:
            self._clock = Clock()
        self._show(replace(desk.free(), matter=after, standing=standing or desk.standing))

    async def take_back(self, reason: str) -> None:
        """End it for the asking process, unless it was decided in the meantime."""
        async with self._turn:
            if not self.over:
                await self._decide(Withdraw(SYSTEM, reason))

    async def _note(self, by: str, handled: Handled) -> None:
        desk = handled.desk
        record = RecordNote(
            approval_id=self._request.approval_id,
            number=self._next_number(),
            visit=desk.matter.visit,
            by=by,
            what=handled.what,
            sentence=handled.sentence,
            at=workflow.now(),
            assigned_to=desk.standing.assigned_to,
            locked_by=desk.locked_by,
            lock_until=desk.lock_until,
            tags=desk.tags,
        )
        await self._do(ApprovalBooks.note, record, f"{by}: {handled.what} {handled.sentence}")
        self.sentence = f"{handled.what} by {by}"
        self._show(desk)

    async def _keep_time(self) -> None:
        """Do what is due by now; a command may have settled it meanwhile."""
        desk, now = self.lying, workflow.now()
        if desk.matter.state.is_final:
            return
        if desk.lock_until is not None and desk.lock_until <= now:
            await self._note(SYSTEM.username, Handled(desk.free(), "lock expired", f"of {desk.locked_by}"))
        elif self._clock.escalation_due(desk.standing, now):
            await self._reassess(escalate=True)
        elif self.people_changed or self._clock.change_due(desk.standing, now):
            await self._reassess(escalate=False)
        elif self._clock.reminder_due(desk.standing, now):
            self._clock = replace(self._clock, reminded=True)
            await self._note(SYSTEM.username, Handled(desk, "reminded", desk.standing.assigned_to))

    async def _reassess(self, *, escalate: bool) -> None:
        desk = self.lying
        self.people_changed = False
        wish = Reassess(
            self._request.approval_id, self._next_number(), desk.matter.to_open, workflow.now(), escalate
        )
        why = "the service level ran out" if escalate else "people are away, back or new"
        standing = await self._do(ApprovalBooks.reassess, wish, f"{why}: who may decide {desk.standing.step}")
        self._clock = self._clock.after(desk.standing, standing, escalated=escalate)
        self.sentence = "escalated" if escalate else "reassessed"
        self._show(replace(desk, standing=standing))

    async def _until_something_is_due(self) -> None:
        def deadline() -> datetime | None:
            return self._clock.next(self.lying.standing, self.lying.lock_until)

        waited = deadline()
        try:
            await workflow.wait_condition(
                lambda: self.over or self.people_changed or deadline() != waited,
                timeout=None if waited is None else max(waited - workflow.now(), timedelta(0)),
                timeout_summary=f"{self.lying.standing.step}: lock, service level or absence",
            )
        except TimeoutError:
            return

    async def _do(self, step: Callable[[Any, Asked], Answered], argument: Asked, summary: str) -> Answered:
        return await workflow.execute_activity_method(
            step, argument, start_to_close_timeout=QUICK, retry_policy=BOOKS_RETRY, summary=summary[:200]
        )

    # ------------------------------------------------------------ what is shown

    @property
    def lying(self) -> Desk:
        """The desk, once the first step was asked."""
        if self.desk is None:
            raise RuntimeError("the first step is not asked yet")
        return self.desk

    @property
    def over(self) -> bool:
        return self.desk is not None and self.desk.matter.state.is_final

    def _next_number(self) -> int:
        self._number += 1
        return self._number

    def _show(self, desk: Desk) -> None:
        self.desk = desk
        turn = "" if desk.matter.state.is_final else desk.standing.assigned_to
        self.situation.enter(waiting_state(desk), waiting_for=awaited(desk), assigned_to=turn)
        if self._post is not None:
            self._post.tell(desk)

    def _details(self) -> list[str]:
        return details(self._request, self.desk, self.sentence)
