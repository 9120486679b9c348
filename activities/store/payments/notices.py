"""What banks told us without being asked: kept once, and until whom it concerns was told."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.payments.answers import as_json
from activities.store.tables.notices import BankNoticeRow
from activities.store.tables.payments import BankDiscrepancyRow
from models.payments.banking import BankAnswer, StatementLine

_LINE = TypeAdapter(StatementLine)
_VARYING = ("heard_at", "evidence")
"""What differs in each repetition of one notice."""


class NoticeState(StrEnum):
    """What a notice is about."""

    HEARD = "heard"
    """An order of ours: its answer was entered."""
    INCOMING = "incoming"
    """Money that came in."""
    UNMATCHED = "unmatched"
    """An order that we do not know: put on the list of discrepancies."""


def enter(
    session: Session,
    bank: str,
    notice_id: str,
    reference: str,
    *,
    evidence: str,
    content: BankAnswer | StatementLine,
    at: datetime,
) -> tuple[BankNoticeRow, bool]:
    """Keep a notice, and say whether it is new; a known one is locked and given as it was kept."""
    said = _said(content)
    fingerprint = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    entered = session.execute(
        insert(BankNoticeRow)
        .values(
            bank=bank,
            notice_id=notice_id,
            fingerprint=fingerprint,
            reference=reference,
            kind="order" if isinstance(content, BankAnswer) else "incoming",
            said=said,
            evidence=evidence,
            state=NoticeState.HEARD if isinstance(content, BankAnswer) else NoticeState.INCOMING,
            taken_at=at,
        )
        .on_conflict_do_nothing()
        .returning(col(BankNoticeRow.notice_id))
    ).scalar_one_or_none()
    row = session.get_one(BankNoticeRow, (bank, notice_id, fingerprint), with_for_update=True)
    return row, entered is not None


def note_told(session: Session, row: BankNoticeRow, *, at: datetime) -> None:
    """Whom it concerns was told, or it concerns nobody."""
    row.told_at = at
    session.add(row)


def note_unmatched(session: Session, row: BankNoticeRow, answer: BankAnswer, *, at: datetime) -> None:
    """It speaks of an order that we do not know: a discrepancy, the same one twice is one."""
    row.state, row.told_at = NoticeState.UNMATCHED, at
    session.add(row)
    session.execute(
        insert(BankDiscrepancyRow)
        .values(
            bank=row.bank,
            reference=row.reference,
            kind="unknown-order",
            fingerprint=f"{answer.said}/{answer.bank_reference}",
            sentence=f"{answer.said} as {answer.bank_reference or 'nothing'}, and no order of ours",
            answer=as_json(answer),
            opened_at=at,
        )
        .on_conflict_do_nothing()
    )


def listed(session: Session, *, bank: str | None, untold: bool, limit: int) -> list[BankNoticeRow]:
    """Notices, newest first."""
    query = select(BankNoticeRow).order_by(col(BankNoticeRow.taken_at).desc(), col(BankNoticeRow.notice_id))
    if bank is not None:
        query = query.where(col(BankNoticeRow.bank) == bank)
    if untold:
        query = query.where(col(BankNoticeRow.told_at).is_(None))
    return list(session.execute(query.limit(limit)).scalars())


def _said(content: BankAnswer | StatementLine) -> dict[str, Any]:
    if isinstance(content, BankAnswer):
        return {name: value for name, value in as_json(content).items() if name not in _VARYING}
    plain: dict[str, Any] = _LINE.dump_python(content, mode="json")
    return plain
