"""An approval's entries: its route, whose turn it is, what was decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session
from temporalio import activity

from activities.store import parameters
from activities.store.approval import approvals, house, tasks
from activities.store.database import Database
from activities.store.tables.approvals import ApprovalRow, ApprovalTaskRow
from models.approval.books import (
    OpenApproval,
    Opened,
    Reassess,
    RecordDecision,
    RecordNote,
    Standing,
    StepToOpen,
    Terms,
)
from models.approval.deliberation import WITHDRAW, Deliberation
from models.approval.messages import ApprovalRequest, ApprovalState
from models.approval.pools import Wanted, form_pool
from models.approval.routing import find_route
from models.parameters.approval import ApprovalStep, Hours
from models.parameters.registry import APPROVAL_POLICIES
from workflows.approval.steps import ApprovalBooks


class PostgresApprovalBooks(ApprovalBooks):
    """Books in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="approval.open")
    def open(self, order: OpenApproval) -> Opened:
        with self._database.transaction() as session:
            return open_approval(session, order)

    @activity.defn(name="approval.decide")
    def decide(self, record: RecordDecision) -> Standing | None:
        with self._database.transaction() as session:
            return decide(session, record)

    @activity.defn(name="approval.note")
    def note(self, record: RecordNote) -> None:
        with self._database.transaction() as session:
            note(session, record)

    @activity.defn(name="approval.reassess")
    def reassess(self, wish: Reassess) -> Standing:
        with self._database.transaction() as session:
            return reassess(session, wish)


def open_approval(session: Session, order: OpenApproval) -> Opened:
    """Enter a request with its route and ask the first step.

    Raises:
        ApprovalExistsError: its id was used for another request.
        UnknownPolicyError: no such policy is in force.
        NoRouteError: the policy has no route for it.
    """
    request = order.request
    if (known := approvals.find_same(session, request)) is not None:  # a try before this one
        task = tasks.newest(session, request.approval_id)
        return Opened(approvals.terms_of(known), tasks.standing_of(task) if task else None)
    in_force = parameters.in_force(session, APPROVAL_POLICIES, order.at)
    terms = Terms(
        version=in_force.version,
        route=find_route(in_force.value, request),
        working_time=in_force.value.working_time,
        remind_before_hours=in_force.value.remind_before_hours,
        notify=in_force.value.notify,
    )
    asked = bool(terms.route.steps)
    state = ApprovalState.WAITING if asked else ApprovalState.APPROVED
    row = approvals.enter(session, request, terms, state, at=order.at)
    sentence = f"{request.title}: route {terms.route.name!r}" + ("" if asked else ", by rules")
    approvals.note(
        session,
        request.approval_id,
        0,
        at=order.at,
        by=request.requested_by.username,
        step="",
        what="asked",
        sentence=sentence,
    )
    if not asked:
        return Opened(terms)
    first = Deliberation(request, terms.route).to_open
    return Opened(terms, _open_task(session, row, first, tags=[], at=order.at))


def decide(session: Session, record: RecordDecision) -> Standing | None:
    """Keep a decision and what follows from it."""
    row = approvals.find(session, record.approval_id, lock=True)
    said = f"{record.decision}{_for(record.on_behalf_of)}{_on(record)}: {record.reason}".removesuffix(": ")
    if not approvals.note(
        session,
        record.approval_id,
        record.number,
        at=record.at,
        by=record.actor.username,
        step=record.step,
        what=record.decision,
        sentence=said,
    ):  # a try before this one
        task = tasks.newest(session, record.approval_id)
        return tasks.standing_of(task) if task and record.next else None
    if record.decision != WITHDRAW:  # which is the asking side's, and decides nothing
        approvals.enter_decision(session, record)
    approvals.move(session, row, record)
    task = tasks.find(session, record.approval_id, record.visit)
    if record.next is None:
        tasks.close(session, task, at=record.at)
        return None
    if record.next.visit == record.visit:  # the step asks another person
        task.locked_by, task.lock_until = "", None
        return _ask_anew(session, row, task, record.next, at=record.at)
    tasks.close(session, task, at=record.at)
    return _open_task(session, row, record.next, tags=task.tags, at=record.at)


def note(session: Session, record: RecordNote) -> None:
    """Keep what was said or happened, and show the task as it is after it."""
    task = tasks.find(session, record.approval_id, record.visit)
    if not approvals.note(
        session,
        record.approval_id,
        record.number,
        at=record.at,
        by=record.by,
        step=task.step,
        what=record.what,
        sentence=record.sentence,
    ):
        return
    task.locked_by, task.lock_until, task.tags = record.locked_by, record.lock_until, list(record.tags)
    if record.assigned_to != task.assigned_to:
        tasks.show(session, task, replace(tasks.standing_of(task), assigned_to=record.assigned_to))
    session.add(task)


def reassess(session: Session, wish: Reassess) -> Standing:
    """Form the pool of a step anew, opened further when its service level ran out."""
    row = approvals.find(session, wish.approval_id, lock=True)
    task = tasks.find(session, wish.approval_id, wish.open.visit)
    before = tasks.standing_of(task)
    if any(each.number == wish.number for each in approvals.events(session, wish.approval_id)):
        return before
    after = _ask_anew(session, row, task, wish.open, at=wish.at, escalate=wish.escalate)
    approvals.note(
        session,
        wish.approval_id,
        wish.number,
        at=wish.at,
        by="leaseflow",
        step=task.step,
        what="escalated" if wish.escalate else "reassessed",
        sentence=_difference(before, after, escalate=wish.escalate),
    )
    return after


def _open_task(
    session: Session, row: ApprovalRow, to_open: StepToOpen, *, tags: list[str], at: datetime
) -> Standing:
    terms, request = approvals.terms_of(row), approvals.request_of(row)
    steps = _steps_from(terms, to_open.step)
    wanted = Wanted(steps, request.branch, to_open.excluded)
    formed = form_pool(house.load(session, at), wanted, at)
    remind_at, due_at = deadlines(terms, steps[0], at)
    standing = replace(formed, remind_at=remind_at, due_at=due_at)
    tasks.enter(session, row.approval_id, to_open.visit, standing, tags=tags, at=at, due_at=due_at)
    return standing


def _ask_anew(
    session: Session,
    row: ApprovalRow,
    task: ApprovalTaskRow,
    to_open: StepToOpen,
    *,
    at: datetime,
    escalate: bool = False,
) -> Standing:
    terms, before = approvals.terms_of(row), tasks.standing_of(task)
    steps = _steps_from(terms, to_open.step)
    wanted = Wanted(
        steps,
        _branch(row),
        to_open.excluded,
        level=before.level + (1 if escalate else 0),
        assigned_to=task.assigned_to,
    )
    formed = form_pool(house.load(session, at), wanted, at)
    remind_at, due_at = before.remind_at, before.due_at
    if escalate:
        remind_at, due_at = deadlines(terms, steps[0], at)
    standing = replace(formed, remind_at=remind_at, due_at=due_at)
    tasks.show(session, task, standing)
    return standing


def deadlines(terms: Terms, step: ApprovalStep, at: datetime) -> tuple[datetime | None, datetime]:
    """When a person is reminded (not at all where the time is too short), and when it is escalated."""
    calendar = terms.working_time.calendar()
    due_at = calendar.add_business_hours(at, _hours(step.sla_hours))
    if step.sla_hours <= terms.remind_before_hours:
        return None, due_at
    return calendar.add_business_hours(at, _hours(step.sla_hours - terms.remind_before_hours)), due_at


def _hours(hours: Hours) -> timedelta:
    return timedelta(seconds=int(hours * 3600))


def _steps_from(terms: Terms, name: str) -> tuple[ApprovalStep, ...]:
    steps = terms.route.steps
    return steps[[step.name for step in steps].index(name) :]


def _branch(row: ApprovalRow) -> str:
    request: ApprovalRequest = approvals.request_of(row)
    return request.branch


def _difference(before: Standing, after: Standing, *, escalate: bool) -> str:
    if not after.everyone:
        return "nobody may decide it"
    told = [f"now with {after.assigned_to}"] if after.assigned_to != before.assigned_to else []
    if escalate:
        told.insert(0, f"service level ran out, opened to {', '.join(after.everyone)}")
    return ", ".join(told) or "unchanged"


def _for(absent: str) -> str:
    return f" for {absent}" if absent else ""


def _on(record: RecordDecision) -> str:
    said = ", ".join(f"{each.term} = {each.value}" for each in record.conditions)
    return f" on {said}" if said else ""
