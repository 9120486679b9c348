"""The business events of receipts, for which voucher templates say what is posted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlmodel import Session

from activities.ledger.vouchers import post_event
from activities.store.payments import receipts
from activities.store.tables.receipts import ReceiptPartRow, ReceiptRow
from models.calendar import business_date
from models.ledger.events import BusinessEvent
from models.ledger.journals import Posted
from models.money import Money


def post(
    session: Session,
    row: ReceiptRow,
    event: str,
    step: str,
    *,
    amounts: Mapping[str, Money],
    accounts: Mapping[str, str],
    at: datetime,
    by: str,
    value_date: date | None = None,
    about: str = "",
) -> Posted:
    """Post an event of a receipt, and note its journal with the receipt.

    Args:
        session: the transaction.
        row: the receipt.
        event: name of the event: ``receipt.received``.
        step: tells this event of the receipt from any other; the same one posts once.
        amounts: by the names that templates know.
        accounts: codes for the templates' placeholders.
        at: now; its business date is the voucher's.
        by: who caused it.
        value_date: from when it counts; the business date where None.
        about: what it is for, in the narrative.

    Raises:
        LedgerRefusalError: the ledger or its templates say no.
    """
    day = business_date(at)
    posted = post_event(
        session,
        BusinessEvent(
            event=event,
            product=row.channel,
            key=f"receipt/{row.receipt_id}/{step}",
            business_date=day,
            value_date=value_date or day,
            amounts=amounts,
            branch=row.branch,
            accounts=accounts,
            narrative=f"{about} {row.payer_name}".strip(),
            reference=row.receipt_id,
            posted_by=by,
            source=f"receipt-{row.receipt_id}",
        ),
    )
    if posted.created:
        receipts.keep_voucher(session, row, event, posted, amounts["amount"], at=at)
    return posted


def post_part(
    session: Session,
    row: ReceiptRow,
    part: ReceiptPartRow,
    event: str,
    step: str,
    *,
    accounts: Mapping[str, str],
    at: datetime,
    by: str,
    fee: Money | None = None,
    value_date: date | None = None,
) -> Posted:
    """Post an event about a part: its own amount, and its own account as ``credit``."""
    amounts = {"amount": Money(part.amount_minor, part.currency)}
    return post(
        session,
        row,
        event,
        f"{step}/{part.part_no}",
        amounts=amounts if fee is None else amounts | {"fee": fee},
        accounts={"credit": part.credit_account, **accounts},
        at=at,
        by=by,
        value_date=value_date,
        about=part.business_reference,
    )
