"""A bank said something by itself about one payment: entered, and passed on to whom it concerns."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from activities.store.payments import answers, discrepancies
from activities.store.tables.payments import PaymentRow
from models.payments.banking import BankAnswer, BankSaid
from models.payments.messages import PaymentState


class Concerns(StrEnum):
    """Whom an answer concerns."""

    WORKFLOW = "workflow"
    """The payment is open: its workflow weighs the answer."""
    RETURN = "return"
    """Money of a settled payment came back."""
    NOBODY = "nobody"
    """It says what is known, or it was entered as a discrepancy."""


def hear(session: Session, row: PaymentRow, answer: BankAnswer, *, at: datetime) -> Concerns:
    """Enter an answer that nobody asked for, and say whom it concerns."""
    answers.keep(session, row.bank, row.payment_id, answer, at=at)
    return weigh(session, row, answer, at=at)


def weigh(session: Session, row: PaymentRow, answer: BankAnswer, *, at: datetime) -> Concerns:
    """Whom an answer concerns that was entered before; enters a discrepancy when it cannot be true."""
    state = PaymentState(row.state)
    if not state.is_final:
        return Concerns.WORKFLOW
    if state in {PaymentState.SETTLED, PaymentState.RETURNED}:
        if answer.said is BankSaid.RETURNED:
            return Concerns.RETURN
        if answer.said in {BankSaid.REJECTED, BankSaid.CANCELLED}:
            sentence = (
                f"booked as {row.bank_reference}, and now {answer.said} ({answer.code} {answer.reason})"
            )
            discrepancies.enter(session, row, "rejected-after-settlement", sentence, answer=answer, at=at)
        return Concerns.NOBODY
    if answer.said is BankSaid.SETTLED:
        sentence = f"{state} for us, and booked by the bank as {answer.bank_reference}"
        discrepancies.enter(session, row, "settled-after-failure", sentence, answer=answer, at=at)
    return Concerns.NOBODY


def is_ours(session: Session, bank: str, reference: str) -> PaymentRow | None:
    """The payment of a reference at a bank, locked; None when it is not one of ours."""
    row = session.get(PaymentRow, reference, with_for_update=True)
    return row if row is not None and row.bank == bank else None
