"""Replaying a lease: from its plan and everything that happened to how it stands on a day.

Nothing is stored between two looks: a reversal, a correction or a late entry is a replay of what counts
then, in value-date order, and the difference of two replays is what has to be posted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from models.errors import InvalidInputError
from models.lease.servicing.accrual import Clock, RateStep
from models.lease.servicing.allocate import apply_credit
from models.lease.servicing.book import Book, Row, RowKind
from models.lease.servicing.events import Event, Happening
from models.lease.servicing.happenings import happen
from models.lease.servicing.life import LeaseLife, in_force
from models.lease.servicing.overdue import assess
from models.lease.servicing.schedule import as_before, lay_out
from models.lease.servicing.settlement import SettlementQuote, quote_settlement
from models.lease.servicing.state import LifeState, tell_state
from models.lease.servicing.terms import Component


def replay(life: LeaseLife, events: Sequence[Event], as_of: date) -> LifeState:
    """How a lease stands at the end of a day.

    Args:
        life: plan and terms.
        events: everything ever entered, in order of entry, reversals and corrections among it.
        as_of: what has a later value date does not count yet.

    Raises:
        InvalidInputError: an event precedes the lease, refers to nothing, or needs a rate that is not given.
        RefusedByRuleError: an event is not possible on its day (settling with too little, refunding more
            than there is).
    """
    return tell_state(_book_on(life, events, as_of))


def quote(life: LeaseLife, events: Sequence[Event], on: date) -> SettlementQuote:
    """What settling at the end of a day costs, after everything that happened by then."""
    return quote_settlement(_book_on(life, events, on))


def _book_on(life: LeaseLife, events: Sequence[Event], day: date) -> Book:
    happened = [event for event in in_force(events) if event.on <= day]
    early = next((event for event in happened if event.on < life.plan.start), None)
    if early is not None:
        raise InvalidInputError(
            f"events: {early.id}.on {early.on} lies before the start {life.plan.start}",
            remedy="Check the date",
        )
    if day < life.plan.start:
        raise InvalidInputError(
            f"as_of {day} lies before the start {life.plan.start}", remedy="Ask for a later day"
        )
    book = open_book(life)
    _pass_to(book, life.plan.start, [event for event in happened if event.on == life.plan.start])
    while (following := _next_day(book, happened, day)) is not None:
        _pass_to(book, following, [event for event in happened if event.on == following])
    if book.today < day:
        _pass_to(book, day, [])
    return book


def open_book(life: LeaseLife) -> Book:
    """A lease on its first day, before anything has happened."""
    zero = life.plan.financed - life.plan.financed
    rows = []
    for each in life.plan.rows:
        row = Row.of(each.number, each.due, RowKind.RENT, zero)
        asked = {
            Component.COSTS: each.fee,
            Component.INTEREST: each.interest,
            Component.PRINCIPAL: each.principal,
        }
        row.asked |= asked
        row.residual = each.rent if each.kind == "residual" else None
        rows.append(row)
    rate = life.terms.rate
    return Book(
        terms=life.terms,
        start=life.plan.start,
        financed=life.plan.financed,
        rows=rows,
        today=life.plan.start,
        steps=[] if rate is None else [RateStep(life.plan.start, rate), *life.later_rates],
        accrual_from=life.plan.start,
        period_from=life.plan.start,
        clock=_clock(life),
    )


def _clock(life: LeaseLife) -> Clock:
    dues = [life.plan.start, *(row.due for row in life.plan.rows)]
    days = {(later - due).days for due, later in pairwise(dues) if later > due}
    even = days.pop() if len(days) == 1 else 0
    by_days = even if even and even % 7 == 0 else 0
    return Clock(life.terms.day_count, life.terms.odd_days_count, by_days, life.plan.periods_per_year)


def _next_day(book: Book, happened: Sequence[Happening], until: date) -> date | None:
    """The next day on which something falls due or happens."""
    days = [event.on for event in happened if event.on > book.today]
    days += [row.due for row in book.rows if row.due > book.today]
    following = min(days, default=None)
    return following if following is not None and following <= until else None


def _pass_to(book: Book, day: date, events: Sequence[Happening]) -> None:
    """Let time run to a day: overdue interest, what falls due, credit, then what happens on it."""
    assess(book, day)
    if book.terms.late_interest:
        _bring_late_interest(book, day)
    falling = [row for row in book.rows if row.due == day and row.kind is RowKind.RENT and not row.complete]
    book.today = day
    if falling:
        book.accrued = Decimal(0)
        book.accrual_from = book.period_from = day
    for row in falling:
        _capitalise(book, row)
    if not book.closed:
        apply_credit(book)
    for event in events:
        happen(book, event)
    if events and not book.closed:
        # what was asked for on this day need not wait for credit until the next
        apply_credit(book)


def _bring_late_interest(book: Book, day: date) -> None:
    """Let interest run on overdue principal as well: the next rent brings it, in its amount as it was.

    Rents to come are laid out as if what is overdue were paid on that day.
    """
    if book.closed or not book.future_rows():
        return
    book.accrued = book.accrued_to(day)
    book.accrual_from = max(day, book.accrual_from)
    lay_out(book, as_before(book, book.terms.shape))


def _capitalise(book: Book, row: Row) -> None:
    """Turn the interest of a row without rent into principal, where the terms say so."""
    principal = row.open(Component.PRINCIPAL)
    if principal.minor < 0:
        row.moved[Component.PRINCIPAL] += principal
        row.moved[Component.INTEREST] += min(-principal, row.open(Component.INTEREST))
        book.add("capitalised", -principal)
