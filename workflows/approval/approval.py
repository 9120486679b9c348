"""One approval: asked tier by tier, held, escalated, decided; never forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from temporalio import workflow

from workflows.approval.patience import BOOKS_RETRY, QUICK
from workflows.approval.steps import ApprovalBooks
from workflows.search_attributes import AMOUNT, BUSINESS_REFERENCE, COUNTERPARTY
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.approval.books import OpenApproval, Reassess, RecordDecision, RecordNote
    from models.approval.clock import Clock
    from models.approval.commands import (
        Approve,
        Comment,
        Lock,
        Reassign,
        Reject,
        Return,
        Tag,
        Unlock,
        Withdraw,
    )
    from models.approval.deliberation import Deliberation
    from models.approval.desk import Decision, Desk, Handled, Handling
    from models.approval.messages import ApprovalOutcome, ApprovalRequest, ApprovalState, ApprovalStatus
    from models.approval.showing import awaited, described, details, outcome, status_of, waiting_state
    from models.errors import LeaseflowError
    from models.people import SYSTEM

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


@workflow.defn(name="Approval", failure_exception_types=[LeaseflowError])
class Approval:
    """From a request to a decision. What may be done and what follows stands in ``models.approval``."""

    @workflow.init
    def __init__(self, request: ApprovalRequest) -> None:
        self._request = request
        self._desk: Desk | None = None
        self._clock = Clock()
        self._number = 0
        self._sentence = ""
        self._people_changed = False
        self._turn = asyncio.Lock()
        """One command or deadline at a time: each is judged by what the one before it left."""
        self._situation = Situation(self._details)

    @workflow.run
    async def run(self, request: ApprovalRequest) -> ApprovalOutcome:
        workflow.upsert_search_attributes(
            [
                BUSINESS_REFERENCE.value_set(request.subject),
                COUNTERPARTY.value_set(request.counterparty),
                AMOUNT.value_set(int(request.amount.amount)),
            ]
        )
        opened = await self._do(
            ApprovalBooks.open, OpenApproval(request, workflow.now()), f"find the route of {request.title}"
        )
        if opened.standing is None:
            self._situation.enter(ApprovalState.APPROVED)
            return ApprovalOutcome(request.approval_id, ApprovalState.APPROVED, by_rules=True)
        desk = Desk(Deliberation(request, opened.terms.route), opened.standing)
        self._show(desk)
        try:
            while not self._over:
                await self._until_something_is_due()
                async with self._turn:
                    await self._keep_time()
        except asyncio.CancelledError:  # the asking process was cancelled: nobody is asked any longer
            await asyncio.shield(self._take_back("the asking process was cancelled"))
            raise
        await workflow.wait_condition(workflow.all_handlers_finished)
        return outcome(self._lying.matter)

    # ------------------------------------------------------------ people and processes speak

    @workflow.query
    def status(self) -> ApprovalStatus:
        if self._desk is None:
            return ApprovalStatus(self._request.approval_id, ApprovalState.WAITING)
        return status_of(self._desk, self._situation.waiting_for, self._sentence, workflow.now())

    @workflow.signal
    def people_changed(self) -> None:
        """Somebody who may decide is away, back, or new: the books are asked again who may."""
        self._people_changed = True

    @workflow.signal
    async def recall(self, command: Withdraw) -> None:
        """The asking process takes it back; nothing happens when it was decided in the meantime."""
        await workflow.wait_condition(lambda: self._desk is not None)
        await self._take_back(command.reason or "taken back")

    @workflow.update
    async def approve(self, command: Approve) -> ApprovalStatus:
        """Agree, as applied for or on conditions."""
        return await self._obey(command)

    @workflow.update
    async def reject(self, command: Reject) -> ApprovalStatus:
        """Turn it down for good."""
        return await self._obey(command)

    @workflow.update(name="return")
    async def send_back(self, command: Return) -> ApprovalStatus:
        """Send it back for rework, to an earlier step or to the asking process."""
        return await self._obey(command)

    @workflow.update
    async def withdraw(self, command: Withdraw) -> ApprovalStatus:
        """The side that asked takes it back."""
        return await self._obey(command)

    @workflow.update
    async def lock(self, command: Lock) -> ApprovalStatus:
        """Take it, or hold it for longer."""
        return await self._obey(command)

    @workflow.update
    async def unlock(self, command: Unlock) -> ApprovalStatus:
        """Give it back to the pool."""
        return await self._obey(command)

    @workflow.update
    async def reassign(self, command: Reassign) -> ApprovalStatus:
        """Give it to a named person of the pool."""
        return await self._obey(command)

    @workflow.update
    async def tag(self, command: Tag) -> ApprovalStatus:
        """Put labels on, or take them off."""
        return await self._obey(command)

    @workflow.update
    async def comment(self, command: Comment) -> ApprovalStatus:
        """Say something for others to read."""
        return await self._obey(command)

    @approve.validator
    def _may_approve(self, command: Approve) -> None:
        self._check(command)

    @reject.validator
    def _may_reject(self, command: Reject) -> None:
        self._check(command)

    @send_back.validator
    def _may_send_back(self, command: Return) -> None:
        self._check(command)

    @withdraw.validator
    def _may_withdraw(self, command: Withdraw) -> None:
        self._check(command)

    @lock.validator
    def _may_lock(self, command: Lock) -> None:
        self._check(command)

    @unlock.validator
    def _may_unlock(self, command: Unlock) -> None:
        self._check(command)

    @reassign.validator
    def _may_reassign(self, command: Reassign) -> None:
        self._check(command)

    @tag.validator
    def _may_tag(self, command: Tag) -> None:
        self._check(command)

    @comment.validator
    def _may_comment(self, command: Comment) -> None:
        self._check(command)

    # ------------------------------------------------------------ what follows

    def _check(self, command: Decision | Handling) -> None:
        """Refuse before anything is written; before the first step is asked, the handler refuses."""
        if self._desk is None:
            return
        if isinstance(command, Decision):
            self._desk.decide(command, workflow.now())
        else:
            self._desk.handle(command, workflow.now())

    async def _obey(self, command: Decision | Handling) -> ApprovalStatus:
        await workflow.wait_condition(lambda: self._desk is not None)
        async with self._turn:
            if isinstance(command, Decision):
                await self._decide(command)
            else:
                handled = self._lying.handle(command, workflow.now())
                await self._note(command.actor.username, handled)
        return self.status()

    async def _decide(self, command: Decision) -> None:
        desk = self._lying
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
        self._sentence = described(judged)
        if after.visit != desk.matter.visit:
            self._clock = Clock()
        self._show(replace(desk.free(), matter=after, standing=standing or desk.standing))

    async def _take_back(self, reason: str) -> None:
        async with self._turn:
            if not self._over:
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
        self._sentence = f"{handled.what} by {by}"
        self._show(desk)

    async def _keep_time(self) -> None:
        """Do what is due by now; a command may have settled it meanwhile."""
        desk, now = self._lying, workflow.now()
        if desk.matter.state.is_final:
            return
        if desk.lock_until is not None and desk.lock_until <= now:
            await self._note(SYSTEM.username, Handled(desk.free(), "lock expired", f"of {desk.locked_by}"))
        elif self._clock.escalation_due(desk.standing, now):
            await self._reassess(escalate=True)
        elif self._people_changed or self._clock.change_due(desk.standing, now):
            await self._reassess(escalate=False)
        elif self._clock.reminder_due(desk.standing, now):
            self._clock = replace(self._clock, reminded=True)
            await self._note(SYSTEM.username, Handled(desk, "reminded", desk.standing.assigned_to))

    async def _reassess(self, *, escalate: bool) -> None:
        desk = self._lying
        self._people_changed = False
        wish = Reassess(
            self._request.approval_id, self._next_number(), desk.matter.to_open, workflow.now(), escalate
        )
        why = "the service level ran out" if escalate else "people are away, back or new"
        standing = await self._do(ApprovalBooks.reassess, wish, f"{why}: who may decide {desk.standing.step}")
        self._clock = self._clock.after(desk.standing, standing, escalated=escalate)
        self._sentence = "escalated" if escalate else "reassessed"
        self._show(replace(desk, standing=standing))

    async def _until_something_is_due(self) -> None:
        def deadline() -> datetime | None:
            return self._clock.next(self._lying.standing, self._lying.lock_until)

        waited = deadline()
        try:
            await workflow.wait_condition(
                lambda: self._over or self._people_changed or deadline() != waited,
                timeout=None if waited is None else max(waited - workflow.now(), timedelta(0)),
                timeout_summary=f"{self._lying.standing.step}: lock, service level or absence",
            )
        except TimeoutError:
            return

    async def _do(self, step: Callable[[Any, Asked], Answered], argument: Asked, summary: str) -> Answered:
        return await workflow.execute_activity_method(
            step, argument, start_to_close_timeout=QUICK, retry_policy=BOOKS_RETRY, summary=summary[:200]
        )

    # ------------------------------------------------------------ what is shown

    @property
    def _lying(self) -> Desk:
        """The desk, once the first step was asked."""
        if self._desk is None:
            raise RuntimeError("the first step is not asked yet")
        return self._desk

    @property
    def _over(self) -> bool:
        return self._desk is not None and self._desk.matter.state.is_final

    def _next_number(self) -> int:
        self._number += 1
        return self._number

    def _show(self, desk: Desk) -> None:
        self._desk = desk
        turn = "" if desk.matter.state.is_final else desk.standing.assigned_to
        self._situation.enter(waiting_state(desk), waiting_for=awaited(desk), assigned_to=turn)

    def _details(self) -> list[str]:
        return details(self._request, self._desk, self._sentence)
