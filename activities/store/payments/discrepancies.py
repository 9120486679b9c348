"""What banks said that does not fit what is known; open until somebody has looked into it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.payments.answers import as_json
from activities.store.tables.payments import BankDiscrepancyRow, PaymentRow
from models.errors import InvalidInputError, RefusedByRuleError
from models.payments.banking import BankAnswer


def enter(
    session: Session, row: PaymentRow, kind: str, sentence: str, *, answer: BankAnswer, at: datetime
) -> None:
    """Enter a discrepancy of a payment; the same one twice is one."""
    session.execute(
        insert(BankDiscrepancyRow)
        .values(
            bank=row.bank,
            reference=row.payment_id,
            kind=kind,
            fingerprint=answer.bank_reference,
            sentence=sentence,
            answer=as_json(answer),
            opened_at=at,
        )
        .on_conflict_do_nothing()
    )


def listed(session: Session, *, unsettled: bool = True, limit: int = 200) -> list[BankDiscrepancyRow]:
    """Discrepancies, oldest first."""
    query = select(BankDiscrepancyRow).order_by(col(BankDiscrepancyRow.discrepancy_id)).limit(limit)
    if unsettled:
        query = query.where(col(BankDiscrepancyRow.settled_at).is_(None))
    return list(session.execute(query).scalars())


def settle(session: Session, discrepancy_id: int, *, by: str, note: str, at: datetime) -> BankDiscrepancyRow:
    """Somebody looked into it.

    Raises:
        InvalidInputError: there is none of this number.
        RefusedByRuleError: somebody settled it before.
    """
    row = session.get(BankDiscrepancyRow, discrepancy_id, with_for_update=True)
    if row is None:
        raise InvalidInputError(
            f"discrepancy {discrepancy_id} does not exist", remedy="See leaseflow banks discrepancies"
        )
    if row.settled_at is not None:
        raise RefusedByRuleError(f"discrepancy {discrepancy_id} was settled by {row.settled_by}: {row.note}")
    row.settled_at, row.settled_by, row.note = at, by, note
    session.add(row)
    return row
