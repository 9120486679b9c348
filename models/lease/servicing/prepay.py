"""Paying a part early: shorter term, lower rent, or the next rents covered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from models.errors import RefusedByRuleError
from models.lease.servicing.allocate import add_credit, pay, pay_dues, release_ahead
from models.lease.servicing.book import Book, Row, RowKind
from models.lease.servicing.early_fee import early_fee
from models.lease.servicing.early_terms import Effect
from models.lease.servicing.events import Prepayment
from models.lease.servicing.schedule import (
    as_before,
    lay_out,
    profile,
    replace_future,
    roles_of,
    spread,
    take_principal,
)
from models.lease.servicing.terms import Component
from models.money import Money


class PrepaymentTooSmallError(RefusedByRuleError):
    """The policy takes no prepayment of so little."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a sum of money is for when it is paid early."""

    principal: Money
    interest: Money
    fee: Money


def prepay(book: Book, event: Prepayment) -> None:
    """Pay what is due, and principal early with the rest.

    Raises:
        PrepaymentTooSmallError: what is left for principal is under the policy's minimum.
    """
    left = pay_dues(book, event.id, book.money(event.amount))
    policy = book.terms.prepayment
    if left.minor <= 0 or not book.future_rows():
        add_credit(book, event.id, left)
        return
    if left.amount < policy.minimum:
        raise PrepaymentTooSmallError(
            f"prepayment {event.id}: {left} is left after what is due, less than {policy.minimum}",
            remedy="Prepay more, or enter it as a payment",
        )
    effect = event.effect or policy.effect
    if effect is Effect.SKIP_NEXT:
        cover_next(book, event.id, left)
    else:
        _lower(book, event, left, effect)


def cover_next(book: Book, event: str, amount: Money) -> None:
    """Count money against the next rents: interest to the day first, then their principal.

    Interest falls from that day, and the last rent becomes smaller by what is saved. Where a rent is
    covered in full, the rest of its period's interest comes with the next one.
    """
    release_ahead(book)
    asked = as_before(book, book.terms.shape)
    book.roll()
    left = amount
    for row in book.future_rows():
        if left.minor <= 0:
            break
        left = _cover(book, event, left, row)
    rows = book.future_rows()
    lay_out(book, asked[len(asked) - len(rows) :])
    add_credit(book, event, left)


def _cover(book: Book, event: str, amount: Money, row: Row) -> Money:
    """Cover one rent as far as the money goes; gives what is left."""
    free = row.rent - row.paid[Component.INTEREST] - row.paid[Component.PRINCIPAL]
    balance = book.not_yet_due()
    interest = book.interest(max(book.accrued, Decimal(0)))
    room = min(balance, max(free - interest, book.zero))
    if row is book.future_rows()[-1]:
        room = balance
    else:
        interest = min(interest, free)
    _keep_whole(book, row, room)
    row.asked[Component.INTEREST] = row.paid[Component.INTEREST] + interest
    row.asked[Component.PRINCIPAL] = row.paid[Component.PRINCIPAL] + room
    row.counted = True
    for component in (Component.COSTS, Component.PENALTY, Component.INTEREST, Component.PRINCIPAL):
        before = amount
        amount = pay(book, event, amount, row, component)
        if component is Component.INTEREST:
            book.accrued -= (before - amount).amount
    row.complete = row.open_all().minor == 0
    return amount


def _keep_whole(book: Book, row: Row, room: Money) -> None:
    """Keep the balance whole when one row's principal grows or shrinks: the last rows give or take."""
    change = room - row.open(Component.PRINCIPAL)
    others = [each for each in book.future_rows() if each is not row]
    for each in reversed(others):
        part = min(change, each.open(Component.PRINCIPAL))
        each.asked[Component.PRINCIPAL] -= part
        change -= part


def _lower(book: Book, event: Prepayment, amount: Money, effect: Effect) -> None:
    release_ahead(book)
    parts = _split(book, event, amount)
    row = Row.of(
        book.side_number(),
        book.today,
        RowKind.PREPAYMENT,
        book.zero,
        principal=parts.principal,
        interest=parts.interest,
        costs=parts.fee,
    )
    before, asked = profile(book), as_before(book, book.terms.shape)
    take_principal(book, parts.principal)
    if book.terms.prepayment.interest != "on-prepaid":
        book.accrued -= parts.interest.amount
    book.insert(row)
    for component in (Component.COSTS, Component.INTEREST, Component.PRINCIPAL):
        amount = pay(book, event.id, amount, row, component)
    add_credit(book, event.id, amount)
    if event.instalments is not None and effect is Effect.SHORTER_TERM:
        dues = [each.due for each in book.future_rows()][: event.instalments]
        replace_future(book, dues, book.not_yet_due())
        asked = spread(book, book.terms.shape, roles_of(book), before)
    elif effect is Effect.LOWER_RENT:
        asked = spread(book, book.terms.shape, roles_of(book), before)
    lay_out(book, asked)


def _split(book: Book, event: Prepayment, amount: Money) -> Parts:
    """Principal as large as the money allows, once interest and fee on it are paid."""
    on_prepaid = book.terms.prepayment.interest == "on-prepaid"
    since = book.accrual_from
    if not on_prepaid:
        book.roll()
    accrued = book.interest(max(book.accrued, Decimal(0)))

    def parts(principal: Money) -> Parts:
        interest = book.zero
        if on_prepaid:
            interest = book.money(principal.amount * book.grown(since, book.today))
        elif book.terms.prepayment.interest == "to-date":
            interest = accrued
        fee = (
            book.money(event.fee)
            if event.fee is not None
            else early_fee(book, book.terms.prepayment.fee, principal)
        )
        return Parts(principal, interest, fee)

    return _largest(book, amount, parts)


def _largest(book: Book, amount: Money, parts: Callable[[Money], Parts]) -> Parts:
    low, high = 0, min(amount, book.not_yet_due()).minor
    while low < high:
        middle = (low + high + 1) // 2
        tried = parts(Money(middle, amount.currency))
        if (tried.principal + tried.interest + tried.fee) <= amount:
            low = middle
        else:
            high = middle - 1
    found = parts(Money(low, amount.currency))
    if low == 0:
        # not even interest is covered: it takes what there is
        return Parts(found.principal, min(found.interest, amount), book.zero)
    return found
