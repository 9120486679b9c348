"""What becomes of a receipt: confirmed, bounced, cancelled, reversed, identified.

Each function works on a locked row in the caller's transaction, gives the refusals that keep it from
doing anything, and leaves no trace when there are any.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlmodel import Session

from activities.payments.receipts.events import post, post_part
from activities.store.ledger import posting
from activities.store.payments import receipt_refunds, receipts
from activities.store.tables.receipts import ReceiptPartRow, ReceiptRow
from models.calendar import business_date
from models.money import Money
from models.parameters.channels import ChannelProfile
from models.parameters.payments import PaymentParameters
from models.payments.messages import (
    BounceReceipt,
    CancelReceipt,
    ConfirmReceipt,
    IdentifyReceipt,
    PaymentOutcome,
    PaymentState,
    ReceiptPart,
    ReceiptState,
    Refusal,
    ReverseReceipt,
)
from models.payments.receipts.errors import ReceiptNotOpenError
from models.payments.receipts.rules import credit_account, part_refusals

Refusals = tuple[Refusal, ...]


def clear(
    session: Session, row: ReceiptRow, channel: ChannelProfile, news: ConfirmReceipt, *, at: datetime
) -> Refusals:
    """The money is there: move it from the clearing account to the bank's, less what was kept from it."""
    amount = receipts.amount(row)
    if row.state == ReceiptState.CLEARED and news.bank_reference in {"", row.bank_reference}:
        return ()  # told twice is told once
    if row.state != ReceiptState.RECEIVED:
        return not_open(row, "confirmed")
    fee = news.fee if news.fee is not None else channel.fees.of(amount)
    if news.amount is not None and news.amount != amount:
        sentence = f"{news.amount} {news.amount.currency} came, {amount} {amount.currency} was received"
        return (Refusal("amount", sentence),)
    if amount < fee:
        return (Refusal("fee", f"fee {fee} is more than the {amount} received"),)
    if row.clearing_account != row.bank_account or fee.minor:
        accounts = {"bank": row.bank_account, "clearing": row.clearing_account}
        by = news.actor.username
        amounts = {"amount": amount, "fee": fee}
        post(
            session,
            row,
            "receipt.cleared",
            "cleared",
            amounts=amounts,
            accounts=accounts,
            at=at,
            by=by,
            value_date=news.value_date,
        )
    row.fee_minor, row.bank_reference, row.cleared_at = fee.minor, news.bank_reference or None, at
    told = f" as {news.bank_reference}" if news.bank_reference else ""
    sentence = f"confirmed{told}"
    receipts.move(session, row, ReceiptState.CLEARED, sentence, at=at, by=news.actor.username)
    return ()


def bounce(
    session: Session, row: ReceiptRow, channel: ChannelProfile, command: BounceReceipt, *, at: datetime
) -> Refusals:
    """The outside took it back: from the clearing account, or from the bank's when it had cleared."""
    if row.state == ReceiptState.BOUNCED:
        return ()
    if not channel.bounceable:
        return (Refusal("bounce", f"{channel.name} does not bounce; cancel or reverse it"),)
    if not ReceiptState(row.state).is_open:
        return not_open(row, "bounced")
    charge = command.charge or Money.of(channel.bounce_charge, row.currency)
    from_account = row.bank_account if row.state == ReceiptState.CLEARED else row.clearing_account
    accounts = {"clearing": from_account, "bank": row.bank_account}
    for number, part in enumerate(receipts.parts(session, row.receipt_id)):
        post_part(
            session,
            row,
            part,
            "receipt.bounced",
            "bounced",
            accounts=accounts,
            at=at,
            by=command.actor.username,
            fee=charge if number == 0 else None,
            value_date=command.value_date,
        )
    row.charge_minor = charge.minor
    late = " after it had cleared" if row.cleared_at else ""
    sentence = f"bounced{late}: {command.reason}"
    receipts.move(session, row, ReceiptState.BOUNCED, sentence, at=at, by=command.actor.username)
    return ()


def cancel(session: Session, row: ReceiptRow, command: CancelReceipt, *, at: datetime) -> Refusals:
    """It never was: its vouchers are taken back before anything cleared."""
    if row.state == ReceiptState.CANCELLED:
        return ()
    if row.state != ReceiptState.RECEIVED:
        return not_open(row, "cancelled")
    take_back(session, row, ReceiptState.CANCELLED, command.reason, by=command.actor.username, at=at)
    return ()


def take_back(
    session: Session, row: ReceiptRow, state: ReceiptState, reason: str, *, by: str, at: datetime
) -> None:
    """Take a receipt that has not cleared out of the books, part by part."""
    accounts = {"clearing": row.clearing_account}
    if receipts.vouchers(session, row.receipt_id):
        for part in receipts.parts(session, row.receipt_id):
            post_part(session, row, part, "receipt.reversed", "taken-back", accounts=accounts, at=at, by=by)
    receipts.move(session, row, state, reason, at=at, by=by)


def reverse(session: Session, row: ReceiptRow, command: ReverseReceipt, *, at: datetime) -> Refusals:
    """A cleared receipt is taken out of the books by a mirror of each of its vouchers."""
    if row.state == ReceiptState.REVERSED:
        return ()
    if row.state != ReceiptState.CLEARED:
        return not_open(row, "reversed")
    if row.collected_by:
        sentence = f"payment {row.collected_by} collected it: the bank's return takes it back"
        return (Refusal("reverse", sentence),)
    refunded = receipt_refunds.taken(session, row.receipt_id)
    if refunded.minor:
        return (Refusal("refunds", f"{refunded} of it is refunded, or about to be"),)
    for voucher in receipts.vouchers(session, row.receipt_id, standing=True):
        mirror = posting.reverse(
            session,
            key=f"{voucher.journal_key}/reversed",
            original_key=voucher.journal_key,
            business_date=business_date(at),
            posted_by=command.actor.username,
            reason=command.reason,
            source=f"receipt-{row.receipt_id}",
        )
        voucher.reversed_by = mirror.voucher
        session.add(voucher)
    receipts.move(session, row, ReceiptState.REVERSED, command.reason, at=at, by=command.actor.username)
    return ()


def identify(
    session: Session,
    row: ReceiptRow,
    channel: ChannelProfile,
    parameters: PaymentParameters,
    command: IdentifyReceipt,
    *,
    at: datetime,
) -> Refusals:
    """Money of unknown purpose gets one: new parts stand in the place of the unidentified ones."""
    if not ReceiptState(row.state).is_open:
        return not_open(row, "identified")
    parts = receipts.parts(session, row.receipt_id)
    nameless = [each for each in parts if not each.business_reference]
    if not nameless:
        if not Counter(map(_share, command.parts)) - Counter(map(_share_of_row, parts)):
            return ()  # the same again
        return (Refusal("identified", "every part of it is identified already"),)
    total = Money(sum(part.amount_minor for part in nameless), row.currency)
    broken = list(part_refusals(total, command.parts, parameters.products))
    if any(not part.identified for part in command.parts):
        broken.append(Refusal("parts", "each part must name product and business reference"))
    numbers = {part.part_no for part in nameless}
    balances = receipt_refunds.balances(session, row.receipt_id)
    if any(each.refunded.minor for each in balances if each.part_no in numbers):
        broken.append(Refusal("refunds", "some of it is refunded already"))
    if not broken:
        given = [(part, credit_account(part, channel, parameters.products)) for part in command.parts]
        _allocate(session, row, nameless, given, by=command.actor.username, at=at)
    return tuple(broken)


def _share(part: ReceiptPart) -> tuple[str, str, Money]:
    return part.product, part.business_reference, part.amount


def _share_of_row(part: ReceiptPartRow) -> tuple[str, str, Money]:
    return part.product, part.business_reference, Money(part.amount_minor, part.currency)


def collected(session: Session, row: ReceiptRow, outcome: PaymentOutcome, *, at: datetime) -> None:
    """The payment that was to collect a receipt ended; it posted its own vouchers."""
    if row.state != ReceiptState.RECEIVED:
        return
    row.collected_by = outcome.payment_id
    if outcome.state is PaymentState.SETTLED:
        row.bank_reference, row.cleared_at = outcome.bank_reference or None, at
        sentence = f"collected by payment {outcome.payment_id}, voucher {outcome.voucher}"
        receipts.move(session, row, ReceiptState.CLEARED, sentence, at=at)
    else:
        sentence = f"payment {outcome.payment_id} is {outcome.state}: {outcome.reason}"
        receipts.move(session, row, ReceiptState.NOT_COLLECTED, sentence, at=at)


def _allocate(
    session: Session,
    row: ReceiptRow,
    nameless: list[ReceiptPartRow],
    given: list[tuple[ReceiptPart, str]],
    *,
    by: str,
    at: datetime,
) -> None:
    for part in nameless:
        part.superseded = True
        session.add(part)
    for part in receipts.enter_parts(session, row.receipt_id, given):
        # not receipt.allocated: that one spreads rent over costs, interest and principal
        amounts = {"amount": Money(part.amount_minor, part.currency)}
        accounts = {"credit": part.credit_account}
        post(
            session,
            row,
            "bank.identified",
            f"identified/{part.part_no}",
            amounts=amounts,
            accounts=accounts,
            at=at,
            by=by,
            about=part.business_reference,
        )
    purposes = ", ".join(f"{part.product} {part.business_reference}" for part, _account in given)
    state = ReceiptState(row.state)
    receipts.move(session, row, state, f"identified as {purposes}", at=at, by=by)


def not_open(row: ReceiptRow, wanted: str) -> Refusals:
    """The refusal of a command that does not fit the receipt's state."""
    error = ReceiptNotOpenError(row.receipt_id, row.state, wanted)
    return (Refusal("state", str(error)),)
