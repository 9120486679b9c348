"""Offers in the database: one for each round of an application, made once and answered once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from activities.store.tables.lease import LeaseOfferRow
from models.lease.application.messages import OfferState


def offer_of(
    session: Session, application_id: str, round_: int, *, lock: bool = False
) -> LeaseOfferRow | None:
    """The offer of a round; None when none was made."""
    return session.get(LeaseOfferRow, (application_id, round_), with_for_update=lock, populate_existing=lock)


def newest(session: Session, application_id: str) -> LeaseOfferRow | None:
    """The offer that was made last."""
    return session.execute(
        select(LeaseOfferRow)
        .where(col(LeaseOfferRow.application_id) == application_id)
        .order_by(col(LeaseOfferRow.round).desc())
        .limit(1)
    ).scalar_one_or_none()


def enter(
    session: Session,
    application_id: str,
    round_: int,
    *,
    terms_sha256: str,
    conditions: Sequence[str],
    valid_until: datetime,
    by_rules: bool,
) -> LeaseOfferRow:
    """Enter the offer of a round that has none yet; whoever enters it holds the application's row."""
    row = LeaseOfferRow(
        application_id=application_id,
        round=round_,
        terms_sha256=terms_sha256,
        conditions=list(conditions),
        valid_until=valid_until,
        by_rules=by_rules,
        state=OfferState.OPEN,
    )
    session.add(row)
    return row


def close(session: Session, row: LeaseOfferRow, state: OfferState, *, by: str, at: datetime) -> None:
    """Enter what became of an offer; one that was answered keeps its answer."""
    if row.state == OfferState.OPEN:
        row.state, row.decided_by, row.decided_at = state, by, at
        session.add(row)
