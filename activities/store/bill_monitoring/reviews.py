"""Doubts that people settle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.tables.bills import MatchRow, RecordRow, ReviewItemRow
from models.bill_monitoring.errors import UnknownReviewItemError


def enter_items(session: Session, rows: Sequence[ReviewItemRow]) -> None:
    """Enter doubts; a record about which somebody is asked already is not asked about twice."""
    waiting = set(
        session.execute(
            select(col(ReviewItemRow.record_id)).where(
                col(ReviewItemRow.record_id).in_([row.record_id for row in rows]),
                col(ReviewItemRow.settled_at).is_(None),
            )
        ).scalars()
    )
    values = [row.model_dump() for row in rows if row.record_id not in waiting]
    if values:
        session.execute(insert(ReviewItemRow).values(values).on_conflict_do_nothing())


def open_items(session: Session, scan_id: str) -> tuple[str, ...]:
    query = (
        select(col(ReviewItemRow.item_id))
        .where(col(ReviewItemRow.scan_id) == scan_id, col(ReviewItemRow.settled_at).is_(None))
        .order_by(col(ReviewItemRow.item_id))
    )
    return tuple(session.execute(query).scalars())


def items(
    session: Session, *, scan_id: str | None = None, unsettled: bool = True, limit: int = 1_000
) -> list[tuple[ReviewItemRow, RecordRow, MatchRow]]:
    """Review items with their record and the engine's decision, oldest first."""
    query = (
        select(ReviewItemRow, RecordRow, MatchRow)
        .join(RecordRow, col(RecordRow.record_id) == col(ReviewItemRow.record_id))
        .join(MatchRow, col(MatchRow.record_id) == col(ReviewItemRow.record_id))
        .order_by(col(ReviewItemRow.opened_at), col(ReviewItemRow.item_id))
        .limit(limit)
    )
    if scan_id is not None:
        query = query.where(col(ReviewItemRow.scan_id) == scan_id)
    if unsettled:
        query = query.where(col(ReviewItemRow.settled_at).is_(None))
    return [(item, record, match) for item, record, match in session.execute(query)]


def item_for_settling(session: Session, item_id: str) -> tuple[ReviewItemRow, RecordRow, MatchRow]:
    """An item with its record and decision, locked until the transaction ends.

    Raises:
        UnknownReviewItemError: no such item.
    """
    item = session.execute(
        select(ReviewItemRow).where(col(ReviewItemRow.item_id) == item_id).with_for_update()
    ).scalar_one_or_none()
    if item is None:
        raise UnknownReviewItemError(item_id)
    record = session.get_one(RecordRow, item.record_id)
    match = session.get_one(MatchRow, item.record_id)
    return item, record, match


def settle(
    session: Session,
    item: ReviewItemRow,
    *,
    decision: str,
    by: str,
    at: dt.datetime,
    resolution: dict[str, Any],
) -> None:
    item.decision, item.settled_by, item.settled_at, item.resolution = decision, by, at, resolution
    session.add(item)
