"""What a partner sends: stored once and handled in order, for as long as the partner is ours."""

from __future__ import annotations

from dataclasses import replace

from temporalio import workflow

from workflows.forwarding import words
from workflows.forwarding.patience import ALIVE, CARRIER_RETRY, CARRYING, DESK_RETRY, QUICK
from workflows.forwarding.steps import Carriers, ForwardingDesk
from workflows.queues import Queue
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.errors import LeaseflowError
    from models.forwarding.messages import (
        MoveMessages,
        PartnerOrder,
        PartnerStatus,
        Redrive,
        Redriven,
        RedriveNote,
    )
    from models.people import Role


@workflow.defn(name="InboxReader", failure_exception_types=[LeaseflowError])
class InboxReader:
    """One for each partner system, whichever way its messages come."""

    @workflow.init
    def __init__(self, order: PartnerOrder) -> None:
        self._order = order
        self._flow = order.flow
        self._moved = order.moved
        self._situation = Situation(self._details)

    @workflow.run
    async def run(self, order: PartnerOrder) -> None:
        self._enter()
        while not workflow.info().is_continue_as_new_suggested():
            self._flow = await workflow.execute_activity_method(
                Carriers.take_in,
                MoveMessages(order.partner, self._flow),
                task_queue=Queue.FORWARDING,
                start_to_close_timeout=CARRYING,
                heartbeat_timeout=ALIVE,
                retry_policy=CARRIER_RETRY,
                summary=f"take in from {order.partner}",
            )
            self._moved += self._flow.moved
            self._enter()
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(replace(self._order, moved=self._moved, flow=self._flow))

    @workflow.query
    def status(self) -> PartnerStatus:
        return PartnerStatus(self._order.partner, self._situation.waiting_for, self._flow, self._moved)

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
