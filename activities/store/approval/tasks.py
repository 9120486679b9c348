"""Tasks: the steps that are or were asked, and everybody's inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import Select, any_, func, literal, select, union_all
from sqlalchemy.orm import defer
from sqlmodel import Session, col

from activities.store.tables.approvals import ApprovalRow, ApprovalTaskRow
from models.approval.books import Standing
from models.approval.messages import ApprovalState

_STANDING: Final = TypeAdapter(Standing)
_ORDINARY: Final = 3
_MOST_URGENT: Final = 1
_NOT_LISTED: Final = (
    defer(ApprovalRow.request, raiseload=True),  # type: ignore[arg-type]
    defer(ApprovalRow.terms, raiseload=True),  # type: ignore[arg-type]
)
"""What a list of many does without."""


def enter(
    session: Session,
    approval_id: str,
    visit: int,
    standing: Standing,
    *,
    tags: list[str],
    at: datetime,
    due_at: datetime,
) -> None:
    """Open a task for the people who may decide it."""
    row = ApprovalTaskRow(
        approval_id=approval_id,
        visit=visit,
        step=standing.step,
        people=[],
        standing={},
        assigned_to="",
        priority=_ORDINARY,
        tags=tags,
        opened_at=at,
        due_at=due_at,
    )
    show(session, row, standing)


def show(session: Session, row: ApprovalTaskRow, standing: Standing) -> None:
    """Show a task to those who may decide it now."""
    row.standing = _STANDING.dump_python(standing, mode="json")
    row.people, row.assigned_to = list(standing.everyone), standing.assigned_to
    row.priority = max(_MOST_URGENT, _ORDINARY - standing.level)
    if standing.due_at is not None:
        row.due_at = standing.due_at
    session.add(row)
    session.flush()


def find(session: Session, approval_id: str, visit: int) -> ApprovalTaskRow:
    """A task that the workflow opened."""
    return session.get_one(ApprovalTaskRow, (approval_id, visit))


def newest(session: Session, approval_id: str) -> ApprovalTaskRow | None:
    """The task that was opened last; None where rules decided."""
    return session.execute(
        select(ApprovalTaskRow)
        .where(col(ApprovalTaskRow.approval_id) == approval_id)
        .order_by(col(ApprovalTaskRow.visit).desc())
        .limit(1)
    ).scalar_one_or_none()


def standing_of(row: ApprovalTaskRow) -> Standing:
    """Who may decide it, as the workflow was last answered."""
    return _STANDING.validate_python(row.standing)


def close(session: Session, row: ApprovalTaskRow, *, at: datetime) -> None:
    """Take it off all inboxes."""
    row.done_at, row.locked_by, row.lock_until = at, "", None
    session.add(row)
    session.flush()


def open_counts(session: Session) -> dict[str, int]:
    """Open tasks by whose turn it is."""
    rows = session.execute(
        select(col(ApprovalTaskRow.assigned_to), func.count())
        .where(col(ApprovalTaskRow.done_at).is_(None))
        .group_by(col(ApprovalTaskRow.assigned_to))
    )
    return dict(rows.all())


def concerned(session: Session, usernames: Sequence[str]) -> list[str]:
    """Open approvals that one of these people may decide, and those that nobody may."""
    rows = session.execute(
        select(col(ApprovalTaskRow.approval_id)).where(
            col(ApprovalTaskRow.done_at).is_(None),
            col(ApprovalTaskRow.people).bool_op("&&")(list(usernames)) | (col(ApprovalTaskRow.people) == []),
        )
    )
    return list(rows.scalars())


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A task with the approval that it is about."""

    task: ApprovalTaskRow
    approval: ApprovalRow


def inbox(
    session: Session,
    username: str,
    *,
    tag: str | None = None,
    max_minor: int | None = None,
    limit: int = 50,
) -> list[InboxItem]:
    """What waits for a person: theirs first, the most urgent first; what others hold is left out."""
    rows = session.execute(inbox_query(username, tag=tag, max_minor=max_minor, limit=limit))
    return [InboxItem(task, approval) for task, approval in rows]


def inbox_query(
    username: str, *, tag: str | None = None, max_minor: int | None = None, limit: int = 50
) -> Select[ApprovalTaskRow, ApprovalRow]:
    """The one query behind an inbox: two index scans, each cut off at the limit."""
    task = ApprovalTaskRow
    waiting = select(col(task.approval_id), col(task.visit)).where(
        col(task.done_at).is_(None), col(task.locked_by).in_(["", username])
    )
    if tag is not None:
        waiting = waiting.where(literal(tag) == any_(col(task.tags)))
    if max_minor is not None:
        waiting = waiting.join(ApprovalRow, col(ApprovalRow.approval_id) == col(task.approval_id)).where(
            col(ApprovalRow.amount_minor) <= max_minor
        )
    mine = waiting.where(col(task.assigned_to) == username)
    others = waiting.where(col(task.people).contains([username]), col(task.assigned_to) != username)
    ranked = [each.order_by(col(task.priority), col(task.due_at)).limit(limit) for each in (mine, others)]
    found = union_all(*(each.subquery().select() for each in ranked)).subquery()
    return (
        select(ApprovalTaskRow, ApprovalRow)
        .join(found, (found.c.approval_id == col(task.approval_id)) & (found.c.visit == col(task.visit)))
        .join(ApprovalRow, col(ApprovalRow.approval_id) == col(task.approval_id))
        .order_by((col(task.assigned_to) == username).desc(), col(task.priority), col(task.due_at))
        .limit(limit)
        .options(*_NOT_LISTED)
    )


def of_state(session: Session, state: ApprovalState | None, *, limit: int) -> list[ApprovalRow]:
    """Approvals, newest first."""
    query = select(ApprovalRow).order_by(col(ApprovalRow.opened_at).desc()).limit(limit)
    if state is not None:
        query = query.where(col(ApprovalRow.state) == state)
    return list(session.execute(query).scalars())
