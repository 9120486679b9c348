"""The end of a day: our books of what was exchanged and the partners' must say the same."""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows.forwarding.patience import COMPARING, COMPARING_ENDS, COMPARING_RETRY, DESK_RETRY, QUICK
from workflows.forwarding.steps import ForwardingDesk
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.errors import LeaseflowError
    from models.forwarding.messages import (
        CheckDay,
        ConsistencyOrder,
        ConsistencyOutcome,
        DayChecked,
    )


@workflow.defn(name="ConsistencyCheck", failure_exception_types=[LeaseflowError])
class ConsistencyCheck:
    """Compares one day with every partner, or with one; what is missing there is delivered again."""

    @workflow.init
    def __init__(self, order: ConsistencyOrder) -> None:
        self._order = order
        self._open: list[str] = []
        self._done: list[DayChecked] = []
        self._silent: list[str] = []
        self._situation = Situation(self._details)

    @workflow.run
    async def run(self, order: ConsistencyOrder) -> ConsistencyOutcome:
        checks = await workflow.execute_activity_method(
            ForwardingDesk.days_to_check,
            order,
            start_to_close_timeout=QUICK,
            retry_policy=DESK_RETRY,
            summary="see which partners are compared",
        )
        self._open = [check.partner for check in checks]
        self._enter()
        await asyncio.gather(*(self._check(check) for check in checks))
        self._situation.enter("differing" if self._differ() else "consistent", open_items=self._differ())
        return ConsistencyOutcome(
            tuple(sorted(self._done, key=lambda day: day.partner)), tuple(sorted(self._silent))
        )

    @workflow.query
    def status(self) -> ConsistencyOutcome:
        return ConsistencyOutcome(tuple(self._done), tuple(self._silent))

    async def _check(self, check: CheckDay) -> None:
        try:
            self._done.append(
                await workflow.execute_activity_method(
                    ForwardingDesk.check_day,
                    check,
                    start_to_close_timeout=COMPARING,
                    schedule_to_close_timeout=COMPARING_ENDS,
                    retry_policy=COMPARING_RETRY,
                    summary=f"compare {check.day} with {check.partner}",
                )
            )
        except ActivityError as error:
            self._silent.append(f"{check.partner}: {error.cause or error}")
        self._open.remove(check.partner)
        self._enter()

    def _differ(self) -> int:
        return sum(day.difference_count for day in self._done) + len(self._silent)

    def _enter(self) -> None:
        waiting_for = f"the books of {', '.join(self._open)}" if self._open else ""
        self._situation.enter("comparing", waiting_for=waiting_for)

    def _details(self) -> list[str]:
        lines = [f"- not compared: {each}" for each in self._silent]
        for day in self._done:
            lines.append(
                f"- {day.partner} {day.day}: {day.messages} messages, {day.difference_count} differences,"
                f" {day.redriven} delivered again"
            )
            lines += [f"- {each.topic} {each.key}: {each.kind}" for each in day.differences[:10]]
        return lines
