"""Where a cycle's time went, by the workflow's own history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

_ENDS = (EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED)


@dataclass(frozen=True, slots=True)
class Turn:
    """One activity of the cycle; moments in seconds since the scan was ordered."""

    name: str
    scheduled: float
    started: float
    ended: float


@dataclass(frozen=True, slots=True)
class Share:
    """What activities of one type took."""

    name: str
    turns: int
    waiting: float
    """Seconds from being scheduled to being started, summed."""
    running: float
    """Seconds at work, summed; those that ran side by side count each."""
    first: float
    last: float
    """When the first one started and the last one ended, in seconds since the scan was ordered."""


def turns(events: Iterable[HistoryEvent]) -> list[Turn]:
    """The activities of a history that ended."""
    scheduled: dict[int, HistoryEvent] = {}
    started: dict[int, HistoryEvent] = {}
    began: datetime | None = None
    found = []
    for event in events:
        began = began or _moment(event.event_time)
        match event.event_type:
            case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                scheduled[event.event_id] = event
            case EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
                started[event.activity_task_started_event_attributes.scheduled_event_id] = event
            case kind if kind in _ENDS:
                first = _scheduled_by(event)
                found.append(_turn(began, scheduled[first], started[first], event))
    return found


def shares(found: Iterable[Turn]) -> list[Share]:
    """The turns by type, in the order in which the types first ran."""
    by_name: dict[str, list[Turn]] = {}
    for turn in found:
        by_name.setdefault(turn.name, []).append(turn)
    summed = [
        Share(
            name,
            turns=len(group),
            waiting=sum(turn.started - turn.scheduled for turn in group),
            running=sum(turn.ended - turn.started for turn in group),
            first=min(turn.started for turn in group),
            last=max(turn.ended for turn in group),
        )
        for name, group in by_name.items()
    ]
    return sorted(summed, key=lambda share: share.first)


def _scheduled_by(event: HistoryEvent) -> int:
    attributes: Any = (
        event.activity_task_completed_event_attributes
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
        else event.activity_task_failed_event_attributes
    )
    return int(attributes.scheduled_event_id)


def _turn(began: datetime, scheduled: HistoryEvent, started: HistoryEvent, ended: HistoryEvent) -> Turn:
    def since(event: HistoryEvent) -> float:
        return (_moment(event.event_time) - began) / timedelta(seconds=1)

    name = scheduled.activity_task_scheduled_event_attributes.activity_type.name
    return Turn(name, since(scheduled), since(started), since(ended))


def _moment(stamp: Timestamp) -> datetime:
    return stamp.ToDatetime(tzinfo=UTC)
