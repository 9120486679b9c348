"""The business events of payments, for which voucher templates say what is posted."""

from __future__ import annotations

from datetime import datetime

from activities.store.payments import orders
from activities.store.tables.payments import PaymentRow
from models.calendar import business_date
from models.ledger.events import BusinessEvent
from models.money import Money
from models.payments.banking import BankAnswer, Direction

_NAMES = {Direction.PAY_OUT: ("payout", "debit"), Direction.COLLECTION: ("collection", "credit")}


def settled(row: PaymentRow, answer: BankAnswer, *, at: datetime) -> BusinessEvent:
    """The bank booked a payment."""
    fee = answer.fee or Money(0, row.currency)
    return _event(row, "confirmed", "settled", {"amount": orders.amount(row), "fee": fee}, answer, at=at)


def returned(row: PaymentRow, answer: BankAnswer, amount: Money, *, at: datetime, by: str) -> BusinessEvent:
    """The bank booked it back, wholly or in part; the bank's own reference tells one return from the next."""
    step = f"returned/{answer.bank_reference or 'whole'}"
    return _event(row, "returned", step, {"amount": amount}, answer, at=at, by=by)


def _event(
    row: PaymentRow,
    what: str,
    step: str,
    amounts: dict[str, Money],
    answer: BankAnswer,
    *,
    at: datetime,
    by: str = "leaseflow",
) -> BusinessEvent:
    name, other_side = _NAMES[Direction(row.direction)]
    day = business_date(at)
    return BusinessEvent(
        event=f"{name}.{what}",
        product=row.product,
        key=f"payment/{row.payment_id}/{step}",
        business_date=day,
        value_date=answer.value_date or day,
        amounts=amounts,
        branch=row.branch,
        accounts={"bank": row.ledger_account, other_side: row.other_account},
        narrative=f"{row.purpose} {row.counterparty_name}",
        reference=row.payment_id,
        posted_by=by,
        source=f"payment-{row.payment_id}",
    )
