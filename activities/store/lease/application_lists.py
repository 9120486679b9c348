"""Applications as they are looked at: lists, states of many, what happened to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from activities.store.tables.approvals import ApprovalRow
from activities.store.tables.lease import LeaseApplicationRow, LeaseEventRow, LeaseFormRow


@dataclass(frozen=True, slots=True)
class Filter:
    """Which applications are wanted; None for all."""

    state: str | None = None
    dealer: str | None = None
    lessee: str | None = None
    """Part of the name, or the whole identifier."""
    captured_by: str | None = None


def listed(session: Session, wanted: Filter, *, limit: int) -> list[LeaseApplicationRow]:
    """Applications, newest first."""
    query = select(LeaseApplicationRow).order_by(
        col(LeaseApplicationRow.opened_at).desc(), col(LeaseApplicationRow.application_id)
    )
    for column, value in (
        (col(LeaseApplicationRow.state), wanted.state),
        (col(LeaseApplicationRow.dealer), wanted.dealer),
        (col(LeaseApplicationRow.captured_by), wanted.captured_by),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.lessee is not None:
        name, identifier = col(LeaseApplicationRow.lessee_name), col(LeaseApplicationRow.lessee_identifier)
        query = query.where(name.contains(wanted.lessee, autoescape=True) | (identifier == wanted.lessee))
    return list(session.execute(query.limit(limit)).scalars())


def states(session: Session, application_ids: Sequence[str]) -> dict[str, LeaseApplicationRow]:
    """Those of many applications that are entered."""
    rows = session.execute(
        select(LeaseApplicationRow).where(col(LeaseApplicationRow.application_id).in_(application_ids))
    )
    return {row.application_id: row for row in rows.scalars()}


def events(session: Session, application_id: str) -> list[LeaseEventRow]:
    """How an application came to where it is, oldest first."""
    rows = session.execute(
        select(LeaseEventRow)
        .where(col(LeaseEventRow.application_id) == application_id)
        .order_by(col(LeaseEventRow.event_id))
    )
    return list(rows.scalars())


def versions(session: Session, application_id: str) -> list[LeaseFormRow]:
    """All versions of the form, oldest first."""
    rows = session.execute(
        select(LeaseFormRow)
        .where(col(LeaseFormRow.application_id) == application_id)
        .order_by(col(LeaseFormRow.version))
    )
    return list(rows.scalars())


def opening_forms(session: Session, application_ids: Sequence[str]) -> dict[str, str]:
    """SHA-256 of the first form of those of many applications that are entered."""
    found = session.execute(
        select(col(LeaseFormRow.application_id), col(LeaseFormRow.form_sha256)).where(
            col(LeaseFormRow.application_id).in_(application_ids), col(LeaseFormRow.version) == 1
        )
    )
    return {row.application_id: row.form_sha256 for row in found}


def approvals_of(session: Session, application_id: str) -> list[ApprovalRow]:
    """What was asked of people about an application, oldest first."""
    rows = session.execute(
        select(ApprovalRow)
        .where(col(ApprovalRow.subject) == application_id)
        .order_by(col(ApprovalRow.opened_at), col(ApprovalRow.approval_id))
    )
    return list(rows.scalars())
