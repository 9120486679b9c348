"""New terms for rents that stay where they are, while some of them were covered before their time."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from models.lease.servicing.book import Book, Row
from models.lease.servicing.events import Restructuring
from models.lease.servicing.schedule import Asked, lay_out
from models.lease.servicing.terms import Component, Shape

_MOVES_DATES: Final = frozenset(
    {"instalments", "extra", "next_due", "every", "interest_only", "holiday", "capitalise", "add_principal"}
)
_HALVINGS: Final = 80


def fits_in_place(book: Book, event: Restructuring) -> bool:
    """Whether rents were covered ahead, and only rate or rent changes: the money still counts for them."""
    rows = book.future_rows()
    moved = any(getattr(event, name) for name in _MOVES_DATES)
    covered = any(row.counted for row in rows)
    return covered and not moved and event.shape is None and all(row.residual is None for row in rows)


def lay_out_in_place(book: Book, event: Restructuring) -> None:
    """Give the rents to come their new amounts; what was paid on one stays paid on it."""
    rows = book.future_rows()
    if event.rent == "recompute" and book.terms.shape is not Shape.ANNUITY:
        lay_out(book, [Asked(principal=row.asked[Component.PRINCIPAL]) for row in rows])
        return
    wanted = event.rent
    if wanted == "recompute":
        wanted = book.terms.rounding.rent_of(_level(book, rows))
    lay_out(
        book,
        [Asked(rent=row.rent if wanted == "keep" else book.money(_rent(row, wanted))) for row in rows],
    )


def _rent(row: Row, wanted: Decimal) -> Decimal:
    """What a rent comes to: a rent of which more was paid already stays what it was."""
    return wanted if wanted >= _paid(row) else row.rent.amount


def _paid(row: Row) -> Decimal:
    return (row.paid[Component.INTEREST] + row.paid[Component.PRINCIPAL]).amount


def _level(book: Book, rows: list[Row]) -> Decimal:
    """The rent that repays the balance by the last date, by halving: interest that waits bends the line."""
    dues = [row.due for row in rows]
    grown = [book.grown(since, due) for since, due in zip([book.accrual_from, *dues[:-1]], dues, strict=True)]
    low = Decimal(0)
    high = (book.not_yet_due().amount + book.accrued) * (1 + sum(grown, Decimal(0))) ** 2
    high += max(_paid(row) for row in rows)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _left(book, rows, grown, middle) > book.terms.balloon:
            low = middle
        else:
            high = middle
    return high


def _left(book: Book, rows: list[Row], grown: list[Decimal], wanted: Decimal) -> Decimal:
    """What is still owed after the last rent."""
    owed, carried, waiting = book.not_yet_due().amount, book.accrued, False
    for row, growth in zip(rows, grown, strict=True):
        interest = carried + owed * growth
        room = _rent(row, wanted) - _paid(row)
        waiting = row is not rows[-1] and interest > room and (row.counted or waiting)
        asked = interest if not waiting else Decimal(0) if row.counted else room
        owed -= room - asked
        carried = interest - asked
    return owed + carried
