"""A partner's outbox: delivered in order, for as long as the partner is ours."""

from __future__ import annotations

from dataclasses import replace

from temporalio import workflow

from workflows.forwarding import words
from workflows.forwarding.flow import PartnerFlow
from workflows.forwarding.patience import DESK_RETRY, QUICK
from workflows.forwarding.steps import Carriers, ForwardingDesk

with workflow.unsafe.imports_passed_through():
    from models.errors import LeaseflowError
    from models.forwarding.errors import NotPausedError
    from models.forwarding.messages import (
        PartnerOrder,
        PauseFlow,
        PauseNote,
        Redrive,
        Redriven,
        RedriveNote,
    )
    from models.people import Role

_MAY_STOP = (Role.OPERATOR, Role.MANAGER)
_MAY_REDRIVE = (Role.OPERATOR, Role.ACCOUNTANT, Role.TREASURER)


@workflow.defn(name="OutboxForwarder", failure_exception_types=[LeaseflowError])
class OutboxForwarder(PartnerFlow):
    """One for each partner system."""

    @workflow.run
    async def run(self, order: PartnerOrder) -> None:
        await self._keep_moving(Carriers.deliver, summary=f"deliver to {order.partner}")

    # ------------------------------------------------------------ people's commands

    @workflow.update
    async def pause(self, command: PauseFlow) -> str:
        """Deliver nothing more until somebody resumes; what is put waits."""
        await self._note_pause(command.actor.username, command.reason)
        return f"{self._order.partner} paused"

    @pause.validator
    def _may_pause(self, command: PauseFlow) -> None:
        command.actor.require(*_MAY_STOP, to="pause deliveries")
        if self._flow.paused_by:
            raise NotPausedError(
                f"{self._order.partner} is paused already, by {self._flow.paused_by}",
                remedy="Resume it first",
            )

    @workflow.update
    async def resume(self, command: PauseFlow) -> str:
        """Go on delivering."""
        await self._note_pause("", command.reason)
        return f"{self._order.partner} resumed"

    @resume.validator
    def _may_resume(self, command: PauseFlow) -> None:
        command.actor.require(*_MAY_STOP, to="resume deliveries")
        if not self._flow.paused_by:
            raise NotPausedError(f"{self._order.partner} is not paused", remedy="There is nothing to resume")

    @workflow.update
    async def redrive(self, command: Redrive) -> Redriven:
        """Deliver dead letters again, or let those behind them pass."""
        return await workflow.execute_activity_method(
            ForwardingDesk.redrive_outbox,
            RedriveNote(self._order.partner, command, workflow.now()),
            start_to_close_timeout=QUICK,
            retry_policy=DESK_RETRY,
            summary=f"{'skip' if command.skip else 'drive again'} {len(command.keys) or 'all'} dead letters",
        )

    @redrive.validator
    def _may_redrive(self, command: Redrive) -> None:
        command.actor.require(*_MAY_REDRIVE, to="drive messages again")

    async def _note_pause(self, paused_by: str, reason: str) -> None:
        note = PauseNote(self._order.partner, paused_by, reason, workflow.now())
        await workflow.execute_activity_method(
            ForwardingDesk.note_pause,
            note,
            start_to_close_timeout=QUICK,
            retry_policy=DESK_RETRY,
            summary=f"{'pause' if paused_by else 'resume'} {self._order.partner}",
        )
        self._flow = replace(self._flow, paused_by=paused_by)
        self._enter()

    # ------------------------------------------------------------ what is shown

    def _enter(self) -> None:
        flow = self._flow
        state = "paused" if flow.paused_by else "stuck" if flow.trouble else "forwarding"
        self._situation.enter(
            state,
            waiting_for=words.outbox_waits_for(self._order.name or self._order.partner, flow),
            open_items=flow.waiting + flow.dead,
        )

    def _details(self) -> list[str]:
        return [f"{self._moved} messages delivered so far", *words.dead_letters(self._flow)]
