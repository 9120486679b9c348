"""How approvals look to people and to machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from activities.store.approval import approvals, tasks
from activities.store.approval.tasks import InboxItem
from activities.store.tables.approvals import (
    ApprovalDecisionRow,
    ApprovalEventRow,
    ApprovalRow,
    ApprovalTaskRow,
)
from cli.output import done, house_time, print_table
from models.approval.messages import ApprovalRequest
from models.calendar import SHANGHAI

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def due_in(task: ApprovalTaskRow, now: datetime) -> str:
    """Calendar time that is left: ``3h``, ``2d``, ``late 20m``; ``!`` where it was escalated."""
    left = task.due_at - now
    amount = abs(left)
    if amount >= 2 * _DAY:
        told = f"{amount // _DAY}d"
    elif amount >= _HOUR:
        told = f"{amount // _HOUR}h"
    else:
        told = f"{amount // timedelta(minutes=1)}m"
    late = "late " if left < timedelta(0) else ""
    return f"{late}{told}{' !' if tasks.standing_of(task).level else ''}"


def nothing_waits(*, narrowed: bool) -> str:
    """An empty inbox, or one of which nothing was asked for."""
    return "nothing that waits for you fits --tag and --max-amount" if narrowed else "nothing waits for you"


def item_json(item: InboxItem, username: str) -> dict[str, Any]:
    """A line of an inbox."""
    task, row = item.task, item.approval
    return {
        "approval_id": row.approval_id,
        "kind": row.kind,
        "subject": row.subject,
        "title": row.title,
        "amount": str(approvals.amount_of(row)),
        "currency": row.currency,
        "requested_by": row.requested_by,
        "step": task.step,
        "assigned_to": task.assigned_to,
        "yours": task.assigned_to == username,
        "on_behalf_of": _absent(task, username),
        "locked_by": task.locked_by,
        "tags": task.tags,
        "escalated": tasks.standing_of(task).level,
        "due_at": task.due_at,
        "opened_at": task.opened_at,
    }


def approval_json(
    row: ApprovalRow, task: ApprovalTaskRow | None = None, *, whole: bool = False
) -> dict[str, Any]:
    """An approval; the whole of it with the request and the terms that it goes by."""
    facts: dict[str, Any] = {
        "approval_id": row.approval_id,
        "state": row.state,
        "kind": row.kind,
        "subject": row.subject,
        "title": row.title,
        "amount": str(approvals.amount_of(row)),
        "currency": row.currency,
        "requested_by": row.requested_by,
        "reason": row.reason,
        "conditions": row.conditions,
        "opened_at": row.opened_at,
        "ended_at": row.ended_at,
    }
    if whole:
        request = approvals.request_of(row)
        facts |= {
            "route": approvals.terms_of(row).route.name,
            "facts": request.facts,
            "negotiable": request.negotiable,
            "return_to": request.return_to,
            "round": request.round,
            "decided_before": request.decided_before,
            "task": _task_json(task) if task and task.done_at is None else None,
        }
    return facts


def event_json(event: ApprovalEventRow) -> dict[str, Any]:
    return {
        "number": event.number,
        "at": event.at,
        "by": event.by,
        "step": event.step,
        "what": event.what,
        "sentence": event.sentence,
    }


def decision_line(row: ApprovalDecisionRow) -> dict[str, Any]:
    return {
        "step": row.step,
        "username": row.username,
        "on_behalf_of": row.on_behalf_of,
        "decision": row.decision,
        "conditions": row.conditions,
        "reason": row.reason,
        "at": row.at,
    }


def print_events(trail: Sequence[ApprovalEventRow], names: Mapping[str, str]) -> None:
    """What happened, oldest first."""
    print_table(
        ("at", "step", "by", "what", "why"),
        [
            (
                f"{each.at.astimezone(SHANGHAI):%m-%d %H:%M}",
                each.step,
                f"{each.by} {names.get(each.by, '')}".strip(),
                each.what,
                each.sentence,
            )
            for each in trail
        ],
        empty="nothing happened yet",
    )


def print_approval(
    row: ApprovalRow, task: ApprovalTaskRow | None, decided: Sequence[ApprovalDecisionRow]
) -> None:
    """All that somebody should read before they decide."""
    request = approvals.request_of(row)
    for name, value in _head(row, request, task):
        if value not in {None, ""}:
            done(f"{name:<12} {house_time(value)}")
    for fact in request.facts:
        done(f"fact         {fact}")
    if request.negotiable:
        done("")
        print_table(
            ("term", "meaning", "as applied for", "at least", "at most"),
            [(t.name, t.label, t.value, t.at_least, t.at_most) for t in request.negotiable],
            empty="",
        )
    earlier = [(each.step, each.username, each.decision, each.reason) for each in request.decided_before]
    now = [(each.step, _who(each), each.decision, _why(each)) for each in decided]
    if earlier or now:
        done("")
        print_table(("step", "by", "decision", "why"), [*earlier, *now], empty="")


def _head(
    row: ApprovalRow, request: ApprovalRequest, task: ApprovalTaskRow | None
) -> list[tuple[str, object]]:
    open_task = task if task is not None and task.done_at is None else None
    route = approvals.terms_of(row).route
    lines: list[tuple[str, object]] = [
        ("approval", row.approval_id),
        ("state", f"{row.state}: {row.reason}" if row.reason else row.state),
        ("title", row.title),
        ("amount", f"{approvals.amount_of(row)} {row.currency}"),
        ("asked by", row.requested_by),
        ("route", f"{route.name}: {', '.join(step.name for step in route.steps) or 'by rules'}"),
        ("returns to", ", ".join(request.return_to)),
        ("conditions", ", ".join(f"{each['term']} = {each['value']}" for each in row.conditions)),
    ]
    if open_task is not None:
        lines += [
            ("step", open_task.step),
            ("assigned to", open_task.assigned_to or "nobody"),
            ("may decide", ", ".join(open_task.people) or "nobody as things stand"),
            ("held by", open_task.locked_by),
            ("held until", open_task.lock_until),
            ("due", open_task.due_at),
            ("tags", ", ".join(open_task.tags)),
        ]
    return lines


def _task_json(task: ApprovalTaskRow) -> dict[str, Any]:
    return {
        "step": task.step,
        "people": task.people,
        "assigned_to": task.assigned_to,
        "locked_by": task.locked_by,
        "lock_until": task.lock_until,
        "tags": task.tags,
        "escalated": tasks.standing_of(task).level,
        "due_at": task.due_at,
    }


def _absent(task: ApprovalTaskRow, username: str) -> str:
    deputies = tasks.standing_of(task).deputies
    return next((each.absent for each in deputies if each.username == username), "")


def _who(row: ApprovalDecisionRow) -> str:
    return f"{row.username} for {row.on_behalf_of}" if row.on_behalf_of else row.username


def _why(row: ApprovalDecisionRow) -> str:
    on = ", ".join(f"{each['term']} = {each['value']}" for each in row.conditions)
    return "; ".join(filter(None, [f"on {on}" if on else "", row.reason]))
