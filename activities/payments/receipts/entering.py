"""Taking a receipt: checked by the rules in force, entered, and posted on its clearing account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from activities.payments.receipts.events import post_part
from activities.payments.receipts.moving import clear
from activities.store import parameters as parameter_store
from activities.store.payments import orders, receipts, terminals
from activities.store.tables.receipts import ReceiptRow, TerminalRow
from models.calendar import business_date
from models.errors import RefusedByRuleError
from models.parameters.channels import ChannelProfile, Confirmation
from models.parameters.payments import PaymentParameters
from models.parameters.registry import PAYMENTS, NothingInForceError, channel_profile
from models.payments.messages import (
    ConfirmReceipt,
    PaymentOrder,
    ReceiptBooked,
    ReceiptOrder,
    ReceiptState,
    ReceiptTerms,
    Refusal,
)
from models.payments.receipts.errors import UnknownChannelError
from models.payments.receipts.rules import (
    ReceiptKnowledge,
    TerminalKnown,
    ask_at,
    clears_at,
    credit_account,
    reference_key,
    refusals,
)
from models.payments.receipts.terminals import TerminalState
from models.people import SYSTEM


@dataclass(frozen=True, slots=True)
class ReceiptRules:
    """The parameters and the channel's profile that a receipt is checked by."""

    parameters: PaymentParameters
    channel: ChannelProfile
    version: int

    @classmethod
    def in_force(cls, session: Session, channel: str, at: datetime) -> ReceiptRules:
        """The rules at an instant.

        Raises:
            UnknownChannelError: the channel has no profile.
        """
        payments = parameter_store.in_force(session, PAYMENTS, at)
        try:
            profile = parameter_store.in_force(session, channel_profile(channel), at)
        except NothingInForceError as error:
            raise UnknownChannelError(channel) from error
        return cls(payments.value, profile.value, profile.version)


def register(session: Session, order: ReceiptOrder, *, at: datetime) -> ReceiptBooked:
    """Enter, check and post a receipt; cash clears at once. The same order again changes nothing.

    Raises:
        ReceiptExistsError: the id was used for something else.
        UnknownChannelError: the channel has no profile.
    """
    known = receipts.find_same(session, order)
    rules = ReceiptRules.in_force(session, order.channel, known.received_at if known else at)
    if known is not None:
        return _as_it_stands(session, known, order, rules)
    receipts.lock_channel(session, order.channel)
    terminal = terminals.known(session, order.terminal) if order.terminal else None
    key = reference_key(order, rules.channel, terminal.day if terminal else None)
    broken = _broken(session, order, rules, terminal, key=key, day=business_date(at))
    row = receipts.enter(
        session,
        order,
        rules.channel,
        version=rules.version,
        day=business_date(at),
        terminal_day=terminal.day if terminal else None,
        at=at,
    )
    if not broken:
        row.reference_key = key
        broken = _post(session, row, order, rules, at)
    if broken:
        sentence = "; ".join(refusal.sentence for refusal in broken)
        receipts.move(session, row, ReceiptState.REFUSED, sentence, at=at, by=order.taken_by.username)
        return ReceiptBooked(ReceiptState.REFUSED, sentence, refusals=broken)
    return _as_it_stands(session, row, order, rules)


def _broken(
    session: Session,
    order: ReceiptOrder,
    rules: ReceiptRules,
    terminal: TerminalRow | None,
    *,
    key: str | None,
    day: date,
) -> tuple[Refusal, ...]:
    known = ReceiptKnowledge(
        received_today=receipts.received_on(session, order.channel, day, order.amount.currency),
        same_reference=receipts.holder(session, order.channel, key),
        terminal=TerminalKnown(TerminalState(terminal.state), terminal.branch, terminal.day)
        if terminal
        else None,
        payment_state=orders.state_of(session, order.receipt_id),
    )
    return refusals(order, rules.channel, rules.parameters.products, known)


def _post(
    session: Session, row: ReceiptRow, order: ReceiptOrder, rules: ReceiptRules, at: datetime
) -> tuple[Refusal, ...]:
    """Bring a receipt that breaks no rule into the ledger, all of it or nothing."""
    try:
        with session.begin_nested():
            _post_parts(session, row, order, rules, at)
    except RefusedByRuleError as error:
        session.refresh(row)
        return (Refusal("ledger", str(error)),)
    return ()


def _post_parts(
    session: Session, row: ReceiptRow, order: ReceiptOrder, rules: ReceiptRules, at: datetime
) -> None:
    products = rules.parameters.products
    given = [(part, credit_account(part, rules.channel, products)) for part in order.parts]
    by = order.taken_by.username
    entered = receipts.enter_parts(session, row.receipt_id, given)
    if rules.channel.confirmation is not Confirmation.DEBIT:
        for part in entered:
            post_part(
                session,
                row,
                part,
                "receipt.received",
                "received",
                accounts={"clearing": row.clearing_account},
                at=at,
                by=by,
                value_date=row.value_date,
            )
    receipts.move(session, row, ReceiptState.RECEIVED, f"taken by {by} as {rules.channel.name}", at=at, by=by)
    if rules.channel.confirmation is Confirmation.IMMEDIATE:
        clear(session, row, rules.channel, ConfirmReceipt(SYSTEM), at=at)


def _as_it_stands(
    session: Session, row: ReceiptRow, order: ReceiptOrder, rules: ReceiptRules
) -> ReceiptBooked:
    """What the workflow must know, whether the receipt is new or a step is tried again."""
    if row.state == ReceiptState.REFUSED:
        refusal = Refusal("repeated", row.sentence)
        return ReceiptBooked(ReceiptState.REFUSED, row.sentence, refusals=(refusal,))
    parts = receipts.parts(session, row.receipt_id)
    posted = receipts.vouchers(session, row.receipt_id)
    return ReceiptBooked(
        ReceiptState(row.state),
        row.sentence,
        voucher=posted[0].voucher if posted else "",
        identified=all(part.business_reference for part in parts),
        terms=_terms(row, order, rules.channel),
    )


def _terms(row: ReceiptRow, order: ReceiptOrder, channel: ChannelProfile) -> ReceiptTerms:
    debit = channel.confirmation is Confirmation.DEBIT
    return ReceiptTerms(
        channel=channel.name,
        confirmation=channel.confirmation,
        ask_at=ask_at(channel, row.received_at),
        clears_at=clears_at(channel, row.received_at),
        correctable_days=channel.correctable_days,
        bounceable=channel.bounceable,
        collection=_collection(order, channel) if debit else None,
    )


def _collection(order: ReceiptOrder, channel: ChannelProfile) -> PaymentOrder:
    """The payment that collects a receipt; it bears the receipt's id."""
    part = order.parts[0]
    return PaymentOrder(
        payment_id=order.receipt_id,
        product=part.product,
        bank=channel.bank,
        counterparty=order.payer,
        amount=order.amount,
        business_reference=part.business_reference,
        ordered_by=order.taken_by,
        branch=order.branch,
        mandate=order.mandate,
    )
