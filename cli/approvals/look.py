"""See what waits, for whom, and what was decided."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from activities.store import people
from activities.store.approval import approvals, tasks
from cli.approvals.sending import ApprovalId
from cli.approvals.views import (
    approval_json,
    decision_line,
    due_in,
    event_json,
    item_json,
    nothing_waits,
    print_approval,
    print_events,
)
from cli.house import reading, who
from cli.output import As, Json, done, print_json, print_table, up_to
from models.approval.messages import ApprovalState
from models.calendar import SHANGHAI
from models.money import Money


def inbox(
    tag: Annotated[str | None, typer.Option("--tag", help="Only with this label.")] = None,
    max_amount: Annotated[
        str | None, typer.Option("--max-amount", metavar="YUAN", help="Only up to this amount.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """What waits for you: what is assigned to you first, the most urgent first.

    Example: leaseflow approvals inbox --as li.wei
    """
    person = who(actor)
    most = Money.of(max_amount).minor if max_amount else None
    with reading() as session:
        items = tasks.inbox(session, person.username, tag=tag, max_minor=most, limit=limit + 1)
    items = up_to(limit, items)
    if as_json:
        print_json([item_json(each, person.username) for each in items])
        return
    now = datetime.now(UTC)
    print_table(
        ("approval", "title", "amount", "step", "whose", "tags", "due in"),
        [
            (
                each.approval.approval_id,
                each.approval.title,
                str(approvals.amount_of(each.approval)),
                each.task.step,
                "yours" if each.task.assigned_to == person.username else each.task.assigned_to,
                ", ".join(each.task.tags),
                due_in(each.task, now),
            )
            for each in items
        ],
        right=["amount"],
        empty=nothing_waits(narrowed=bool(tag or max_amount)),
    )


def list_approvals(
    state: Annotated[ApprovalState | None, typer.Option(help="Only in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    as_json: Json = False,
) -> None:
    """Approvals of the whole house, newest first.

    Example: leaseflow approvals list --state waiting
    """
    with reading() as session:
        rows = up_to(limit, tasks.of_state(session, state, limit=limit + 1))
    if as_json:
        print_json([approval_json(row) for row in rows])
        return
    print_table(
        ("approval", "title", "amount", "state", "asked by", "asked"),
        [
            (
                row.approval_id,
                row.title,
                str(approvals.amount_of(row)),
                row.state,
                row.requested_by,
                f"{row.opened_at.astimezone(SHANGHAI):%m-%d %H:%M}",
            )
            for row in rows
        ],
        right=["amount"],
        empty="no approvals",
    )


def show(approval_id: ApprovalId, as_json: Json = False) -> None:
    """One approval: facts, negotiable terms, decisions before, whom it waits for.

    Example: leaseflow approvals show L2026-0001-1
    """
    with reading() as session:
        row = approvals.find(session, approval_id)
        task = tasks.newest(session, approval_id)
        decided = approvals.decisions(session, approval_id)
    if as_json:
        decisions = [decision_line(each) for each in decided]
        print_json(approval_json(row, task, whole=True) | {"decisions": decisions})
        return
    print_approval(row, task, decided)


def history(approval_id: ApprovalId, as_json: Json = False) -> None:
    """Everything that was said, done and decided, in order.

    Example: leaseflow approvals history L2026-0001-1
    """
    with reading() as session:
        row = approvals.find(session, approval_id)
        trail = approvals.events(session, approval_id)
        names = {member.username: member.full_name for member in people.staff(session)}
    if as_json:
        print_json([event_json(each) for each in trail])
        return
    done(f"{row.approval_id} {row.state}: {row.title}, {approvals.amount_of(row)} {row.currency}")
    print_events(trail, names)
