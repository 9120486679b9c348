"""How a lease stands on a day, as others read it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from models.lease.servicing.book import Allocation, Book, Row, RowKind
from models.lease.servicing.overdue import days_past_due
from models.lease.servicing.terms import Component
from models.money import Money


@dataclass(frozen=True, slots=True)
class ComponentState:
    """What one component of an instalment asks for and got: ``asked`` less the others is ``open``."""

    asked: Money
    paid: Money
    waived: Money
    moved: Money
    """Became principal (capitalised), went back into the schedule, or was written off."""
    open: Money


@dataclass(frozen=True, slots=True)
class InstalmentState:
    """One row of the schedule as it now stands."""

    number: int
    """Above 1000: not a rent but a prepayment, a settlement or a charge."""
    kind: RowKind
    due: date
    costs: ComponentState
    penalty: ComponentState
    interest: ComponentState
    principal: ComponentState
    total_asked: Money
    total_open: Money
    balance: Money
    """Principal outstanding after this row, when everything is paid as it falls due."""
    status: str
    """``paid``, ``open`` (due today), ``overdue``, ``coming``, ``partly-paid`` (coming) or ``closed``."""
    days_past_due: int
    paid_on: date | None
    """When the last of it was paid."""


@dataclass(frozen=True, slots=True)
class LifeState:
    """The whole lease on a day."""

    as_of: date
    status: str
    """``active``, ``paid``, ``settled`` or ``written-off``."""
    currency: str
    financed: Money
    outstanding_principal: Money
    """Due or not."""
    principal_not_due: Money
    overdue: dict[Component, Money]
    """What is due and open, by component."""
    overdue_total: Money
    days_past_due: int
    accrued_interest: Money
    """Of the running period, to the day."""
    credit: Money
    received: Money
    refunded: Money
    recovered: Money
    capitalised: Money
    written_off: Money
    principal_written_off: Money
    paid: dict[Component, Money]
    waived: dict[Component, Money]
    penalty_asked: Money
    penalty_open: Money
    next_due: date | None
    next_amount: Money
    instalments: tuple[InstalmentState, ...]
    allocations: tuple[Allocation, ...]


def tell_state(book: Book) -> LifeState:
    """The book as others read it."""
    future = book.future_rows()
    overdue = {component: book.total(list(book.due_rows()), component) for component in Component}
    coming = [row for row in future if row.open_all().minor]
    return LifeState(
        as_of=book.today,
        status=_status(book),
        currency=book.financed.currency,
        financed=book.financed,
        outstanding_principal=book.outstanding(),
        principal_not_due=book.not_yet_due(),
        overdue=overdue,
        overdue_total=sum(overdue.values(), book.zero),
        days_past_due=0 if book.closed else days_past_due(book),
        accrued_interest=book.zero if book.closed else _accrued(book),
        credit=book.credit_total(),
        received=book.sum_of("received"),
        refunded=book.sum_of("refunded"),
        recovered=book.sum_of("recovered"),
        capitalised=book.sum_of("capitalised"),
        written_off=book.sum_of("written_off"),
        principal_written_off=book.sum_of("principal_written_off"),
        paid=_sums(book, "paid"),
        waived=_sums(book, "waived"),
        penalty_asked=_sums(book, "asked")[Component.PENALTY],
        penalty_open=book.total(book.rows, Component.PENALTY),
        next_due=coming[0].due if coming else None,
        next_amount=coming[0].open_all() if coming else book.zero,
        instalments=_instalments(book),
        allocations=tuple(book.allocations),
    )


def _status(book: Book) -> str:
    if book.settled_on is not None:
        return "settled"
    if book.written_off_on is not None:
        return "written-off"
    return "active" if any(row.open_all().minor for row in book.rows) else "paid"


def _accrued(book: Book) -> Money:
    paid_ahead = sum(
        (row.paid[Component.INTEREST] for row in book.future_rows() if not row.counted), book.zero
    )
    accrued = book.money(book.accrued_to(book.today))
    return max(accrued - paid_ahead, book.zero)


def _sums(book: Book, what: str) -> dict[Component, Money]:
    sums = dict.fromkeys(Component, book.zero)
    for row in book.rows:
        amounts: dict[Component, Money] = getattr(row, what)
        for component in Component:
            sums[component] += amounts[component]
    return sums


def _instalments(book: Book) -> tuple[InstalmentState, ...]:
    told: list[InstalmentState] = []
    balance = book.financed
    for row in book.rows:
        # capitalised amounts return to the balance where they were taken out of the rows
        balance -= row.asked[Component.PRINCIPAL] - max(row.moved[Component.PRINCIPAL], book.zero)
        told.append(_instalment(book, row, balance))
    shift = book.zero - balance if told and not book.closed else book.zero
    return tuple(told) if not shift.minor else tuple(_rebalanced(told, book))


def _rebalanced(told: list[InstalmentState], book: Book) -> list[InstalmentState]:
    """Balances counted from the end, which is zero: what was capitalised stands in rows after it."""
    balance, turned = book.zero, []
    for each in reversed(told):
        turned.append(replace(each, balance=balance))
        balance += each.principal.asked - max(each.principal.moved, book.zero)
    return turned[::-1]


def _instalment(book: Book, row: Row, balance: Money) -> InstalmentState:
    parts = {component.value: _component(row, component) for component in Component}
    open_now = row.open_all()
    late = row.due < book.today and open_now.minor > 0 and not book.closed
    return InstalmentState(
        number=row.number,
        kind=row.kind,
        due=row.due,
        total_asked=sum((row.asked[component] for component in Component), book.zero),
        total_open=open_now,
        balance=balance,
        status=_row_status(book, row),
        days_past_due=(book.today - row.due).days if late else 0,
        paid_on=_paid_on(book, row) if open_now.minor == 0 else None,
        **parts,
    )


def _component(row: Row, component: Component) -> ComponentState:
    return ComponentState(
        asked=row.asked[component],
        paid=row.paid[component],
        waived=row.waived[component],
        moved=row.moved[component],
        open=row.open(component),
    )


def _row_status(book: Book, row: Row) -> str:
    if row.open_all().minor == 0:
        return "paid" if any(amount.minor for amount in row.paid.values()) else "closed"
    if row.due < book.today:
        return "overdue"
    if row.due == book.today:
        return "open"
    return "partly-paid" if any(amount.minor for amount in row.paid.values()) else "coming"


def _paid_on(book: Book, row: Row) -> date | None:
    days = [each.on for each in book.allocations if each.instalment == row.number and each.amount.minor > 0]
    return max(days, default=None)
