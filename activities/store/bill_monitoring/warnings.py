"""Deliveries of warnings: entered before they leave, so that they leave once."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.tables.bills import DeliveryRow
from models.errors import RefusedByRuleError


class DeliveryMismatchError(RefusedByRuleError):
    """The same delivery key came with another message."""


def enter_delivery(session: Session, row: DeliveryRow) -> bool:
    """Enter a delivery and say whether it has still to leave.

    Raises:
        DeliveryMismatchError: the key was used for another message.
    """
    session.execute(insert(DeliveryRow).values(row.model_dump()).on_conflict_do_nothing())
    entered = session.execute(
        select(DeliveryRow).where(col(DeliveryRow.delivery_key) == row.delivery_key)
    ).scalar_one()
    if entered.request_hash != row.request_hash:
        raise DeliveryMismatchError(
            f"delivery {row.delivery_key} was already entered with another message",
            remedy="Give the new message a key of its own",
        )
    return entered.sent_at is None


def note_sent(session: Session, delivery_key: str, *, at: dt.datetime) -> None:
    row = session.get_one(DeliveryRow, delivery_key)
    row.sent_at = at
    session.add(row)


def deliveries(session: Session, scan_id: str) -> list[DeliveryRow]:
    query = (
        select(DeliveryRow).where(col(DeliveryRow.scan_id) == scan_id).order_by(col(DeliveryRow.entered_at))
    )
    return list(session.execute(query).scalars())
