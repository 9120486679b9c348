"""Letters about approvals: which have left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.tables.approvals import ApprovalNoticeRow
from models.approval.notices import TellApprover


def enter(session: Session, letter: TellApprover, *, at: datetime) -> bool:
    """Enter a letter, and say whether it has still to leave."""
    session.execute(
        insert(ApprovalNoticeRow)
        .values(
            notice_key=letter.key,
            approval_id=letter.approval_id,
            visit=letter.visit,
            kind=letter.kind,
            recipient=letter.recipient,
            entered_at=at,
        )
        .on_conflict_do_nothing()
    )
    return session.get_one(ApprovalNoticeRow, letter.key).sent_at is None


def note_sent(session: Session, key: str, *, at: datetime) -> None:
    """Remember that a letter has left."""
    row = session.get_one(ApprovalNoticeRow, key)
    row.sent_at = at
    session.add(row)


def of_approval(session: Session, approval_id: str) -> list[ApprovalNoticeRow]:
    """Every letter about an approval, oldest first."""
    rows = session.execute(
        select(ApprovalNoticeRow)
        .where(col(ApprovalNoticeRow.approval_id) == approval_id)
        .order_by(col(ApprovalNoticeRow.entered_at), col(ApprovalNoticeRow.notice_key))
    )
    return list(rows.scalars())
