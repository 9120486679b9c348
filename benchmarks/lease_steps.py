"""Where the time of an application goes, by the histories of its workflows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Final

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHandle

from models.lease.workflow_ids import application_workflow

_DECIDING: Final = "(deciding)"
"""Workflow tasks, steps in place included."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one workflow."""

    workflow: str
    name: str
    waited: float
    """Seconds until a worker took it."""
    took: float
    """Seconds until it was done."""
    attempt: int = 1


@dataclass
class StepTimes:
    """Steps of several applications."""

    _by_name: dict[tuple[str, str], list[tuple[int, float, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, steps: Iterable[Step]) -> None:
        """Count the steps of one application."""
        sums: dict[tuple[str, str], list[Step]] = defaultdict(list)
        for step in steps:
            sums[step.workflow, step.name].append(step)
        for key, found in sums.items():
            waited, took = sum(each.waited for each in found), sum(each.took for each in found)
            self._by_name[key].append((len(found), waited, took))

    def tell(self, whole: float) -> None:
        """Print the median of each step, in the order in which they are met."""
        print(f"\n{'where the time goes':<52}{'times':>6}{'waits':>9}{'takes':>9}")
        for (workflow, name), rows in self._by_name.items():
            times, waited, took = (median(column) for column in zip(*rows, strict=True))
            print(f"  {workflow + ' ' + name:<50}{times:>6.0f}{waited:>8.3f}s{took:>8.3f}s")
        print(f"  {'from start to active':<50}{'':>6}{'':>9}{whole:>8.3f}s")


async def steps_of(client: Client, application_id: str) -> list[Step]:
    """Every step of an application, its contract, disbursement and payment."""
    found, ids = [], [application_workflow(application_id)]
    while ids:
        handle = client.get_workflow_handle(ids.pop(0))
        events, children = await _events(handle)
        found += _steps(events)
        ids += children
    return found


async def _events(handle: WorkflowHandle[object, object]) -> tuple[list[HistoryEvent], list[str]]:
    events = [event async for event in handle.fetch_history_events()]
    started = EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED
    children = [
        event.child_workflow_execution_started_event_attributes.workflow_execution.workflow_id
        for event in events
        if event.event_type == started
    ]
    return events, children


def _steps(events: list[HistoryEvent]) -> list[Step]:
    by_id = {event.event_id: event for event in events}
    workflow = events[0].workflow_execution_started_event_attributes.workflow_type.name
    found = []
    for event in events:
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            ended = event.activity_task_completed_event_attributes
            asked, began = by_id[ended.scheduled_event_id], by_id[ended.started_event_id]
            name = asked.activity_task_scheduled_event_attributes.activity_type.name
            attempt = began.activity_task_started_event_attributes.attempt
            found.append(Step(workflow, name, _seconds(asked, began), _seconds(began, event), attempt))
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            decided = event.workflow_task_completed_event_attributes
            asked, began = by_id[decided.scheduled_event_id], by_id[decided.started_event_id]
            found.append(Step(workflow, _DECIDING, _seconds(asked, began), _seconds(began, event)))
    return found


def _seconds(first: HistoryEvent, second: HistoryEvent) -> float:
    apart: timedelta = second.event_time.ToDatetime() - first.event_time.ToDatetime()
    return apart.total_seconds()
