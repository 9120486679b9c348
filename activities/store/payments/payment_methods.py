"""Payment methods by business reference: versions that are proposed, decided by a second person, and kept."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select, text, update
from sqlmodel import Session, col

from activities.store.tables.debits import DebitDueRow
from activities.store.tables.receipts import PaymentMethodRow
from models.calendar import business_date
from models.errors import InvalidInputError
from models.payments.errors import FourEyesError
from models.payments.receipts.errors import UnknownMethodError
from models.payments.receipts.methods import MethodKind, MethodState, PaymentMethod, method_refusals


def propose(
    session: Session, method: PaymentMethod, *, by: str, reason: str, at: datetime
) -> PaymentMethodRow:
    """Enter a new version that waits for a second person.

    Raises:
        InvalidInputError: the method breaks a rule; the message names each.
    """
    broken = list(method_refusals(method, today=business_date(at)))
    if broken:
        raise InvalidInputError("; ".join(each.sentence for each in broken), remedy="Nothing was changed")
    _lock(session, method.business_reference)
    newest = session.execute(
        select(func.coalesce(func.max(col(PaymentMethodRow.version)), 0)).where(
            col(PaymentMethodRow.business_reference) == method.business_reference
        )
    ).scalar_one()
    row = PaymentMethodRow(
        business_reference=method.business_reference,
        version=int(newest) + 1,
        kind=method.kind,
        account=method.account.number,
        account_name=method.account.name,
        bank=method.account.bank,
        mandate=method.mandate,
        mandate_signed=method.mandate_signed,
        valid_from=method.valid_from,
        state=MethodState.PROPOSED,
        changed_by=by,
        reason=reason,
        proposed_at=at,
    )
    session.add(row)
    session.flush()
    return row


def decide(
    session: Session, reference: str, version: int, *, approved: bool, by: str, note: str, at: datetime
) -> PaymentMethodRow:
    """Approve a proposed version, or turn it down; approved, it rewrites the open dues from its day on.

    Dues that are in a batch stay as the bank was, or is being, told of them.

    Raises:
        UnknownMethodError: no such version waits for a decision.
        FourEyesError: it was proposed by the same person.
    """
    _lock(session, reference)
    row = session.get(PaymentMethodRow, (reference, version), with_for_update=True)
    if row is None or row.state != MethodState.PROPOSED:
        raise UnknownMethodError(reference, version)
    if row.changed_by == by:
        raise FourEyesError(by, "approve")
    row.state = MethodState.APPROVED if approved else MethodState.TURNED_DOWN
    row.decided_by, row.decided_at, row.note = by, at, note
    if approved and row.kind == MethodKind.DEBIT:
        row.rewritten = _rewrite_dues(session, row, at=at)
    session.add(row)
    return row


def in_force(session: Session, reference: str, day: date) -> PaymentMethodRow | None:
    """The approved version that holds on a day: of those that began, the one approved last."""
    return session.execute(
        select(PaymentMethodRow)
        .where(
            col(PaymentMethodRow.business_reference) == reference,
            col(PaymentMethodRow.state) == MethodState.APPROVED,
            col(PaymentMethodRow.valid_from) <= day,
        )
        .order_by(col(PaymentMethodRow.decided_at).desc(), col(PaymentMethodRow.version).desc())
        .limit(1)
    ).scalar_one_or_none()


def history(session: Session, reference: str) -> list[PaymentMethodRow]:
    """Every version of a business reference, newest first."""
    rows = session.execute(
        select(PaymentMethodRow)
        .where(col(PaymentMethodRow.business_reference) == reference)
        .order_by(col(PaymentMethodRow.version).desc())
    )
    return list(rows.scalars())


def _rewrite_dues(session: Session, row: PaymentMethodRow, *, at: datetime) -> int:
    rewritten = session.execute(
        update(DebitDueRow)
        .where(
            col(DebitDueRow.business_reference) == row.business_reference,
            col(DebitDueRow.state) == "open",
            col(DebitDueRow.next_try) >= row.valid_from,
        )
        .values(
            debtor_account=row.account,
            debtor_name=row.account_name,
            debtor_bank=row.bank,
            mandate=row.mandate,
            mandate_signed=row.mandate_signed,
            changed_at=at,
        )
        .returning(col(DebitDueRow.due_id))
    )
    return len(rewritten.all())


def _lock(session: Session, reference: str) -> None:
    key = {"key": f"payment-method/{reference}"}
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), key)
