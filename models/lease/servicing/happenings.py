"""What each kind of event does to the book, on its value date."""

from __future__ import annotations

from models.errors import InvalidInputError, RefusedByRuleError
from models.lease.servicing.accelerate import accelerate
from models.lease.servicing.allocate import add_credit, pay_ahead, pay_dues, release_ahead, take_credit
from models.lease.servicing.book import Book, Row, RowKind
from models.lease.servicing.events import (
    Acceleration,
    Charge,
    Happening,
    Payment,
    Prepayment,
    Refund,
    Restructuring,
    Settlement,
    Waiver,
    WriteOff,
)
from models.lease.servicing.prepay import prepay
from models.lease.servicing.restructure import restructure
from models.lease.servicing.settlement import settle
from models.lease.servicing.terms import Component, Overpayment


class LeaseClosedError(RefusedByRuleError):
    """The lease has ended; nothing but money can still come."""


class RefundExceedsCreditError(RefusedByRuleError):
    """More was to be given back than is held."""


def happen(book: Book, event: Happening) -> None:
    """Apply one event.

    Raises:
        LeaseClosedError: the lease has been settled or written off, and this event needs a running one.
        RefusedByRuleError: its rule does not allow it.
        InvalidInputError: it names an instalment that does not exist.
    """
    match event:
        case Payment():
            _pay(book, event)
        case Refund():
            _refund(book, event)
        case _ if book.closed:
            ended = book.settled_on or book.written_off_on
            raise LeaseClosedError(
                f"{event.kind} {event.id} on {event.on}: the lease ended on {ended}",
                remedy="Reverse its end first",
            )
        case _:
            _change(book, event)


def _change(book: Book, event: Happening) -> None:
    """What only a running lease knows."""
    match event:
        case Prepayment():
            book.add("received", book.money(event.amount))
            prepay(book, event)
        case Settlement():
            settle(book, event)
        case Restructuring():
            restructure(book, event)
        case Acceleration():
            accelerate(book, event)
        case Charge():
            _charge(book, event)
        case Waiver():
            _waive(book, event)
        case WriteOff():
            _write_off(book)


def _pay(book: Book, event: Payment) -> None:
    amount = book.money(event.amount)
    book.add("received", amount)
    if book.written_off_on is not None:
        book.add("recovered", amount)
        return
    left = pay_dues(book, event.id, amount, event.order)
    rule = event.overpayment or book.terms.waterfall.overpayment
    if left.minor <= 0 or book.settled_on is not None or rule is Overpayment.CREDIT:
        add_credit(book, event.id, left)
    elif rule is Overpayment.PREPAY:
        prepay(book, Prepayment(id=event.id, on=event.on, amount=left.amount))
    else:
        left = pay_ahead(book, event.id, left, last_first=rule is Overpayment.LAST_INSTALMENT)
        add_credit(book, event.id, left)


def _refund(book: Book, event: Refund) -> None:
    amount = book.money(event.amount)
    if book.credit_total() < amount:
        raise RefundExceedsCreditError(
            f"refund {event.id}: {amount} is more than the credit of {book.credit_total()}",
            remedy="Refund no more than is held",
        )
    take_credit(book, amount)
    book.add("refunded", amount)


def _charge(book: Book, event: Charge) -> None:
    amount = book.money(event.amount)
    if event.instalment is not None and event.due is None:
        _row(book, event.id, event.instalment).asked[event.component] += amount
        return
    due = event.due or event.on
    if due < event.on:
        raise InvalidInputError(
            f"events: {event.id}.due {due} lies before {event.on}", remedy="Date the charge itself earlier"
        )
    row = Row.of(book.side_number(), due, RowKind.CHARGE, book.zero)
    row.asked[event.component] = amount
    row.group = None if event.instalment is None else _row(book, event.id, event.instalment).number
    book.insert(row)


def _waive(book: Book, event: Waiver) -> None:
    named = event.instalment is not None
    rows = [_row(book, event.id, event.instalment)] if event.instalment is not None else list(book.due_rows())
    there = book.total(rows, event.component)
    wanted = there if event.amount is None else book.money(event.amount)
    if event.share is not None:
        wanted = book.money(there.amount * event.share)
    if there < wanted:
        where = f"instalment {event.instalment}" if named else "what is due"
        raise RefusedByRuleError(
            f"waiver {event.id}: {wanted} is more than the {there} of {event.component} open on {where}",
            remedy="Waive no more than is open",
        )
    for row in rows:
        part = min(wanted, row.open(event.component))
        row.waived[event.component] += part
        wanted -= part


def _write_off(book: Book) -> None:
    release_ahead(book)
    future = book.future_rows()
    for row in future:
        # interest that has not fallen due was never claimed
        for component in (Component.COSTS, Component.INTEREST):
            row.asked[component] -= row.open(component)
    for row in book.rows:
        for component in Component:
            amount = row.open(component)
            row.moved[component] += amount
            book.add("written_off", amount)
            if component is Component.PRINCIPAL:
                book.add("principal_written_off", amount)
    book.written_off_on = book.today


def _row(book: Book, event: str, number: int) -> Row:
    for row in book.rows:
        if row.number == number:
            return row
    known = ", ".join(str(row.number) for row in book.rows)
    raise InvalidInputError(
        f"events: {event}.instalment {number} does not exist on {book.today}", remedy=f"Use one of {known}"
    )
