"""Computing the rents that are not yet due anew, after the balance, the rate or the dates have changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    """Brings the principal that it brought before."""
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
    since, before = book.accrual_from, book.accrued
    for row, ask in zip(rows, asked, strict=True):
        grown = balance.amount * book.grown(since, row.due) if balance.minor else Decimal(0)
        interest = book.interest(before + grown)
        room = _room(row, ask)
        if row.counted and room is not None and interest > room:
            # a rent that was nearly covered keeps its amount: its interest comes with the next one
            row.asked[Component.PRINCIPAL] = _closed(row, Component.PRINCIPAL) + min(room, balance)
            row.asked[Component.INTEREST] = _closed(row, Component.INTEREST)
            balance -= min(room, balance)
            since, before = row.due, before + grown
            continue
        principal = balance if row is rows[-1] else _principal(book, row, ask, interest, balance)
        row.asked[Component.INTEREST] = _closed(row, Component.INTEREST) + interest
        row.asked[Component.PRINCIPAL] = _closed(row, Component.PRINCIPAL) + principal
        balance -= principal
        since, before = row.due, Decimal(0)
    drop_empty(book)


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
        return wanted
    return min(max(wanted, book.zero), balance)


def _closed(row: Row, component: Component) -> Money:
    """What was paid, let off or moved of it already."""
    return row.paid[component] + row.waived[component] + row.moved[component]


def as_before(book: Book, shape: Shape) -> list[Asked]:
    """What the rents after today bring, so that they stay: the rent, or the principal where that is equal."""
    rows = book.future_rows()
    if shape is Shape.EQUAL_PRINCIPAL:
        return [Asked(principal=row.asked[Component.PRINCIPAL]) for row in rows]
    return [
        Asked(principal=row.asked[Component.PRINCIPAL]) if row.residual else Asked(rent=row.rent)
        for row in rows
    ]


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
    kept = list(before) + [book.zero] * (len(roles) - len(before))
    residual = sum(
        (amount for role, amount in zip(roles, kept, strict=False) if role is Role.RESIDUAL), book.zero
    )
    rents: list[Asked]
    match shape:
        case Shape.EQUAL_PRINCIPAL:
            free = (book.not_yet_due() - residual).amount - book.terms.balloon
            part = book.terms.rounding.rent_of(free / roles.count(Role.RENT))
            rents = [Asked(principal=book.money(part))] * len(roles)
        case Shape.PROPORTIONAL:
            old = sum((amount.amount for amount in before), Decimal(0))
            factor = book.not_yet_due().amount / old if old else Decimal(0)
            rents = [Asked(principal=book.money(amount.amount * factor)) for amount in kept]
        case Shape.ANNUITY:
            rents = [Asked(rent=level_rent(book, roles, residual))] * len(roles)
    fixed = {Role.INTEREST_ONLY: Asked(principal=book.zero), Role.CAPITALISE: Asked(rent=book.zero)}
    return [
        Asked(principal=amount) if role is Role.RESIDUAL else fixed.get(role, rent)
        for role, rent, amount in zip(roles, rents, kept, strict=False)
    ]


def roles_of(book: Book) -> list[Role]:
    """What the rents after today are for, when nothing else is agreed."""
    return [Role.RESIDUAL if row.residual else Role.RENT for row in book.future_rows()]


def level_rent(book: Book, roles: Sequence[Role], residual: Money) -> Money:
    """The rent that repays the balance exactly, before it is rounded.

    The balance after each row is linear in the rent, a - b x rent; the rent is a / b where the last
    balance is the balloon. Any lengths of periods and changes of rate are allowed.
    """
    owed, rents = book.not_yet_due().amount, Decimal(0)
    since, before = book.accrual_from, book.accrued
    for role, row in zip(roles, book.future_rows(), strict=True):
        grown = book.grown(since, row.due)
        if role in {Role.RENT, Role.CAPITALISE}:
            owed += before + owed * grown
            rents += rents * grown + (1 if role is Role.RENT else 0)
        since, before = row.due, Decimal(0)
    exact = (owed - book.terms.balloon - residual.amount) / rents
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
    rents[-1].residual = bool(ahead) and ahead[-1].residual
    rents[-1].asked[Component.PRINCIPAL] += balance


def take_principal(book: Book, amount: Money) -> None:
    """Lower the balance that the rents after today have to repay, from the last of them backwards."""
    for row in reversed(book.future_rows()):
        part = min(amount, row.open(Component.PRINCIPAL))
        row.asked[Component.PRINCIPAL] -= part
        amount -= part
