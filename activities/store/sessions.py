"""Saved sessions with outside sites, encrypted before they come here."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from activities.store.tables.house import SessionRow


def save_session(session: Session, *, site: str, username: str, state: bytes) -> None:
    values = {"state": state, "saved_at": datetime.now(UTC)}
    session.execute(
        insert(SessionRow)
        .values(site=site, username=username, **values)
        .on_conflict_do_update(index_elements=["site", "username"], set_=values)
    )


def saved_session(session: Session, *, site: str, username: str) -> bytes | None:
    row = session.get(SessionRow, (site, username))
    return row.state if row else None
