"""Approvals: entered once with the terms they go by, moved to their end, never deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.tables.approvals import ApprovalDecisionRow, ApprovalEventRow, ApprovalRow
from models.approval.books import RecordDecision, Terms
from models.approval.errors import ApprovalExistsError, UnknownApprovalError
from models.approval.messages import ApprovalRequest, ApprovalState, Condition
from models.money import Money

_REQUEST: Final = TypeAdapter(ApprovalRequest)
_TERMS: Final = TypeAdapter(Terms)
_CONDITIONS: Final = TypeAdapter(tuple[Condition, ...])


def request_hash(request: ApprovalRequest) -> str:
    """SHA-256 of what is asked."""
    return hashlib.sha256(_REQUEST.dump_json(request)).hexdigest()


def find(session: Session, approval_id: str, *, lock: bool = False) -> ApprovalRow:
    """An approval.

    Raises:
        UnknownApprovalError: there is none of this id.
    """
    row = session.get(ApprovalRow, approval_id, with_for_update=lock)
    if row is None:
        raise UnknownApprovalError(approval_id)
    return row


def find_same(session: Session, request: ApprovalRequest) -> ApprovalRow | None:
    """The approval that a request stands for already; None when it is new.

    Raises:
        ApprovalExistsError: the id was used for another request.
    """
    row = session.get(ApprovalRow, request.approval_id)
    if row is not None and row.request_hash != request_hash(request):
        raise ApprovalExistsError(request.approval_id)
    return row


def enter(
    session: Session, request: ApprovalRequest, terms: Terms, state: ApprovalState, *, at: datetime
) -> ApprovalRow:
    """Enter a request with the terms that hold for it from now on."""
    row = ApprovalRow(
        approval_id=request.approval_id,
        kind=request.kind,
        subject=request.subject,
        title=request.title,
        amount_minor=request.amount.minor,
        currency=request.amount.currency,
        requested_by=request.requested_by.username,
        request=_REQUEST.dump_python(request, mode="json"),
        request_hash=request_hash(request),
        terms=_TERMS.dump_python(terms, mode="json"),
        state=state,
        conditions=[],
        opened_at=at,
        ended_at=at if state.is_final else None,
    )
    session.add(row)
    session.flush()
    return row


def request_of(row: ApprovalRow) -> ApprovalRequest:
    """The request as it came."""
    return _REQUEST.validate_python(row.request)


def terms_of(row: ApprovalRow) -> Terms:
    """The terms that it goes by."""
    return _TERMS.validate_python(row.terms)


def amount_of(row: ApprovalRow) -> Money:
    return Money(row.amount_minor, row.currency)


def conditions_of(row: ApprovalRow | ApprovalDecisionRow) -> tuple[Condition, ...]:
    return _CONDITIONS.validate_python(row.conditions)


def enter_decision(session: Session, record: RecordDecision) -> None:
    """Enter what a person decided; the database lets nobody change it."""
    session.add(
        ApprovalDecisionRow(
            approval_id=record.approval_id,
            number=record.number,
            visit=record.visit,
            step=record.step,
            username=record.actor.username,
            on_behalf_of=record.on_behalf_of,
            decision=record.decision,
            conditions=_plain(record.conditions),
            reason=record.reason,
            at=record.at,
        )
    )


def move(session: Session, row: ApprovalRow, record: RecordDecision) -> None:
    """Come into the state that a decision leads to."""
    row.state, row.conditions = record.state, _plain(record.standing_conditions)
    if record.state.is_final:
        row.ended_at, row.reason = record.at, record.reason
    session.add(row)


def note(
    session: Session,
    approval_id: str,
    number: int,
    *,
    at: datetime,
    by: str,
    step: str,
    what: str,
    sentence: str,
) -> bool:
    """Enter what happened; False when it was entered by a try before this one."""
    entered = session.execute(
        insert(ApprovalEventRow)
        .values(approval_id=approval_id, number=number, at=at, by=by, step=step, what=what, sentence=sentence)
        .on_conflict_do_nothing()
        .returning(col(ApprovalEventRow.number))
    )
    return entered.scalar_one_or_none() is not None


def events(session: Session, approval_id: str) -> list[ApprovalEventRow]:
    """What happened to an approval, in order."""
    rows = session.execute(
        select(ApprovalEventRow)
        .where(col(ApprovalEventRow.approval_id) == approval_id)
        .order_by(col(ApprovalEventRow.number))
    )
    return list(rows.scalars())


def decisions(session: Session, approval_id: str) -> list[ApprovalDecisionRow]:
    """Decisions about an approval, in order."""
    rows = session.execute(
        select(ApprovalDecisionRow)
        .where(col(ApprovalDecisionRow.approval_id) == approval_id)
        .order_by(col(ApprovalDecisionRow.number))
    )
    return list(rows.scalars())


def open_ones(session: Session, approval_ids: Sequence[str]) -> set[str]:
    """Which of these exist and wait for a decision."""
    rows = session.execute(
        select(col(ApprovalRow.approval_id)).where(
            col(ApprovalRow.approval_id).in_(approval_ids), col(ApprovalRow.state) == ApprovalState.WAITING
        )
    )
    return set(rows.scalars())


def _plain(conditions: tuple[Condition, ...]) -> list[dict[str, Any]]:
    plain: list[dict[str, Any]] = _CONDITIONS.dump_python(conditions, mode="json")
    return plain
