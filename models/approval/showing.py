"""How an approval is told to people and to the process that asked."""

from __future__ import annotations

from datetime import datetime

from models.approval.deliberation import Deliberation
from models.approval.desk import Desk, Judged
from models.approval.messages import ApprovalOutcome, ApprovalRequest, ApprovalState, ApprovalStatus
from models.calendar import SHANGHAI

NOBODY = "nobody-may-decide"
ESCALATED = "escalated"
_FEW = 3


def outcome(matter: Deliberation) -> ApprovalOutcome:
    """How it ended."""
    return ApprovalOutcome(
        approval_id=matter.request.approval_id,
        state=matter.state,
        conditions=matter.conditions if matter.state is ApprovalState.APPROVED else (),
        returned_to=matter.returned_to,
        reason=matter.reason,
        decided=matter.decided,
    )


def status_of(desk: Desk, waiting_for: str, sentence: str, now: datetime) -> ApprovalStatus:
    """How it stands."""
    matter, standing = desk.matter, desk.standing
    status = ApprovalStatus(
        matter.request.approval_id,
        matter.state,
        sentence=sentence,
        tags=desk.tags,
        conditions=matter.conditions,
        decided=matter.decided,
        returned_to=matter.returned_to,
    )
    if matter.state.is_final:
        return status
    return ApprovalStatus(
        **vars(status)
        | {
            "step": matter.step.name,
            "waiting_for": waiting_for,
            "pool": standing.everyone,
            "assigned_to": standing.assigned_to,
            "locked_by": desk.holder(now),
            "lock_until": desk.lock_until,
            "due_at": standing.due_at,
            "escalated": standing.level,
            "needs_person": not standing.everyone,
        }
    )


def waiting_state(desk: Desk) -> str:
    """One word for operators: ``waiting``, ``escalated``, ``nobody-may-decide``, or how it ended."""
    if desk.matter.state.is_final:
        return desk.matter.state
    if not desk.standing.everyone:
        return NOBODY
    return ESCALATED if desk.standing.level else ApprovalState.WAITING


def awaited(desk: Desk) -> str:
    """``li.wei or 2 others to decide as officer until 2026-11-24 13:00``."""
    step, standing = desk.matter.step, desk.standing
    if desk.matter.state.is_final:
        return ""
    if not standing.everyone:
        return f"somebody who may decide as {step.name}: every {step.role.value} is excluded or away"
    others = [name for name in standing.everyone if name != standing.assigned_to]
    named = [standing.assigned_to, *others] if len(others) < _FEW else [standing.assigned_to]
    whom = " or ".join(named) if len(named) > 1 or not others else f"{named[0]} or {len(others)} others"
    until = f" until {_local(standing.due_at)}" if standing.due_at else ""
    return f"{whom} to decide as {step.name}{until}"


def described(judged: Judged) -> str:
    """``approve by li.wei for zhang.min``."""
    absent = f" for {judged.word.on_behalf_of}" if judged.word.on_behalf_of else ""
    return f"{judged.decision} by {judged.word.username}{absent}"


def details(request: ApprovalRequest, desk: Desk | None, sentence: str) -> list[str]:
    """Lines that an operator reads."""
    lines = [
        f"{request.title}, {request.amount} {request.amount.currency}",
        f"asked by {request.requested_by.username}, round {request.round}",
        *(f"- {fact}" for fact in request.facts),
    ]
    if desk is None:
        return lines
    decided = [f"- {each.step}: {each.decision} by {each.username}" for each in desk.matter.decided]
    conditions = [f"- on condition {each.term} = {each.value}" for each in desk.matter.conditions]
    held = [f"held by {desk.locked_by} until {_local(desk.lock_until)}"] if desk.lock_until else []
    tags = [f"tags: {', '.join(desk.tags)}"] if desk.tags else []
    last = [sentence] if sentence else []
    return [*lines, *decided, *conditions, *held, *tags, *last]


def _local(instant: datetime | None) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if instant else ""
