"""What a partner's forwarder and its reader have in common: a carrier's step, again and again, for years."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from temporalio import workflow

from workflows.forwarding.patience import ALIVE, CARRIER_RETRY, CARRYING
from workflows.queues import Queue
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.forwarding.messages import Flow, MoveMessages, PartnerOrder, PartnerStatus


class PartnerFlow(ABC):
    """One direction of one partner. Waiting and trying again happen inside a step: they cost no history."""

    @workflow.init
    def __init__(self, order: PartnerOrder) -> None:
        self._order = order
        self._flow = order.flow
        self._moved = order.moved
        self._situation = Situation(self._details)

    @workflow.query
    def status(self) -> PartnerStatus:
        return PartnerStatus(self._order.partner, self._situation.waiting_for, self._flow, self._moved)

    async def _keep_moving(
        self, step: Callable[[Any, MoveMessages], Awaitable[Flow]], *, summary: str
    ) -> None:
        """Move messages until the history is long, then continue as new with what is remembered."""
        self._enter()
        while not workflow.info().is_continue_as_new_suggested():
            self._flow = await workflow.execute_activity_method(
                step,
                MoveMessages(self._order.partner, self._flow),
                task_queue=Queue.FORWARDING,
                start_to_close_timeout=CARRYING,
                heartbeat_timeout=ALIVE,
                retry_policy=CARRIER_RETRY,
                summary=summary,
            )
            self._moved += self._flow.moved
            self._enter()
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(replace(self._order, moved=self._moved, flow=self._flow))

    @abstractmethod
    def _enter(self) -> None:
        """Show how things stand."""

    @abstractmethod
    def _details(self) -> list[str]:
        """What is shown below it."""
