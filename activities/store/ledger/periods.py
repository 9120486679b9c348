"""Closed months."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from models.ledger.journals import MAIN_BOOK


def close_month(session: Session, month: date, *, closed_by: str, book: str = MAIN_BOOK) -> bool:
    """Close a month and all before it, once postings under way have ended; False when it was closed before.

    There is no way back: what comes late is posted into an open month, with its true value date.
    """
    closed: bool = (
        session.connection()
        .exec_driver_sql("SELECT ledger_close_month(%s, %s, %s)", (book, month.replace(day=1), closed_by))
        .scalar_one()
    )
    return closed
