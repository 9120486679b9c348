"""What was sent to banks and what they said: kept word by word, in the order in which it was heard."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.tables.payments import BankAnswerRow, BankAttemptRow
from models.money import Money
from models.payments.banking import BankAnswer, BankSaid, Heard

_ANSWER: Final = TypeAdapter(BankAnswer)


def begin_attempt(session: Session, bank: str, reference: str, attempt: int, *, at: datetime) -> bool:
    """Note that an instruction is about to be sent; False when somebody noted it before."""
    entered = session.execute(
        insert(BankAttemptRow)
        .values(bank=bank, reference=reference, attempt=attempt, started_at=at)
        .on_conflict_do_nothing()
        .returning(col(BankAttemptRow.attempt))
    ).scalar_one_or_none()
    return entered is not None


def attempt_answer(session: Session, bank: str, reference: str, attempt: int) -> BankAnswer | None:
    """What the bank said to an attempt; None while nobody knows."""
    row = session.get(BankAttemptRow, (bank, reference, attempt))
    return _ANSWER.validate_python(row.answer) if row is not None and row.answer is not None else None


def end_attempt(session: Session, bank: str, reference: str, attempt: int, answer: BankAnswer) -> None:
    """Keep what the bank said to an attempt; the first answer stands."""
    session.execute(
        update(BankAttemptRow)
        .where(*_attempt(bank, reference, attempt), col(BankAttemptRow.answer).is_(None))
        .values(answer=as_json(answer))
    )


def withdraw_attempt(session: Session, bank: str, reference: str, attempt: int) -> None:
    """The bank certainly did not look at it: the same attempt may be sent later."""
    session.execute(delete(BankAttemptRow).where(*_attempt(bank, reference, attempt)))


def keep(session: Session, bank: str, reference: str, answer: BankAnswer, *, at: datetime) -> None:
    """Enter an answer."""
    session.add(
        BankAnswerRow(
            bank=bank,
            reference=reference,
            said=answer.said,
            heard=answer.heard,
            bank_reference=answer.bank_reference,
            amount_minor=answer.amount.minor if answer.amount else None,
            currency=answer.amount.currency if answer.amount else None,
            code=answer.code,
            reason=answer.reason,
            evidence=answer.evidence,
            heard_at=answer.heard_at or at,
        )
    )


def told(session: Session, bank: str, reference: str) -> list[BankAnswer]:
    """Everything that a bank said about an order, oldest first."""
    rows = session.execute(
        select(BankAnswerRow)
        .where(col(BankAnswerRow.bank) == bank, col(BankAnswerRow.reference) == reference)
        .order_by(col(BankAnswerRow.bank_answer_id))
    ).scalars()
    return [_answer(row) for row in rows]


def as_json(answer: BankAnswer) -> dict[str, Any]:
    """An answer as JSON can carry it."""
    plain: dict[str, Any] = _ANSWER.dump_python(answer, mode="json")
    return plain


def _attempt(bank: str, reference: str, attempt: int) -> tuple[Any, ...]:
    return (
        col(BankAttemptRow.bank) == bank,
        col(BankAttemptRow.reference) == reference,
        col(BankAttemptRow.attempt) == attempt,
    )


def _answer(row: BankAnswerRow) -> BankAnswer:
    amount = Money(row.amount_minor, row.currency or "CNY") if row.amount_minor is not None else None
    return BankAnswer(
        said=BankSaid(row.said),
        heard=Heard(row.heard),
        bank_reference=row.bank_reference,
        amount=amount,
        code=row.code,
        reason=row.reason,
        heard_at=row.heard_at,
        evidence=row.evidence,
    )
