"""Everything that the books have about one business reference, in three statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import or_, select
from sqlmodel import Session, col

from activities.store.tables.debits import DebitDueRow
from activities.store.tables.payments import PaymentRow
from activities.store.tables.receipts import ReceiptPartRow, ReceiptRow
from models.money import Money
from models.payments.banking import Direction
from models.payments.messages import PaymentState, ReceiptState
from models.payments.receipts.status import LineKind, ReferenceStatus, StatusLine

_IN: Final = frozenset({LineKind.RECEIPT, LineKind.COLLECTION, LineKind.DEBIT})
_DONE: Final = frozenset({ReceiptState.CLEARED, PaymentState.SETTLED, "collected"})
_OVER: Final = frozenset(
    {
        *(state for state in ReceiptState if not state.is_open),
        *(state for state in PaymentState if state.is_final),
        "collected",
        "routed",
        "withdrawn",
    }
)


def status_of(session: Session, reference: str, *, currency: str = "CNY") -> ReferenceStatus:
    """Receipts, collections, dues and refunds of a business reference, with sums in one currency."""
    lines = sorted(
        (*_receipts(session, reference), *_payments(session, reference), *_dues(session, reference)),
        key=lambda line: (line.on, line.changed_at, line.identifier),
    )
    counted = [line for line in lines if line.amount.currency == currency]
    done = [line for line in counted if line.state in _DONE]
    return ReferenceStatus(
        business_reference=reference,
        lines=tuple(lines),
        received=_sum((line for line in done if line.kind in _IN), currency),
        awaited=_sum(
            (line for line in counted if line.kind in _IN and line.state not in _OVER | _DONE), currency
        ),
        refunded=_sum((line for line in done if line.kind is LineKind.REFUND), currency),
    )


def _sum(lines: Iterable[StatusLine], currency: str) -> Money:
    total = sum(line.amount.minor - (line.returned.minor if line.returned else 0) for line in lines)
    return Money(total, currency)


def _receipts(session: Session, reference: str) -> Iterator[StatusLine]:
    rows = session.execute(
        select(ReceiptRow, ReceiptPartRow)
        .join(ReceiptPartRow, col(ReceiptPartRow.receipt_id) == col(ReceiptRow.receipt_id))
        .where(
            col(ReceiptPartRow.business_reference) == reference,
            col(ReceiptPartRow.superseded).is_(False),
            # a receipt that a payment of its id collects is shown once, as that payment
            col(ReceiptRow.receipt_id).not_in(
                select(col(PaymentRow.payment_id)).where(
                    col(PaymentRow.business_reference) == reference,
                    col(PaymentRow.direction) == Direction.COLLECTION,
                )
            ),
        )
    )
    for row, part in rows:
        amount = Money(part.amount_minor, part.currency)
        yield StatusLine(LineKind.RECEIPT, row.receipt_id, amount, row.state, row.value_date, row.changed_at)


def _payments(session: Session, reference: str) -> Iterator[StatusLine]:
    mine = select(col(ReceiptPartRow.receipt_id)).where(col(ReceiptPartRow.business_reference) == reference)
    rows = session.execute(
        select(PaymentRow).where(
            or_(col(PaymentRow.business_reference) == reference, col(PaymentRow.refunds).in_(mine))
        )
    )
    for row in rows.scalars():
        inwards = row.direction == Direction.COLLECTION
        kind = LineKind.REFUND if row.refunds else LineKind.COLLECTION if inwards else LineKind.PAY_OUT
        yield StatusLine(
            kind,
            row.payment_id,
            Money(row.amount_minor, row.currency),
            row.state,
            row.value_date or row.business_date,
            row.changed_at,
            of=row.refunds or "",
            returned=Money(row.returned_minor, row.currency) if row.returned_minor else None,
        )


def _dues(session: Session, reference: str) -> Iterator[StatusLine]:
    rows = session.execute(select(DebitDueRow).where(col(DebitDueRow.business_reference) == reference))
    for row in rows.scalars():
        amount = Money(row.amount_minor, row.currency)
        yield StatusLine(LineKind.DEBIT, row.due_id, amount, row.state, row.due_date, row.changed_at)
