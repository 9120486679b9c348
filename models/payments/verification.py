"""What our own rules say about an order before any bank hears of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.money import Money
from models.parameters.banks import BankProfile
from models.parameters.payments import PaymentParameters, PaymentProduct
from models.payments.account_numbers import account_number_fault, bank_id_fault
from models.payments.banking import Direction
from models.payments.messages.payment import BankTerms, PaymentOrder, PaymentState, Refusal
from models.payments.receipts.refunds import refund_refusals
from models.people import Role

PAYMENT_ID = re.compile(r"[A-Z0-9][A-Z0-9-]{1,29}")
"""Fits every bank's reference field (ISO 20022: 35 characters, and some banks 30)."""

_CAME_TO_NOTHING = frozenset(
    {PaymentState.FAILED, PaymentState.RETURNED, PaymentState.REFUSED, PaymentState.CANCELLED}
)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the books say that the rules must know."""

    paid_through_bank: Money
    """Pay-outs of the business date through this bank, without refused and failed ones."""
    paid_in_all: Money
    resembling: Sequence[str] = ()
    """Payments of the last days with the same account, amount and business reference."""
    refundable: Money | None = None
    """What is left to refund of the receipt named in the order; None when it names none."""
    replaced_state: str = ""
    """State of the payment that this one replaces; empty when it replaces none."""


def refusals(
    order: PaymentOrder, parameters: PaymentParameters, profile: BankProfile, known: Knowledge
) -> tuple[Refusal, ...]:
    """Every rule that the order breaks; none means that it may go."""
    product = parameters.products.get(order.product)
    if product is None:
        names = ", ".join(sorted(parameters.products))
        return (Refusal("product", f"product {order.product!r} is not one of {names}"),)
    return (
        *_identity(order),
        *_account(order),
        *_bank(order, product, profile),
        *_limits(order, product, parameters, profile, known),
        *_history(order, known),
    )


def ordering_refusals(order: PaymentOrder) -> tuple[Refusal, ...]:
    """What keeps this person from ordering at all."""
    if {Role.CASHIER, Role.TREASURER, Role.SYSTEM} & set(order.ordered_by.roles):
        return ()
    who = order.ordered_by.username
    return (Refusal("role", f"{who} may not order payments: it takes the role cashier or treasurer"),)


def _identity(order: PaymentOrder) -> Iterator[Refusal]:
    if not PAYMENT_ID.fullmatch(order.payment_id):
        yield Refusal(
            "identity", f"payment id {order.payment_id!r} is not 2 to 30 capital letters, digits and hyphens"
        )
    if not order.business_reference:
        yield Refusal("identity", "business reference is empty: say what the payment is for")


def _account(order: PaymentOrder) -> Iterator[Refusal]:
    fault = account_number_fault(order.counterparty.number)
    if fault:
        yield Refusal("account", f"account {order.counterparty.number!r} cannot be right: {fault}")
    if not order.counterparty.name.strip():
        yield Refusal("account", "the account's owner has no name")
    if order.counterparty.bank and (fault := bank_id_fault(order.counterparty.bank)):
        yield Refusal("account", f"bank {order.counterparty.bank!r} cannot be right: {fault}")


def _bank(order: PaymentOrder, product: PaymentProduct, profile: BankProfile) -> Iterator[Refusal]:
    if not profile.active:
        yield Refusal("bank", f"bank {profile.code} takes no payments at present")
    if order.amount.currency != profile.currency:
        yield Refusal("bank", f"bank {profile.code} takes {profile.currency}, not {order.amount.currency}")
    if product.direction is Direction.COLLECTION and not order.mandate:
        yield Refusal("mandate", "a collection needs the debtor's mandate")
    if product.direction is Direction.COLLECTION and profile.http is None:
        yield Refusal("bank", f"bank {profile.code} collects in batches only: enter a due, and build a batch")
    if order.counterparty.number == profile.own_account:
        yield Refusal("bank", f"account {profile.own_account} is our own")


def _limits(
    order: PaymentOrder,
    product: PaymentProduct,
    parameters: PaymentParameters,
    profile: BankProfile,
    known: Knowledge,
) -> Iterator[Refusal]:
    amount = order.amount.amount
    if amount < profile.limits.minimum or order.amount.minor <= 0:
        yield Refusal("minimum", f"amount {order.amount} is under {profile.limits.minimum}")
    ceilings = (
        (product.limit, f"product {order.product}"),
        (profile.limits.per_payment, f"bank {profile.code}"),
    )
    for ceiling, whose in ceilings:
        if amount > ceiling:
            yield Refusal("limit", f"amount {order.amount} is over the limit {ceiling} of {whose}")
    if product.direction is not Direction.PAY_OUT:
        return
    days = (
        (profile.limits.per_day, known.paid_through_bank, f"bank {profile.code}"),
        (parameters.daily_limit, known.paid_in_all, "the house"),
    )
    for ceiling, so_far, whose in days:
        if so_far.amount + amount > ceiling:
            yield Refusal(
                "daily-limit", f"with {so_far} paid today {order.amount} is over {ceiling} a day of {whose}"
            )


def _history(order: PaymentOrder, known: Knowledge) -> Iterator[Refusal]:
    if known.resembling and not order.even_if_duplicate:
        yield Refusal(
            "duplicate",
            f"it resembles {', '.join(known.resembling)}; if it is meant, order it with --even-so",
        )
    if known.refundable is not None and order.refunds:
        yield from refund_refusals(order.refunds, order.amount, known.refundable)
    if order.replaces and known.replaced_state not in _CAME_TO_NOTHING:
        state = known.replaced_state or "unknown"
        yield Refusal(
            "replaces", f"{order.replaces} is {state}: only a payment that came to nothing is replaced"
        )


def needs_release(order: PaymentOrder, parameters: PaymentParameters) -> bool:
    """Whether a second person must let the order go."""
    product = parameters.products[order.product]
    return product.direction is Direction.PAY_OUT and order.amount.amount > parameters.release_above


def bank_terms(profile: BankProfile, *, version: int, queue: str) -> BankTerms:
    """What the workflow must know of a profile."""
    return BankTerms(
        name=profile.name,
        queue=queue,
        inquiry=profile.inquiry,
        can_inquire=profile.http is not None,
        idempotent=profile.rules.idempotent,
        cancellable=profile.rules.cancellable and profile.http is not None,
        answer_seconds=profile.http.answer_seconds if profile.http else 30.0,
        profile_version=version,
    )
