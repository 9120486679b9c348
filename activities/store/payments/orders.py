"""Payment orders: entered once, moved from state to state, never deleted."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import func, select, text
from sqlmodel import Session, col

from activities.store.tables.payments import PaymentEventRow, PaymentRow
from models.money import Money
from models.parameters.banks import BankProfile
from models.parameters.payments import PaymentParameters
from models.payments.banking import BankAccount, BankOrder, Direction
from models.payments.errors import PaymentExistsError, UnknownPaymentError
from models.payments.messages import PaymentOrder, PaymentState
from models.people import Actor

NOTHING_MOVES: Final = (PaymentState.REFUSED, PaymentState.FAILED, PaymentState.CANCELLED)
"""States of payments that move no money, and never did."""
_ORDER = TypeAdapter(PaymentOrder)


def request_hash(order: PaymentOrder) -> str:
    """SHA-256 of what is asked for; who asks is no part of it."""
    body = _ORDER.dump_json(order, exclude={"ordered_by", "even_if_duplicate"})
    return hashlib.sha256(body).hexdigest()


def find(session: Session, payment_id: str, *, lock: bool = False) -> PaymentRow:
    """A payment.

    Raises:
        UnknownPaymentError: there is none of this id.
    """
    row = session.get(PaymentRow, payment_id, with_for_update=lock)
    if row is None:
        raise UnknownPaymentError(payment_id)
    return row


def find_same(session: Session, order: PaymentOrder) -> PaymentRow | None:
    """The payment that an order stands for already; None when it is new.

    Raises:
        PaymentExistsError: the id was used for something else.
    """
    row = session.get(PaymentRow, order.payment_id)
    if row is not None and row.request_hash != request_hash(order):
        raise PaymentExistsError(order.payment_id, _difference(row, order))
    return row


def enter(
    session: Session,
    order: PaymentOrder,
    *,
    direction: Direction,
    ledger_account: str,
    other_account: str,
    versions: tuple[int, int],
    business_date: date,
    at: datetime,
) -> PaymentRow:
    """Enter an order that is new; it has no state yet.

    Args:
        session: the transaction.
        order: as it was given.
        direction: which way its product goes.
        ledger_account: of the bank.
        other_account: the voucher's other side.
        versions: of the payment parameters and of the bank's profile.
        business_date: the day on which it can go out.
        at: now.
    """
    row = PaymentRow(
        payment_id=order.payment_id,
        request_hash=request_hash(order),
        direction=direction,
        product=order.product,
        bank=order.bank,
        branch=order.branch,
        counterparty_name=order.counterparty.name,
        counterparty_account=order.counterparty.number,
        counterparty_bank=order.counterparty.bank,
        amount_minor=order.amount.minor,
        currency=order.amount.currency,
        purpose=order.purpose or order.business_reference,
        business_reference=order.business_reference,
        mandate=order.mandate,
        # an order that names a payment which is not there is refused, and kept without the name
        replaces=order.replaces if order.replaces and state_of(session, order.replaces) else None,
        refunds=order.refunds,
        even_if_duplicate=order.even_if_duplicate,
        state="",
        sentence="",
        ordered_by=order.ordered_by.username,
        ledger_account=ledger_account,
        other_account=other_account,
        parameters_version=versions[0],
        profile_version=versions[1],
        business_date=business_date,
        requested_at=at,
        changed_at=at,
    )
    session.add(row)
    return row


def move(
    session: Session,
    row: PaymentRow,
    state: PaymentState,
    sentence: str,
    *,
    at: datetime,
    by: str = "leaseflow",
) -> None:
    """Bring a payment into a state; entering the one it is in, for the same reason, leaves no trace."""
    if row.state == state and row.sentence == sentence:
        return
    row.state, row.sentence, row.changed_at = state, sentence, at
    session.add(row)
    session.flush()  # the event points at the payment
    session.add(PaymentEventRow(payment_id=row.payment_id, state=state, sentence=sentence, by=by, at=at))


def amount(row: PaymentRow) -> Money:
    return Money(row.amount_minor, row.currency)


def told(row: PaymentRow, profile: BankProfile) -> BankOrder:
    """What the bank is, or was, told of a payment."""
    return BankOrder(
        reference=row.payment_id,
        direction=Direction(row.direction),
        own_account=BankAccount(profile.own_account, profile.own_name, profile.bank_id),
        counterparty=BankAccount(row.counterparty_account, row.counterparty_name, row.counterparty_bank),
        amount=amount(row),
        execution_date=row.business_date,
        purpose=row.purpose,
        mandate=row.mandate,
    )


def money(row: PaymentRow, minor: int) -> Money:
    """So many minor units of a payment's currency."""
    return Money(minor, row.currency)


def order_of(row: PaymentRow) -> PaymentOrder:
    """The order that a payment came from; who ordered it is known by name only."""
    return PaymentOrder(
        payment_id=row.payment_id,
        product=row.product,
        bank=row.bank,
        counterparty=BankAccount(row.counterparty_account, row.counterparty_name, row.counterparty_bank),
        amount=amount(row),
        business_reference=row.business_reference,
        ordered_by=Actor(username=row.ordered_by, roles=()),
        purpose=row.purpose,
        branch=row.branch,
        mandate=row.mandate,
        replaces=row.replaces,
        refunds=row.refunds,
        even_if_duplicate=row.even_if_duplicate,
    )


def state_of(session: Session, payment_id: str) -> str:
    """A payment's state; empty when there is no such payment."""
    row = session.get(PaymentRow, payment_id)
    return row.state if row is not None else ""


# ---------------------------------------------------------------- what the rules must know


def lock_day(session: Session, day: date) -> None:
    """One order at a time is checked against the limits of a day; held until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"payments/{day}"})


def paid_on(session: Session, day: date, *, bank: str | None, currency: str, without: str) -> Money:
    """Sum of a day's pay-outs, those under way included."""
    conditions = [
        col(PaymentRow.business_date) == day,
        col(PaymentRow.direction) == Direction.PAY_OUT,
        col(PaymentRow.currency) == currency,
        col(PaymentRow.state).not_in(NOTHING_MOVES),
        col(PaymentRow.payment_id) != without,
    ]
    if bank is not None:
        conditions.append(col(PaymentRow.bank) == bank)
    total = session.execute(
        select(func.coalesce(func.sum(col(PaymentRow.amount_minor)), 0)).where(*conditions)
    ).scalar_one()
    return Money(int(total), currency)


def resembling(session: Session, order: PaymentOrder, *, since: datetime) -> list[str]:
    """Payments with the same account, amount and business reference that may have moved money."""
    found = session.execute(
        select(col(PaymentRow.payment_id))
        .where(
            col(PaymentRow.counterparty_account) == order.counterparty.number,
            col(PaymentRow.amount_minor) == order.amount.minor,
            col(PaymentRow.business_reference) == order.business_reference,
            col(PaymentRow.requested_at) >= since,
            col(PaymentRow.state).not_in((*NOTHING_MOVES, PaymentState.RETURNED)),
            col(PaymentRow.payment_id) != order.payment_id,
        )
        .order_by(col(PaymentRow.requested_at))
    )
    return list(found.scalars())


def duplicates_since(parameters: PaymentParameters, at: datetime) -> datetime:
    return at - timedelta(days=parameters.duplicate_days)


# ---------------------------------------------------------------- reading


def listed(
    session: Session, *, state: str | None, bank: str | None, reference: str | None, limit: int
) -> list[PaymentRow]:
    """Payments, newest first."""
    query = select(PaymentRow).order_by(col(PaymentRow.requested_at).desc(), col(PaymentRow.payment_id))
    if state:
        query = query.where(col(PaymentRow.state) == state)
    if bank:
        query = query.where(col(PaymentRow.bank) == bank)
    if reference:
        query = query.where(col(PaymentRow.business_reference) == reference)
    return list(session.execute(query.limit(limit)).scalars())


def events(session: Session, payment_id: str) -> list[PaymentEventRow]:
    """How a payment came to where it is, oldest first."""
    rows = session.execute(
        select(PaymentEventRow)
        .where(col(PaymentEventRow.payment_id) == payment_id)
        .order_by(col(PaymentEventRow.payment_event_id))
    )
    return list(rows.scalars())


def _difference(row: PaymentRow, order: PaymentOrder) -> str:
    pairs = {
        "amount": (amount(row), order.amount),
        "account": (row.counterparty_account, order.counterparty.number),
        "bank": (row.bank, order.bank),
        "product": (row.product, order.product),
        "business reference": (row.business_reference, order.business_reference),
    }
    return ", ".join(name for name, (stored, asked) in pairs.items() if stored != asked) or "content"
