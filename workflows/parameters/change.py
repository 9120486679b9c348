"""One change of parameters: proposed, previewed, approved by somebody else, in force from its date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows.parameters.steps import ParameterBooks, ParameterPreviews
from workflows.queues import Queue
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.calendar import SHANGHAI
    from models.errors import LeaseflowError
    from models.parameters.changes.errors import (
        NotYourProposalError,
        OwnProposalError,
        ProposalNotOpenError,
    )
    from models.parameters.changes.messages import (
        Approval,
        ChangeOutcome,
        ChangeStatus,
        Checked,
        CloseProposal,
        Entered,
        EnterVersion,
        Previewed,
        Proposal,
        ProposalState,
        ProposalStep,
        Rejection,
        Withdrawal,
    )
    from models.parameters.registry import parameter_set

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")

_QUICK: Final = timedelta(seconds=60)
_COMPUTING: Final = timedelta(minutes=10)
_RETRY: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    maximum_interval=timedelta(seconds=30),
    non_retryable_error_types=["InvalidInputError", "UnknownProposalError", "UnknownParameterSetError"],
)
"""The database comes back: tried until it does."""
_LINES_SHOWN: Final = 20


@workflow.defn(name="ParameterChange", failure_exception_types=[LeaseflowError])
class ParameterChange:
    """From a proposal to a version in force, or to a no."""

    @workflow.init
    def __init__(self, proposal: Proposal) -> None:
        self._proposal = proposal
        self._state = ProposalState.CHECKING
        self._command: Approval | Rejection | Withdrawal | None = None
        self._checked = Checked()
        self._previewed = Previewed(())
        self._outcome = ChangeOutcome(proposal.proposal_id, self._state)
        self._situation = Situation(self._details)

    @workflow.run
    async def run(self, proposal: Proposal) -> ChangeOutcome:
        self._enter(ProposalState.CHECKING)
        self._checked = await self._do(
            ParameterBooks.propose, proposal, f"{proposal.proposed_by.username}: {proposal.reason}"
        )
        if self._checked.refusal:
            return await self._end(ProposalState.REFUSED, self._checked.refusal)
        self._previewed = await self._preview()
        self._enter(ProposalState.WAITING_FOR_APPROVAL, waiting_for=self._asked_of_approvers())
        await workflow.wait_condition(lambda: self._command is not None)
        if not isinstance(self._command, Approval):
            return await self._turn_down()
        entered = await self._enter_version(self._command)
        if entered.stale or entered.effective_from is None:
            return await self._end(ProposalState.STALE, entered.stale)
        return await self._take_effect(entered, entered.effective_from)

    # ------------------------------------------------------------ people speak

    @workflow.query
    def status(self) -> ChangeStatus:
        return ChangeStatus(
            self._state, self._situation.waiting_for, self._previewed.changes, self._previewed.outcome
        )

    @workflow.update
    async def approve(self, command: Approval) -> ChangeOutcome:
        """Agree to a proposal of somebody else; it becomes a version, or turns out to be stale."""
        return await self._obey(command)

    @approve.validator
    def _may_approve(self, command: Approval) -> None:
        self._must_be_open("approved")
        command.actor.require(*self._editors, to=f"approve changes of {self._proposal.set_name}")
        if command.actor.username == self._proposal.proposed_by.username:
            raise OwnProposalError(command.actor.username, self._proposal.proposal_id)

    @workflow.update
    async def reject(self, command: Rejection) -> ChangeOutcome:
        """Turn a proposal down."""
        return await self._obey(command)

    @reject.validator
    def _may_reject(self, command: Rejection) -> None:
        self._must_be_open("rejected")
        command.actor.require(*self._editors, to=f"reject changes of {self._proposal.set_name}")

    @workflow.update
    async def withdraw(self, command: Withdrawal) -> ChangeOutcome:
        """Take one's own proposal back."""
        return await self._obey(command)

    @withdraw.validator
    def _may_withdraw(self, command: Withdrawal) -> None:
        self._must_be_open("withdrawn")
        proposer = self._proposal.proposed_by.username
        if command.actor.username != proposer:
            raise NotYourProposalError(command.actor.username, self._proposal.proposal_id, proposer)

    @property
    def _editors(self) -> tuple[Any, ...]:
        return parameter_set(self._proposal.set_name).editors

    def _must_be_open(self, wanted: str) -> None:
        if self._state is not ProposalState.WAITING_FOR_APPROVAL or self._command is not None:
            raise ProposalNotOpenError(self._proposal.proposal_id, self._state, wanted)

    async def _obey(self, command: Approval | Rejection | Withdrawal) -> ChangeOutcome:
        self._command = command
        await workflow.wait_condition(lambda: not self._state.is_open)
        return self._outcome

    # ------------------------------------------------------------ what follows

    async def _preview(self) -> Previewed:
        step = ProposalStep(self._proposal.proposal_id, workflow.now())
        return await workflow.execute_activity_method(
            ParameterPreviews.preview,
            step,
            task_queue=Queue.ANALYSIS,
            start_to_close_timeout=_COMPUTING,
            retry_policy=_RETRY,
            summary=f"what it would have done in the last {self._proposal.replay_days} days",
        )

    async def _turn_down(self) -> ChangeOutcome:
        command = self._command
        state = ProposalState.WITHDRAWN if isinstance(command, Withdrawal) else ProposalState.REJECTED
        by = command.actor.username if command else ""
        why = command.reason if isinstance(command, Rejection | Withdrawal) else ""
        close = CloseProposal(self._proposal.proposal_id, state, by, why, workflow.now())
        await self._do(ParameterBooks.close, close, f"{state} by {by}: {why}")
        return await self._end(state, f"{by}: {why}")

    async def _enter_version(self, approval: Approval) -> Entered:
        request = EnterVersion(
            self._proposal.proposal_id, approval.actor.username, approval.note, workflow.now()
        )
        return await self._do(
            ParameterBooks.enter_version, request, f"approved by {approval.actor.username}: {approval.note}"
        )

    async def _take_effect(self, entered: Entered, effective_from: datetime) -> ChangeOutcome:
        by = self._command.actor.username if self._command else ""
        local = f"{effective_from.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        self._note(
            ProposalState.APPROVED,
            f"approved by {by}, version {entered.version}, in force from {local}",
            entered,
            waiting_for=f"its effective date, {local}" if effective_from > workflow.now() else "",
        )
        if effective_from > workflow.now():
            await workflow.sleep(effective_from - workflow.now(), summary=f"in force from {local}")
        step = ProposalStep(self._proposal.proposal_id, workflow.now())
        taken = await self._do(ParameterBooks.take_effect, step, f"version {entered.version} takes effect")
        self._note(taken.state, taken.sentence, entered)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._outcome

    async def _end(self, state: ProposalState, sentence: str) -> ChangeOutcome:
        self._note(state, sentence)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._outcome

    async def _do(self, step: Callable[[Any, Asked], Answered], argument: Asked, summary: str) -> Answered:
        return await workflow.execute_activity_method(
            step, argument, start_to_close_timeout=_QUICK, retry_policy=_RETRY, summary=summary[:200]
        )

    # ------------------------------------------------------------ what is shown

    def _note(
        self, state: ProposalState, sentence: str, entered: Entered | None = None, *, waiting_for: str = ""
    ) -> None:
        """Come into a state; those who wait for their answer get this one."""
        self._outcome = ChangeOutcome(
            self._proposal.proposal_id,
            state,
            entered.version if entered else None,
            entered.effective_from if entered else None,
            sentence,
        )
        self._enter(state, waiting_for=waiting_for)

    def _enter(self, state: ProposalState, *, waiting_for: str = "") -> None:
        self._state = state
        open_ = state is ProposalState.WAITING_FOR_APPROVAL
        alone = self._checked.approvers[0] if open_ and len(self._checked.approvers) == 1 else ""
        self._situation.enter(state, waiting_for=waiting_for, assigned_to=alone)

    def _asked_of_approvers(self) -> str:
        """``xu.bo to approve: limits.per_payment 50000000 → 20000000; 3 of 412 past payments …``."""
        first, *more = self._previewed.changes
        and_more = f" (and {len(more)} more)" if more else ""
        asked = f"{' or '.join(self._checked.approvers)} to approve: {first}{and_more}"
        return "; ".join((asked, *self._previewed.outcome[:1]))

    def _details(self) -> list[str]:
        proposal = self._proposal
        effective = proposal.effective_from
        when = f"from {effective.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if effective else "on approval"
        return [
            f"{proposal.set_name}: {proposal.reason}",
            f"proposed by {proposal.proposed_by.username}, effective {when}",
            *(f"- {line}" for line in self._previewed.changes[:_LINES_SHOWN]),
            *(f"- {line}" for line in self._previewed.outcome),
            *([self._outcome.sentence] if self._outcome.sentence else []),
        ]
