"""What a partner sends: stored once and handled in order, for as long as the partner is ours."""

from __future__ import annotations

from temporalio import workflow

from workflows.forwarding import words
from workflows.forwarding.flow import PartnerFlow
from workflows.forwarding.patience import DESK_RETRY, QUICK
from workflows.forwarding.steps import Carriers, ForwardingDesk

with workflow.unsafe.imports_passed_through():
    from models.errors import LeaseflowError
    from models.forwarding.messages import PartnerOrder, Redrive, Redriven, RedriveNote
    from models.people import Role


@workflow.defn(name="InboxReader", failure_exception_types=[LeaseflowError])
class InboxReader(PartnerFlow):
    """One for each partner system, whichever way its messages come."""

    @workflow.run
    async def run(self, order: PartnerOrder) -> None:
        await self._keep_moving(Carriers.take_in, summary=f"take in from {order.partner}")

    @workflow.update
    async def redrive(self, command: Redrive) -> Redriven:
        """Handle dead letters again, or let those behind them pass."""
        return await workflow.execute_activity_method(
            ForwardingDesk.redrive_inbox,
            RedriveNote(self._order.partner, command, workflow.now()),
            start_to_close_timeout=QUICK,
            retry_policy=DESK_RETRY,
            summary=f"{'skip' if command.skip else 'handle again'} {len(command.keys) or 'all'} dead letters",
        )

    @redrive.validator
    def _may_redrive(self, command: Redrive) -> None:
        command.actor.require(
            Role.OPERATOR, Role.ACCOUNTANT, Role.TREASURER, to="have messages handled again"
        )

    def _enter(self) -> None:
        flow = self._flow
        self._situation.enter(
            "stuck" if flow.trouble else "reading",
            waiting_for=words.inbox_waits_for(self._order.name or self._order.partner, flow),
            open_items=flow.waiting + flow.dead,
        )

    def _details(self) -> list[str]:
        return [f"{self._moved} messages handled so far", *words.dead_letters(self._flow)]
