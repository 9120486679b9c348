"""A refund's way through the ledger: approved onto refunds payable, paid from there, or put back.

The voucher of the payment takes the money from *refunds payable*. What a bank returns of a settled
refund stands there again, still owed to the payer, until the next refund of the receipt puts it back on
the receipt first.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from activities.ledger.vouchers import post_event
from activities.store.payments import receipt_refunds, receipts
from activities.store.tables.receipts import ReceiptRow
from models.calendar import business_date
from models.ledger.events import BusinessEvent
from models.money import Money
from models.payments.messages import RefundApproved, RefundStep
from models.payments.receipts.refunds import refund_refusals, split


def approve(session: Session, step: RefundStep) -> RefundApproved:
    """Take a refund from the receipt's parts; the payment's own check of what is left follows.

    Raises:
        UnknownReceiptError: there is no such receipt.
    """
    row = receipts.find(session, step.receipt_id, lock=True)
    if receipt_refunds.split_of(session, step.payment_id):
        return RefundApproved()
    _put_back_returned(session, row, step)
    left = receipt_refunds.refundable(session, step.receipt_id)
    if refused := tuple(refund_refusals(step.receipt_id, step.amount, left)):
        return RefundApproved(refused)
    shares = split(step.amount, receipt_refunds.balances(session, step.receipt_id))
    held = Money(sum(share.minor for _part, share in shares), left.currency)
    if refused := tuple(refund_refusals(step.receipt_id, step.amount, held)):
        return RefundApproved(refused)
    receipt_refunds.keep_split(session, step.payment_id, step.receipt_id, shares)
    for part, share in shares:
        key = f"refund/{step.payment_id}/approved/{part.part_no}"
        _post(
            session, row, "refund.approved", key, amount=share, account=part.account, at=step.at, by=step.by
        )
    return RefundApproved()


def give_up(session: Session, step: RefundStep) -> None:
    """The payment came to nothing, or was returned: what was taken is put back."""
    row = receipts.find(session, step.receipt_id, lock=True)
    _put_back(session, row, step.payment_id, step.amount, at=step.at, by=step.by)


def _put_back_returned(session: Session, row: ReceiptRow, step: RefundStep) -> None:
    for payment, amount in receipt_refunds.returned_since(session, row.receipt_id):
        _put_back(session, row, payment.payment_id, amount, at=step.at, by=step.by)


def _put_back(
    session: Session, row: ReceiptRow, payment_id: str, amount: Money, *, at: datetime, by: str
) -> None:
    rest = amount
    for part in receipt_refunds.split_of(session, payment_id):
        share = min(rest, Money(part.amount_minor - part.given_back_minor, row.currency))
        if share.minor <= 0:
            continue
        part.given_back_minor += share.minor
        session.add(part)
        # what was put back so far tells one return of a refund from the next
        key = f"refund/{payment_id}/cancelled/{part.part_no}/{part.given_back_minor}"
        _post(session, row, "refund.cancelled", key, amount=share, account=part.account, at=at, by=by)
        rest = rest - share


def _post(
    session: Session,
    row: ReceiptRow,
    event: str,
    key: str,
    *,
    amount: Money,
    account: str,
    at: datetime,
    by: str,
) -> None:
    day = business_date(at)
    post_event(
        session,
        BusinessEvent(
            event=event,
            product=row.channel,
            key=key,
            business_date=day,
            value_date=day,
            amounts={"amount": amount},
            branch=row.branch,
            accounts={"from": account},
            narrative=row.payer_name,
            reference=row.receipt_id,
            posted_by=by,
            source=f"receipt-{row.receipt_id}",
        ),
    )
