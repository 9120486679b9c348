"""Which workflows and activities each task queue runs. Missing steps fail here, at start-up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from temporalio import activity
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from workers.wiring import Wiring
from workflows.bill_monitoring import review, scan, warning
from workflows.queues import Queue

WORKFLOWS: Final = (scan.OverdueBillScan, review.BillReview, warning.BillWarning)

HANDS: Final[Mapping[Queue, tuple[Callable[[Wiring], object], ...]]] = {
    Queue.ENGINE: (Wiring.scan_books, Wiring.messenger),
    Queue.CRAWL: (Wiring.exchange_robot,),
    Queue.OCR: (Wiring.document_desk,),
    Queue.ANALYSIS: (Wiring.risk_analysis,),
}
"""Who does the steps of each queue."""


def workflows_of(queue: Queue) -> list[type]:
    return list(WORKFLOWS) if queue is Queue.ENGINE else []


def activities_of(queue: Queue, wiring: Wiring) -> list[Callable[..., Any]]:
    """The activities of a queue; building them checks that every step is implemented."""
    return [step for hand in HANDS[queue] for step in steps_of(hand(wiring))]


def workflow_runner() -> SandboxedWorkflowRunner:
    """The sandbox with our pure models passed through: loading them anew costs 58 ms a workflow."""
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(
            "models", "chinese_calendar", "structlog", "pydantic", "annotated_types"
        )
    )


def steps_of(hands: object) -> list[Callable[..., Any]]:
    found = []
    for name in dir(type(hands)):
        method = getattr(hands, name)
        if callable(method) and getattr(method, "__temporal_activity_definition", None) is not None:
            found.append(method)
    if not found:
        raise TypeError(
            f"{type(hands).__name__} implements no step; decorate its methods with {activity.defn}"
        )
    return found
