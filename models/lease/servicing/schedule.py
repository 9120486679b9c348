"""Computing the rents that are not yet due anew, after the balance, the rate or the dates have changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from models.lease.servicing.book import Book, Row, RowKind
from models.lease.servicing.terms import Component, Shape
from models.money import Money


class Role(StrEnum):
    """What a row is for when a balance is spread over rows."""

    RENT = "rent"
    INTEREST_ONLY = "interest-only"
    RESIDUAL = "residual"
    """Brings the residual value."""
    CAPITALISE = "capitalise"
    """Nothing is asked for: interest becomes principal on its due date."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one instalment is to bring: a rent, or so much principal and the interest besides."""

    rent: Money | None = None
    principal: Money | None = None


def lay_out(book: Book, asked: Sequence[Asked]) -> None:
    """Give the rents after today new interest and principal, by the balance that they have to repay.

    The running period's interest so far stays; what is already paid on a row stays paid. The last row
    takes what is left, and rows that nothing is left for fall away.

    Args:
        book: its open principal of rents after today is the balance.
        asked: one for each rent after today.
    """
    rows = book.future_rows()
    balance = book.not_yet_due()
    since, before, waiting = book.accrual_from, book.accrued, False
    for at, (row, ask) in enumerate(zip(rows, asked, strict=True)):
        exact = before + (balance.amount * book.grown(since, row.due) if balance.minor else Decimal(0))
        interest, carried = book.interest(exact), Decimal(0)
        room = _room(row, ask)
        if row is not rows[-1] and room is not None and interest > room and (row.counted or waiting):
            # a rent that was nearly covered keeps its amount: its interest comes with the next ones
            interest = book.zero if row.counted else room
            carried = exact - interest.amount
        principal = balance - _left_for_residual(book, row, rows[at + 1 :], balance)
        if len(rows) - at > 1 + (rows[-1].residual is not None):
            principal = _principal(book, row, ask, interest, balance)
        row.asked[Component.INTEREST] = _closed(row, Component.INTEREST) + interest
        row.asked[Component.PRINCIPAL] = _closed(row, Component.PRINCIPAL) + principal
        balance -= principal
        since, before, waiting = row.due, carried, carried > 0
    drop_empty(book)


def _left_for_residual(book: Book, row: Row, later: Sequence[Row], balance: Money) -> Money:
    """Principal that a residual value after the last rent repays: the last rent takes the rest before it."""
    if not later or later[-1].residual is None:
        return balance - balance
    value = later[-1].residual.amount / (1 + book.grown(row.due, later[-1].due))
    return min(book.money(value), balance)


def _room(row: Row, ask: Asked) -> Money | None:
    """What a rent still has to bring; None where no rent is asked for."""
    if ask.rent is None:
        return None
    return ask.rent - _closed(row, Component.INTEREST) - _closed(row, Component.PRINCIPAL)


def drop_empty(book: Book) -> None:
    """Remove rents after today that ask for nothing."""
    empty = [row for row in book.future_rows() if not any(amount.minor for amount in row.asked.values())]
    book.rows = [row for row in book.rows if row not in empty]


def _principal(book: Book, row: Row, ask: Asked, interest: Money, balance: Money) -> Money:
    if ask.principal is not None:
        return min(max(ask.principal - _closed(row, Component.PRINCIPAL), book.zero), balance)
    wanted = (_room(row, ask) or book.zero) - interest
    if ask.rent is not None and ask.rent.minor == 0:
        # nothing is asked for: interest becomes principal, and what was paid before stays paid
        return book.zero - interest
    return min(max(wanted, book.zero), balance)


def _closed(row: Row, component: Component) -> Money:
    """What was paid, let off or moved of it already."""
    return row.paid[component] + row.waived[component] + row.moved[component]


def as_before(book: Book, shape: Shape) -> list[Asked]:
    """What the rents after today bring, so that they stay: the rent, or the principal where that is equal."""
    rows = book.future_rows()
    if shape is Shape.EQUAL_PRINCIPAL:
        return [Asked(principal=row.asked[Component.PRINCIPAL]) for row in rows]
    return [Asked(rent=row.rent if row.residual is None else row.residual) for row in rows]


def profile(book: Book) -> list[Money]:
    """The principal of each rent after today, as it stands."""
    return [row.open(Component.PRINCIPAL) for row in book.future_rows()]


def spread(book: Book, shape: Shape, roles: Sequence[Role], before: Sequence[Money] = ()) -> list[Asked]:
    """What each rent after today is to bring so that the balance is repaid by the last.

    Args:
        book: with the rows and the balance that are to be spread.
        shape: how.
        roles: of each row.
        before: ``proportional``: the principal of each row before the balance changed.
    """
    rows = book.future_rows()
    residual = (rows[-1].residual or book.zero).amount
    kept = list(before) + [book.zero] * (len(roles) - len(before))
    rents: list[Asked]
    match shape:
        case Shape.EQUAL_PRINCIPAL:
            free = book.not_yet_due().amount - residual - book.terms.balloon
            part = book.terms.rounding.rent_of(free / max(roles.count(Role.RENT), 1))
            rents = [Asked(principal=book.money(part))] * len(roles)
        case Shape.PROPORTIONAL:
            old = sum((amount.amount for amount in before), Decimal(0))
            factor = book.not_yet_due().amount / old if old else Decimal(0)
            rents = [Asked(principal=book.money(amount.amount * factor)) for amount in kept]
        case Shape.ANNUITY:
            rents = [Asked(rent=level_rent(book, roles))] * len(roles)
    fixed = {Role.INTEREST_ONLY: Asked(principal=book.zero), Role.CAPITALISE: Asked(rent=book.zero)}
    return [
        fixed.get(role, rent) if row.residual is None else Asked(rent=row.residual)
        for role, rent, row in zip(roles, rents, rows, strict=False)
    ]


def roles_of(book: Book) -> list[Role]:
    """What the rents after today are for, when nothing else is agreed."""
    return [Role.RENT if row.residual is None else Role.RESIDUAL for row in book.future_rows()]


def level_rent(book: Book, roles: Sequence[Role]) -> Money:
    """The rent that repays the balance exactly, before it is rounded.

    The balance after each row is linear in the rent, a - b x rent; the rent is a / b where the last
    balance is the balloon. Any lengths of periods and changes of rate are allowed.
    """
    owed, rents = book.not_yet_due().amount, Decimal(0)
    since, before = book.accrual_from, book.accrued
    for role, row in zip(roles, book.future_rows(), strict=True):
        grown = book.grown(since, row.due)
        if role is not Role.INTEREST_ONLY:
            owed += before + owed * grown - (row.residual or book.zero).amount
            rents += rents * grown + (1 if role is Role.RENT else 0)
        since, before = row.due, Decimal(0)
    exact = (owed - book.terms.balloon) / rents if rents else Decimal(0)
    return book.money(book.terms.rounding.rent_of(exact))


def replace_future(book: Book, dues: Sequence[date], balance: Money) -> None:
    """Put empty rents on new dates, the last of which carries the whole balance until it is laid out."""
    ahead = book.future_rows()
    book.rows = [row for row in book.rows if row not in ahead]
    first = book.next_number()
    for at, due in enumerate(dues):
        old = ahead[at] if at < len(ahead) else None
        row = Row.of(first + at, due, RowKind.RENT, book.zero)
        if old is not None:
            row.asked[Component.COSTS] = old.asked[Component.COSTS]
            row.asked[Component.PENALTY] = old.asked[Component.PENALTY]
        book.insert(row)
    rents = book.future_rows()
    rents[-1].residual = ahead[-1].residual if ahead else None
    rents[-1].asked[Component.PRINCIPAL] += balance


def take_principal(book: Book, amount: Money) -> None:
    """Lower the balance that the rents after today have to repay, from the last of them backwards."""
    rows = sorted(book.future_rows(), key=lambda row: (row.residual is not None, -row.due.toordinal()))
    for row in rows:
        part = min(amount, row.open(Component.PRINCIPAL))
        row.asked[Component.PRINCIPAL] -= part
        amount -= part


def freeze_covered(book: Book) -> None:
    """What was paid on a rent before its time stands by itself, so that the rent can get other terms."""
    for row in [each for each in book.future_rows() if each.counted]:
        number = book.side_number()
        book.allocations = [
            replace(each, instalment=number) if each.instalment == row.number else each
            for each in book.allocations
        ]
        rest = {component: row.open(component) for component in Component}
        row.asked = {component: row.paid[component] for component in Component}
        row.number, row.kind, due = number, RowKind.PREPAYMENT, row.due
        row.due = book.today
        fresh = Row.of(book.next_number(), due, RowKind.RENT, book.zero)
        fresh.asked = rest
        book.insert(fresh)
