"""Refunds of receipts: what is left, and from which parts an approved refund was taken."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlmodel import Session, col

from activities.store.payments import receipts
from activities.store.payments.orders import NOTHING_MOVES
from activities.store.tables.payments import PaymentRow
from activities.store.tables.receipts import ReceiptRow, RefundPartRow
from models.money import Money
from models.payments.messages import ReceiptState
from models.payments.receipts.refunds import PartBalance, left_to_refund


def refundable(session: Session, receipt_id: str, *, without: str = "") -> Money:
    """What may still be refunded; one refund at a time is checked until the transaction ends.

    Nothing of a receipt that does not exist, has not cleared, or came to nothing.

    Args:
        session: the transaction, which keeps the receipt locked.
        receipt_id: the receipt.
        without: a payment that is no part of the sum: the refund that is being checked.
    """
    row = session.get(ReceiptRow, receipt_id, with_for_update=True, populate_existing=True)
    if row is None:
        return Money(0)
    return left_to_refund(_received(session, row), _refunds(session, receipt_id, without=without))


def of_receipt(session: Session, receipt_id: str) -> list[PaymentRow]:
    """Payments that refund a receipt, oldest first."""
    rows = session.execute(
        select(PaymentRow)
        .where(col(PaymentRow.refunds) == receipt_id)
        .order_by(col(PaymentRow.requested_at), col(PaymentRow.payment_id))
    )
    return list(rows.scalars())


def taken(session: Session, receipt_id: str) -> Money:
    """What refunds have taken from a receipt, or were approved to take."""
    paid = sum(amount.minor for amount in _refunds(session, receipt_id, without=""))
    approved = sum(balance.refunded.minor for balance in balances(session, receipt_id))
    return Money(max(paid, approved), receipts.find(session, receipt_id).currency)


def balances(session: Session, receipt_id: str) -> list[PartBalance]:
    """The parts of a receipt with what refunds took from each."""
    rows = session.execute(
        select(
            col(RefundPartRow.part_no),
            func.sum(col(RefundPartRow.amount_minor) - col(RefundPartRow.given_back_minor)),
        )
        .where(col(RefundPartRow.receipt_id) == receipt_id)
        .group_by(col(RefundPartRow.part_no))
    )
    refunded = {part_no: int(minor) for part_no, minor in rows}
    return [
        PartBalance(
            part.part_no,
            part.credit_account,
            Money(part.amount_minor, part.currency),
            Money(refunded.get(part.part_no, 0), part.currency),
        )
        for part in receipts.parts(session, receipt_id)
    ]


def keep_split(
    session: Session, payment_id: str, receipt_id: str, shares: list[tuple[PartBalance, Money]]
) -> None:
    """Note from which parts a refund is taken."""
    session.add_all(
        RefundPartRow(
            payment_id=payment_id,
            part_no=part.part_no,
            receipt_id=receipt_id,
            amount_minor=share.minor,
            account=part.account,
        )
        for part, share in shares
    )
    session.flush()


def split_of(session: Session, payment_id: str) -> list[RefundPartRow]:
    """From which parts a refund was taken, locked."""
    rows = session.execute(
        select(RefundPartRow)
        .where(col(RefundPartRow.payment_id) == payment_id)
        .order_by(col(RefundPartRow.part_no))
        .with_for_update()
    )
    return list(rows.scalars())


def returned_since(session: Session, receipt_id: str) -> list[tuple[PaymentRow, Money]]:
    """Settled refunds of which banks returned more than was put back on the receipt."""
    found = []
    for payment in of_receipt(session, receipt_id):
        back = sum(part.given_back_minor for part in split_of(session, payment.payment_id))
        if payment.returned_minor > back:
            found.append((payment, Money(payment.returned_minor - back, payment.currency)))
    return found


def _received(session: Session, row: ReceiptRow) -> Money:
    if row.state != ReceiptState.CLEARED:
        return Money(0, row.currency)
    collection = session.get(PaymentRow, row.collected_by) if row.collected_by else None
    returned = collection.returned_minor if collection else 0
    return Money(row.amount_minor - returned, row.currency)


def _refunds(session: Session, receipt_id: str, *, without: str) -> list[Money]:
    rows = session.execute(
        select(col(PaymentRow.amount_minor), col(PaymentRow.returned_minor), col(PaymentRow.currency)).where(
            col(PaymentRow.refunds) == receipt_id,
            col(PaymentRow.state).not_in(NOTHING_MOVES),
            col(PaymentRow.payment_id) != without,
        )
    )
    return [Money(amount - returned, currency) for amount, returned, currency in rows]
