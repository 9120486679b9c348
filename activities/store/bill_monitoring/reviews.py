"""Doubts that people settle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from activities.store.tables.bills import MatchRow, RecordRow, ReviewItemRow
from models.bill_monitoring.errors import UnknownReviewItemError


def enter_items(session: Session, rows: Sequence[ReviewItemRow]) -> None:
    if rows:
        values = [row.model_dump() for row in rows]
        session.execute(insert(ReviewItemRow).values(values).on_conflict_do_nothing())


def open_items(session: Session, scan_id: str) -> tuple[str, ...]:
    query = (
        select(ReviewItemRow.item_id)
        .where(ReviewItemRow.scan_id == scan_id, ReviewItemRow.settled_at.is_(None))  # type: ignore[arg-type, union-attr, call-overload]
        .order_by(ReviewItemRow.item_id)
    )
    return tuple(session.execute(query).scalars())


def items(
    session: Session, *, scan_id: str | None = None, unsettled: bool = True, limit: int = 1_000
) -> list[tuple[ReviewItemRow, RecordRow, MatchRow]]:
    """Review items with their record and the engine's decision, oldest first."""
    query = (
        select(ReviewItemRow, RecordRow, MatchRow)
        .join(RecordRow, RecordRow.record_id == ReviewItemRow.record_id)  # type: ignore[arg-type]
        .join(MatchRow, MatchRow.record_id == ReviewItemRow.record_id)  # type: ignore[arg-type]
        .order_by(ReviewItemRow.opened_at, ReviewItemRow.item_id)  # type: ignore[arg-type]
        .limit(limit)
    )
    if scan_id is not None:
        query = query.where(ReviewItemRow.scan_id == scan_id)  # type: ignore[arg-type]
    if unsettled:
        query = query.where(ReviewItemRow.settled_at.is_(None))  # type: ignore[union-attr]
    return [(item, record, match) for item, record, match in session.execute(query)]


def item_for_settling(session: Session, item_id: str) -> tuple[ReviewItemRow, RecordRow, MatchRow]:
    """An item with its record and decision, locked until the transaction ends.

    Raises:
        UnknownReviewItemError: no such item.
    """
    item = session.execute(
        select(ReviewItemRow).where(ReviewItemRow.item_id == item_id).with_for_update()  # type: ignore[arg-type]
    ).scalar_one_or_none()
    if item is None:
        raise UnknownReviewItemError(item_id)
    record = session.get_one(RecordRow, item.record_id)
    match = session.get_one(MatchRow, item.record_id)
    return item, record, match


def settle(
    session: Session, item: ReviewItemRow, *, decision: str, by: str, at: dt.datetime, resolution: dict[str, Any]
) -> None:
    item.decision, item.settled_by, item.settled_at, item.resolution = decision, by, at, resolution
    session.add(item)
