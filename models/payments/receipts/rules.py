"""What our own rules say about a receipt before it is entered, and when a channel clears."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from models.calendar import SHANGHAI
from models.money import Money
from models.parameters.channels import ChannelProfile, Confirmation
from models.parameters.payments import PaymentProduct
from models.payments.account_numbers import account_number_fault
from models.payments.banking import Direction
from models.payments.messages.payment import Refusal
from models.payments.messages.receipt import ReceiptOrder, ReceiptPart
from models.payments.receipts.terminals import TerminalState

RECEIPT_ID = re.compile(r"[A-Z0-9][A-Z0-9-]{1,29}")
"""Fits a bank's reference field, since a debit carries it there."""


@dataclass(frozen=True, slots=True)
class TerminalKnown:
    """What the books say of the terminal that is named."""

    state: TerminalState
    branch: str
    day: date | None
    """For which it is open."""


@dataclass(frozen=True, slots=True)
class ReceiptKnowledge:
    """What the books say that the rules must know."""

    received_today: Money
    """By this channel on the business date, without what came to nothing."""
    same_reference: str = ""
    """The receipt that holds the external reference already."""
    terminal: TerminalKnown | None = None
    payment_state: str = ""
    """State of the payment that bears the receipt's id; empty when there is none."""


def refusals(
    order: ReceiptOrder,
    channel: ChannelProfile,
    products: Mapping[str, PaymentProduct],
    known: ReceiptKnowledge,
) -> tuple[Refusal, ...]:
    """Every rule that the receipt breaks; none means that it is taken."""
    return (
        *_identity(order, channel),
        *_who(order, channel),
        *_amount(order, channel, known),
        *part_refusals(order.amount, order.parts, products),
        *_reference(order, channel, known),
        *_terminal(order, channel, known),
        *_debit(order, channel, products, known),
    )


def part_refusals(
    amount: Money, parts: tuple[ReceiptPart, ...], products: Mapping[str, PaymentProduct]
) -> Iterator[Refusal]:
    """Whether shares add up to an amount, and each says what it is for or nothing at all."""
    if sum(part.amount.minor for part in parts) != amount.minor or any(p.amount.minor <= 0 for p in parts):
        shares = " + ".join(str(part.amount) for part in parts) or "nothing"
        yield Refusal("parts", f"parts {shares} must be over zero and add up to {amount}")
    for part in parts:
        if part.amount.currency != amount.currency:
            yield Refusal("parts", f"part {part.amount} {part.amount.currency} is not in {amount.currency}")
        if bool(part.product) != bool(part.business_reference):
            yield Refusal("parts", "a part names both product and business reference, or neither")
        product = products.get(part.product)
        if part.product and (product is None or product.direction is not Direction.COLLECTION):
            names = ", ".join(
                sorted(name for name, each in products.items() if each.direction is Direction.COLLECTION)
            )
            yield Refusal("product", f"product {part.product!r} is not one of {names}")


def credit_account(part: ReceiptPart, channel: ChannelProfile, products: Mapping[str, PaymentProduct]) -> str:
    """The account on the other side of a part's voucher."""
    return products[part.product].account if part.identified else channel.unidentified_account


def reference_key(order: ReceiptOrder, channel: ChannelProfile, terminal_day: date | None) -> str | None:
    """Where an external reference is taken once; None for a receipt without one."""
    if not order.external_reference:
        return None
    match channel.reference.unique_within:
        case "channel":
            return order.external_reference
        case "payer-account":
            return f"{order.payer.number}/{order.external_reference}"
        case "terminal-day":
            return f"{order.terminal}/{terminal_day}/{order.external_reference}"


def clears_at(channel: ChannelProfile, taken: datetime) -> datetime | None:
    """When a receipt clears by itself: at the close of so many business days after it was taken.

    None where something must be heard first.
    """
    if channel.confirmation is not Confirmation.CLEARING_DAYS:
        return None
    calendar = channel.calendar()
    day = calendar.next_business_day(taken.astimezone(SHANGHAI).date())
    for _ in range(channel.clearing_days):
        day = calendar.next_business_day(day + timedelta(days=1))
    return datetime.combine(day, calendar.closes, SHANGHAI)


def ask_at(channel: ChannelProfile, taken: datetime) -> datetime:
    """When a person is asked why nothing was heard."""
    return taken + timedelta(hours=channel.confirm_within_hours)


def correctable_until(cleared: datetime, days: int) -> datetime:
    """The end of the last day on which a cleared receipt can be corrected."""
    day = cleared.astimezone(SHANGHAI).date() + timedelta(days=days)
    return datetime.combine(day, time.max, SHANGHAI)


def _identity(order: ReceiptOrder, channel: ChannelProfile) -> Iterator[Refusal]:
    if not RECEIPT_ID.fullmatch(order.receipt_id):
        yield Refusal(
            "identity", f"receipt id {order.receipt_id!r} is not 2 to 30 capital letters, digits and hyphens"
        )
    if not channel.active:
        yield Refusal("channel", f"channel {channel.code} takes nothing at present")


def _who(order: ReceiptOrder, channel: ChannelProfile) -> Iterator[Refusal]:
    if not set(order.taken_by.roles) & set(channel.roles):
        needed = " or ".join(channel.roles)
        yield Refusal("role", f"{order.taken_by.username} may not take {channel.code}: it takes {needed}")
    if channel.branches and order.branch not in channel.branches:
        yield Refusal("branch", f"branch {order.branch} takes no {channel.code}")


def _amount(order: ReceiptOrder, channel: ChannelProfile, known: ReceiptKnowledge) -> Iterator[Refusal]:
    amount, limits = order.amount.amount, channel.limits
    if amount <= 0:
        yield Refusal("amount", f"amount {order.amount} is not over zero")
    if amount > limits.per_receipt:
        yield Refusal("limit", f"amount {order.amount} is over {limits.per_receipt} for one {channel.code}")
    if known.received_today.amount + amount > limits.per_day:
        yield Refusal(
            "daily-limit",
            f"with {known.received_today} today {order.amount} is over {limits.per_day} a day"
            f" of {channel.code}",
        )


def _reference(order: ReceiptOrder, channel: ChannelProfile, known: ReceiptKnowledge) -> Iterator[Refusal]:
    rule, number = channel.reference, order.external_reference
    if not number:
        if rule.required:
            yield Refusal("reference", f"{channel.code} needs the number that the outside knows it by")
        return
    if not re.fullmatch(rule.pattern, number):
        yield Refusal("reference", f"{number!r} does not look like {rule.pattern}")
    if rule.unique_within == "payer-account" and not order.payer.number:
        yield Refusal("reference", "the payer's account is missing: the number is unique only within it")
    if known.same_reference:
        yield Refusal("duplicate", f"{number} was taken before, as receipt {known.same_reference}")


def _terminal(order: ReceiptOrder, channel: ChannelProfile, known: ReceiptKnowledge) -> Iterator[Refusal]:
    if not channel.needs_terminal:
        return
    terminal = known.terminal
    if terminal is None:
        yield Refusal("terminal", f"terminal {order.terminal!r} is not registered")
    elif terminal.state is not TerminalState.OPEN:
        yield Refusal("terminal", f"terminal {order.terminal} is {terminal.state}: it takes no receipts")
    elif terminal.branch != order.branch:
        yield Refusal("terminal", f"terminal {order.terminal} is of branch {terminal.branch}")


def _debit(
    order: ReceiptOrder,
    channel: ChannelProfile,
    products: Mapping[str, PaymentProduct],
    known: ReceiptKnowledge,
) -> Iterator[Refusal]:
    if channel.confirmation is not Confirmation.DEBIT:
        return
    if len(order.parts) != 1 or order.parts[0].product not in products:
        yield Refusal("debit", "a debit is for one product and business reference")
    if known.payment_state:
        yield Refusal(
            "identity",
            f"payment {order.receipt_id} exists and is {known.payment_state}: the payment that collects a"
            " receipt bears the receipt's id, so take it under another",
        )
    if not order.mandate:
        yield Refusal("debit", "a debit needs the payer's mandate")
    if fault := account_number_fault(order.payer.number):
        yield Refusal("debit", f"account {order.payer.number!r} cannot be right: {fault}")
