"""Receipts: entered once, moved from state to state, never deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import func, select, text
from sqlmodel import Session, col

from activities.store.tables.receipts import (
    ReceiptEventRow,
    ReceiptPartRow,
    ReceiptRow,
    ReceiptVoucherRow,
)
from models.ledger.journals import Posted
from models.money import Money
from models.parameters.channels import ChannelProfile
from models.payments.messages import ReceiptOrder, ReceiptPart, ReceiptState
from models.payments.receipts.errors import ReceiptExistsError, UnknownReceiptError

_CAME_TO_NOTHING: Final = (
    ReceiptState.REFUSED,
    ReceiptState.CANCELLED,
    ReceiptState.REVERSED,
    ReceiptState.REPLACED,
    ReceiptState.NOT_COLLECTED,
)
_ORDER: Final = TypeAdapter(ReceiptOrder)


def request_hash(order: ReceiptOrder) -> str:
    """SHA-256 of what is taken; who takes it is no part of it."""
    return hashlib.sha256(_ORDER.dump_json(order, exclude={"taken_by"})).hexdigest()


def find(session: Session, receipt_id: str, *, lock: bool = False) -> ReceiptRow:
    """A receipt.

    Raises:
        UnknownReceiptError: there is none of this id.
    """
    row = session.get(ReceiptRow, receipt_id, with_for_update=lock, populate_existing=lock)
    if row is None:
        raise UnknownReceiptError(receipt_id)
    return row


def find_same(session: Session, order: ReceiptOrder) -> ReceiptRow | None:
    """The receipt that an order stands for already; None when it is new.

    Raises:
        ReceiptExistsError: the id was used for something else.
    """
    row = session.get(ReceiptRow, order.receipt_id)
    if row is not None and row.request_hash != request_hash(order):
        raise ReceiptExistsError(order.receipt_id, _difference(row, order))
    return row


def lock_channel(session: Session, channel: str) -> None:
    """One receipt at a time is checked against a channel's limits and numbers; until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"receipts/{channel}"})


def received_on(session: Session, channel: str, day: date, currency: str) -> Money:
    """What a channel took on a business date, without what came to nothing."""
    total = session.execute(
        select(func.coalesce(func.sum(col(ReceiptRow.amount_minor)), 0)).where(
            col(ReceiptRow.channel) == channel,
            col(ReceiptRow.business_date) == day,
            col(ReceiptRow.currency) == currency,
            col(ReceiptRow.state).not_in(_CAME_TO_NOTHING),
        )
    ).scalar_one()
    return Money(int(total), currency)


def holder(session: Session, channel: str, reference_key: str | None) -> str:
    """The receipt that holds an external reference; empty when it is free."""
    if reference_key is None:
        return ""
    found = session.execute(
        select(col(ReceiptRow.receipt_id)).where(
            col(ReceiptRow.channel) == channel, col(ReceiptRow.reference_key) == reference_key
        )
    ).scalar_one_or_none()
    return found or ""


def enter(
    session: Session,
    order: ReceiptOrder,
    channel: ChannelProfile,
    *,
    version: int,
    day: date,
    terminal_day: date | None,
    at: datetime,
) -> ReceiptRow:
    """Enter a receipt that is new; it has no state yet.

    Args:
        session: the transaction.
        order: as it was given.
        channel: the profile in force.
        version: of the profile.
        day: the business date.
        terminal_day: the day for which the terminal is open.
        at: now.
    """
    row = ReceiptRow(
        receipt_id=order.receipt_id,
        request_hash=request_hash(order),
        channel=order.channel,
        amount_minor=order.amount.minor,
        currency=order.amount.currency,
        payer_name=order.payer.name,
        payer_account=order.payer.number,
        payer_bank=order.payer.bank,
        branch=order.branch,
        taken_by=order.taken_by.username,
        external_reference=order.external_reference,
        terminal=order.terminal,
        terminal_day=terminal_day,
        card_type=order.card_type,
        mandate=order.mandate,
        business_date=day,
        value_date=order.value_date or day,
        state="",
        sentence="",
        clearing_account=channel.clearing_account,
        bank_account=channel.bank_account,
        profile_version=version,
        replaces=order.replaces,
        received_at=at,
        changed_at=at,
    )
    session.add(row)
    session.flush()
    return row


def enter_parts(
    session: Session, receipt_id: str, parts: Iterable[tuple[ReceiptPart, str]]
) -> list[ReceiptPartRow]:
    """Enter parts, each with the account on its voucher's other side, behind those that are there."""
    last = session.execute(
        select(func.coalesce(func.max(col(ReceiptPartRow.part_no)), 0)).where(
            col(ReceiptPartRow.receipt_id) == receipt_id
        )
    ).scalar_one()
    rows = [
        ReceiptPartRow(
            receipt_id=receipt_id,
            part_no=number,
            amount_minor=part.amount.minor,
            currency=part.amount.currency,
            product=part.product,
            business_reference=part.business_reference,
            credit_account=account,
        )
        for number, (part, account) in enumerate(parts, start=int(last) + 1)
    ]
    session.add_all(rows)
    session.flush()
    return rows


def parts(session: Session, receipt_id: str) -> list[ReceiptPartRow]:
    """What a receipt is for, as far as it is known now."""
    rows = session.execute(
        select(ReceiptPartRow)
        .where(col(ReceiptPartRow.receipt_id) == receipt_id, col(ReceiptPartRow.superseded).is_(False))
        .order_by(col(ReceiptPartRow.part_no))
    )
    return list(rows.scalars())


def move(
    session: Session,
    row: ReceiptRow,
    state: ReceiptState,
    sentence: str,
    *,
    at: datetime,
    by: str = "leaseflow",
) -> None:
    """Bring a receipt into a state; one that came to nothing sets its external reference free."""
    row.state, row.sentence, row.changed_at = state, sentence, at
    if state in _CAME_TO_NOTHING:
        row.reference_key = None
    session.add(row)
    session.flush()
    session.add(ReceiptEventRow(receipt_id=row.receipt_id, state=state, sentence=sentence, by=by, at=at))


def keep_voucher(
    session: Session, row: ReceiptRow, event: str, posted: Posted, amount: Money, *, at: datetime
) -> None:
    """Note a journal that the receipt posted."""
    session.add(
        ReceiptVoucherRow(
            journal_key=posted.key,
            receipt_id=row.receipt_id,
            event=event,
            voucher=posted.voucher,
            amount_minor=amount.minor,
            posted_at=at,
        )
    )
    session.flush()


def vouchers(session: Session, receipt_id: str, *, standing: bool = False) -> list[ReceiptVoucherRow]:
    """What a receipt posted, oldest first; ``standing`` leaves out what was taken back."""
    query = select(ReceiptVoucherRow).where(col(ReceiptVoucherRow.receipt_id) == receipt_id)
    if standing:
        query = query.where(col(ReceiptVoucherRow.reversed_by).is_(None))
    order = (col(ReceiptVoucherRow.posted_at), col(ReceiptVoucherRow.voucher))
    return list(session.execute(query.order_by(*order)).scalars())


def amount(row: ReceiptRow) -> Money:
    return Money(row.amount_minor, row.currency)


# ---------------------------------------------------------------- reading


def awaited(
    session: Session, channel: str, external_reference: str, states: Sequence[ReceiptState]
) -> list[ReceiptRow]:
    """Receipts of an external reference, for news that names nothing else."""
    rows = session.execute(
        select(ReceiptRow).where(
            col(ReceiptRow.channel) == channel,
            col(ReceiptRow.external_reference) == external_reference,
            col(ReceiptRow.state).in_(states),
        )
    )
    return list(rows.scalars())


def of_terminal_day(session: Session, terminal: str, day: date) -> list[ReceiptRow]:
    """What a terminal took on a day and still stands, by trace number."""
    rows = session.execute(
        select(ReceiptRow)
        .where(
            col(ReceiptRow.terminal) == terminal,
            col(ReceiptRow.terminal_day) == day,
            col(ReceiptRow.state).in_((ReceiptState.RECEIVED, ReceiptState.CLEARED)),
        )
        .order_by(col(ReceiptRow.external_reference))
    )
    return list(rows.scalars())


def listed(
    session: Session,
    *,
    state: str | None = None,
    channel: str | None = None,
    branch: str | None = None,
    unidentified: bool = False,
    limit: int = 100,
) -> list[ReceiptRow]:
    """Receipts, newest first."""
    query = select(ReceiptRow).order_by(col(ReceiptRow.received_at).desc(), col(ReceiptRow.receipt_id))
    for column, value in (
        (ReceiptRow.state, state),
        (ReceiptRow.channel, channel),
        (ReceiptRow.branch, branch),
    ):
        if value:
            query = query.where(col(column) == value)
    if unidentified:
        nameless = select(col(ReceiptPartRow.receipt_id)).where(
            col(ReceiptPartRow.business_reference) == "", col(ReceiptPartRow.superseded).is_(False)
        )
        query = query.where(
            col(ReceiptRow.receipt_id).in_(nameless),
            col(ReceiptRow.state).in_((ReceiptState.RECEIVED, ReceiptState.CLEARED)),
        )
    return list(session.execute(query.limit(limit)).scalars())


def events(session: Session, receipt_id: str) -> list[ReceiptEventRow]:
    """How a receipt came to where it is, oldest first."""
    rows = session.execute(
        select(ReceiptEventRow)
        .where(col(ReceiptEventRow.receipt_id) == receipt_id)
        .order_by(col(ReceiptEventRow.receipt_event_id))
    )
    return list(rows.scalars())


def _difference(row: ReceiptRow, order: ReceiptOrder) -> str:
    pairs = {
        "amount": (amount(row), order.amount),
        "channel": (row.channel, order.channel),
        "external reference": (row.external_reference, order.external_reference),
        "payer": (row.payer_account, order.payer.number),
        "terminal": (row.terminal, order.terminal),
    }
    return ", ".join(name for name, (stored, asked) in pairs.items() if stored != asked) or "content"
