"""The waterfall: which money pays what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from models.lease.servicing.book import Allocation, Book, Row
from models.lease.servicing.terms import Component, Direction, Stage
from models.money import Money

Target = tuple[Row, Component]


def pay(book: Book, event: str, amount: Money, row: Row, component: Component) -> Money:
    """Apply money to one component, never more than is open; gives what is left."""
    part = min(amount, row.open(component))
    if part.minor <= 0:
        return amount
    row.paid[component] += part
    book.allocations.append(Allocation(event, book.today, row.number, row.due, component, part))
    return amount - part


def pay_dues(book: Book, event: str, amount: Money, order: Sequence[str] | None = None) -> Money:
    """Apply money to what is due (and, where the order names it, to what is not yet); gives what is left."""
    for row, component in list(targets(book, tuple(order or book.terms.waterfall.order))):
        if amount.minor <= 0:
            break
        amount = pay(book, event, amount, row, component)
    return amount


def targets(book: Book, order: tuple[str, ...]) -> Iterator[Target]:
    """Everything that money may go to, in its order."""
    staged = [entry.rpartition(".") for entry in order]
    if not all(stage for stage, _, _ in staged):
        yield from _run(book, list(book.due_rows()), [Component(name) for _, _, name in staged])
        return
    apart = any(stage == Stage.PAST_DUE for stage, _, _ in staged)
    for stage, entries in groupby(staged, key=lambda entry: entry[0]):
        rows = _at(book, Stage(stage), apart=apart)
        yield from _run(book, rows, [Component(name) for _, _, name in entries])


def pay_ahead(book: Book, event: str, amount: Money, *, last_first: bool) -> Money:
    """Apply money to instalments not yet due, whole ones in turn; gives what is left."""
    rows = book.future_rows()
    for row in reversed(rows) if last_first else rows:
        for component in _plain(book.terms.waterfall.order):
            amount = pay(book, event, amount, row, component)
    return amount


def release_ahead(book: Book) -> None:
    """Take back what was applied to instalments not yet due: before terms change, it is credit again."""
    for row in [each for each in book.future_rows() if not each.counted]:
        for component in Component:
            given: dict[str, Money] = {}
            for each in book.allocations:
                if each.instalment == row.number and each.component is component:
                    given[each.event] = given.get(each.event, book.zero) + each.amount
            for event, amount in given.items():
                if amount.minor <= 0:
                    continue
                row.paid[component] -= amount
                book.allocations.append(
                    Allocation(event, book.today, row.number, row.due, component, -amount)
                )
                book.credit.append((event, amount))


def apply_credit(book: Book) -> None:
    """Apply credit, oldest money first, to what is due."""
    left: list[tuple[str, Money]] = []
    for event, amount in book.credit:
        rest = pay_dues(book, event, amount)
        if rest.minor > 0:
            left.append((event, rest))
    book.credit = left


def add_credit(book: Book, event: str, amount: Money) -> None:
    """Keep money that nothing needs yet."""
    if amount.minor > 0:
        book.credit.append((event, amount))


def take_credit(book: Book, amount: Money) -> list[tuple[str, Money]]:
    """Take so much out of the credit, oldest money first."""
    taken: list[tuple[str, Money]] = []
    left: list[tuple[str, Money]] = []
    for event, held in book.credit:
        part = min(held, amount)
        amount -= part
        if part.minor > 0:
            taken.append((event, part))
        if (held - part).minor > 0:
            left.append((event, held - part))
    book.credit = left
    return taken


def _run(book: Book, rows: list[Row], components: list[Component]) -> Iterator[Target]:
    rows = [row for row in rows if row.is_open]
    if book.terms.waterfall.direction is Direction.BY_COMPONENT:
        yield from ((row, component) for component in components for row in rows)
        return
    together: dict[int, list[Row]] = {}
    for row in sorted(rows, key=lambda each: _with_instalment(book, each)):
        together.setdefault(row.number if row.group is None else row.group, []).append(row)
    for group in together.values():
        yield from ((row, component) for component in components for row in group)


def _with_instalment(book: Book, row: Row) -> date:
    """The due date by which a row takes its turn: that of the instalment a charge belongs to."""
    return next((each.due for each in book.rows if each.number == row.group), row.due)


def _at(book: Book, stage: Stage, *, apart: bool) -> list[Row]:
    """The instalments of a stage; what is past due counts as due where the order does not tell them apart."""
    match stage:
        case Stage.PAST_DUE:
            return [row for row in book.rows if row.due < book.today]
        case Stage.DUE:
            return [row for row in book.due_rows() if row.due == book.today or not apart]
        case Stage.ADVANCE:
            return [row for row in book.rows if row.due > book.today and not row.complete]


def _plain(order: Sequence[str]) -> list[Component]:
    """The components of an order, once each."""
    return list(dict.fromkeys(Component(entry.rpartition(".")[2]) for entry in order))
