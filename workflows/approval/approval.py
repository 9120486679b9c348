"""One approval: asked tier by tier, held, escalated, decided; never forgotten."""

from __future__ import annotations

import asyncio

from temporalio import workflow

from workflows.approval.course import Course
from workflows.search_attributes import AMOUNT, BUSINESS_REFERENCE, COUNTERPARTY

with workflow.unsafe.imports_passed_through():
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
    from models.approval.desk import Decision, Handling
    from models.approval.messages import ApprovalOutcome, ApprovalRequest, ApprovalState, ApprovalStatus
    from models.approval.showing import outcome, status_of
    from models.errors import LeaseflowError


@workflow.defn(name="Approval", failure_exception_types=[LeaseflowError])
class Approval:
    """From a request to a decision. What may be done and what follows stands in ``models.approval``."""

    @workflow.init
    def __init__(self, request: ApprovalRequest) -> None:
        self._request = request
        self._course = Course(request)

    @workflow.run
    async def run(self, request: ApprovalRequest) -> ApprovalOutcome:
        workflow.upsert_search_attributes(
            [
                BUSINESS_REFERENCE.value_set(request.subject),
                COUNTERPARTY.value_set(request.counterparty),
                AMOUNT.value_set(int(request.amount.amount)),
            ]
        )
        course = self._course
        if (await course.open()).standing is None:
            course.situation.enter(ApprovalState.APPROVED)
            return ApprovalOutcome(request.approval_id, ApprovalState.APPROVED, by_rules=True)
        try:
            await course.keep_time()
        except asyncio.CancelledError:  # the asking process was cancelled: nobody is asked any longer
            await asyncio.shield(course.take_back("the asking process was cancelled"))
            raise
        await workflow.wait_condition(workflow.all_handlers_finished)
        return outcome(course.lying.matter)

    # ------------------------------------------------------------ people and processes speak

    @workflow.query
    def status(self) -> ApprovalStatus:
        course = self._course
        if course.desk is None:
            return ApprovalStatus(self._request.approval_id, ApprovalState.WAITING)
        return status_of(course.desk, course.situation.waiting_for, course.sentence, workflow.now())

    @workflow.signal
    def people_changed(self) -> None:
        """Somebody who may decide is away, back, or new: the books are asked again who may."""
        self._course.people_changed = True

    @workflow.signal
    async def recall(self, command: Withdraw) -> None:
        """The asking process takes it back; nothing happens when it was decided in the meantime."""
        await workflow.wait_condition(lambda: self._course.desk is not None)
        await self._course.take_back(command.reason or "taken back")

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

    # ------------------------------------------------------------ how people are heard

    def _check(self, command: Decision | Handling) -> None:
        """Refuse before anything is written; before the first step is asked, the handler refuses."""
        desk = self._course.desk
        if desk is None:
            return
        if isinstance(command, Decision):
            desk.decide(command, workflow.now())
        else:
            desk.handle(command, workflow.now())

    async def _obey(self, command: Decision | Handling) -> ApprovalStatus:
        await self._course.obey(command)
        return self.status()
