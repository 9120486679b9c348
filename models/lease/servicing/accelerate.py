"""Calling everything due at once, after a breach: the rents to come become one, due on the day."""

from __future__ import annotations

from decimal import Decimal

from models.errors import RefusedByRuleError
from models.lease.servicing.allocate import release_ahead
from models.lease.servicing.book import Book, Row, RowKind
from models.lease.servicing.events import Acceleration
from models.lease.servicing.schedule import freeze_covered
from models.lease.servicing.terms import Component
from models.money import Money


class NothingToAccelerateError(RefusedByRuleError):
    """Everything has fallen due already."""


def accelerate(book: Book, event: Acceleration) -> None:
    """Put one rent of today in the place of all to come; what is not paid of it is overdue from tomorrow on.

    Raises:
        NothingToAccelerateError: no rent is to come.
    """
    release_ahead(book)
    book.roll()
    freeze_covered(book)
    ahead = book.future_rows()
    if not ahead:
        raise NothingToAccelerateError(
            f"acceleration {event.id}: nothing falls due after {book.today}",
            remedy="Ask for what is overdue",
        )
    interest = _interest(book, event, ahead)
    principal = book.not_yet_due()
    book.rows = [row for row in book.rows if row not in ahead]
    called = Row.of(book.next_number(), book.today, RowKind.RENT, book.zero)
    called.asked[Component.INTEREST] = interest
    called.asked[Component.PRINCIPAL] = principal
    book.insert(called)
    book.accrual_from = book.period_from = book.today
    book.accrued = Decimal(0)


def _interest(book: Book, event: Acceleration, ahead: list[Row]) -> Money:
    match event.interest:
        case "to-date":
            return book.interest(max(book.accrued, book.zero.amount))
        case "remaining":
            return book.total(ahead, Component.INTEREST)
        case "none":
            return book.zero
