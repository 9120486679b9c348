"""New terms for what is not yet due: rate, term, dates, rents, holidays, capitalised arrears."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from models.errors import InvalidInputError, RefusedByRuleError
from models.lease.plan.periods import Frequency, add_months
from models.lease.servicing.accrual import RateStep
from models.lease.servicing.allocate import release_ahead
from models.lease.servicing.book import Book, RowKind
from models.lease.servicing.events import Restructuring
from models.lease.servicing.in_place import fits_in_place, lay_out_in_place
from models.lease.servicing.schedule import (
    Asked,
    Role,
    as_before,
    freeze_covered,
    lay_out,
    profile,
    replace_future,
    spread,
)
from models.lease.servicing.terms import Component
from models.money import Money


class NothingToRestructureError(RefusedByRuleError):
    """No principal remains that a new schedule could repay."""


def restructure(book: Book, event: Restructuring) -> None:
    """Put a new schedule in the place of what is not yet due.

    Raises:
        NothingToRestructureError: nothing remains to be repaid.
        InvalidInputError: the rate would change before the running period, or no due date is known.
    """
    release_ahead(book)
    book.roll()
    if fits_in_place(book, event):
        _change_rate(book, event)
        if event.interest_free is not None:
            _free_of_interest(book, event.interest_free.since, event.interest_free.until)
        lay_out_in_place(book, event)
        return
    freeze_covered(book)
    _change_rate(book, event)
    before, old = profile(book), as_before(book, event.shape or book.terms.shape)
    if event.interest_free is not None:
        _free_of_interest(book, event.interest_free.since, event.interest_free.until)
    balance = book.not_yet_due() + _capitalise(book, event)
    if balance.minor <= 0:
        raise NothingToRestructureError(f"restructuring {event.id}: no principal remains after {book.today}")
    dues, roles = _dates(book, event)
    if event.holiday is not None and event.holiday.interest == "waive":
        _free_of_interest(book, book.today, dues[event.holiday.periods - 1])
    if event.holiday is not None and event.holiday.interest in {"waive", "later"}:
        dues, roles = dues[event.holiday.periods :], roles[event.holiday.periods :]
    replace_future(book, dues, balance)
    lay_out(book, _asked(book, event, roles, before, old))


def _asked(
    book: Book, event: Restructuring, roles: Sequence[Role], before: Sequence[Money], old: Sequence[Asked]
) -> list[Asked]:
    """What each new instalment is to bring."""
    if event.rent == "recompute":
        return spread(book, event.shape or book.terms.shape, roles, before)
    rents = list(old)
    if isinstance(event.rent, Decimal):
        rents = [Asked(rent=book.money(event.rent))]
    idle = {Role.INTEREST_ONLY: Asked(principal=book.zero), Role.CAPITALISE: Asked(rent=book.zero)}
    # the last rent often only takes the rest: what follows it is like the one before it
    usual = rents[-2] if len(rents) > 1 else rents[-1]
    given = iter(rents[:-1])
    return [idle[role] if role in idle else next(given, usual) for role in roles]


def _change_rate(book: Book, event: Restructuring) -> None:
    if event.rate is None:
        return
    since = event.rate_from or event.on
    if since < book.accrual_from and since != event.on:
        raise InvalidInputError(
            f"events: {event.id}.rate_from {since} lies before the running period",
            remedy=f"Give {book.accrual_from} or later, or date the event itself earlier",
        )
    kept = [step for step in book.steps if step.since < since]
    book.steps = [*kept, RateStep(since, event.rate)] if kept else [RateStep(since, event.rate)]


def _capitalise(book: Book, event: Restructuring) -> Money:
    """What comes on top of the balance: arrears that are taken in, and what is financed anew."""
    back, fresh = book.zero, book.money(event.add_principal)
    for row in book.due_rows():
        for component in event.capitalise:
            amount = row.open(component)
            row.moved[component] += amount
            if component is Component.PRINCIPAL:
                back += amount
            else:
                fresh += amount
    book.add("capitalised", fresh)
    return back + fresh


def _free_of_interest(book: Book, since: date, until: date) -> None:
    if since < book.accrual_from:
        raise InvalidInputError(
            f"interest-free days from {since} lie before {book.accrual_from}, up to which interest is fixed",
            remedy="Date the event itself earlier",
        )
    after = book.rate_on(until)
    kept = [step for step in book.steps if step.since < since] or book.steps[:1]
    later = [step for step in book.steps if step.since > until]
    book.steps = [*kept, RateStep(since, Decimal(0)), RateStep(until, after), *later]


def _dates(book: Book, event: Restructuring) -> tuple[list[date], list[Role]]:
    """The new due dates, those of a holiday first, and what each is for."""
    now = [row.due for row in book.future_rows()]
    if event.next_due is None and not now:
        raise InvalidInputError(
            f"events: {event.id}.next_due is not given, and nothing is due after {book.today}",
            remedy="Say when the first new instalment falls due",
        )
    count = event.instalments if event.instalments is not None else len(now) + event.extra
    holiday = event.holiday.periods if event.holiday is not None else 0
    if event.holiday is not None and event.holiday.extend:
        count += holiday
    if count <= holiday:
        raise InvalidInputError(
            f"events: {event.id} leaves no instalment after {holiday} without rent",
            remedy="Give more instalments, or let the holiday extend the term",
        )
    idle = Role.CAPITALISE if event.holiday and event.holiday.interest == "capitalise" else Role.INTEREST_ONLY
    only = max(min(event.interest_only, count - holiday - 1), 0)
    roles = [idle] * holiday + [Role.INTEREST_ONLY] * only
    roles += [Role.RENT] * (count - len(roles))
    ahead = book.future_rows()
    if ahead and ahead[-1].residual is not None:
        roles[-1] = Role.RESIDUAL
    return _due_dates(book, event, now, count), roles


def _due_dates(book: Book, event: Restructuring, now: list[date], count: int) -> list[date]:
    if event.next_due is not None and event.next_due <= book.today:
        raise InvalidInputError(
            f"events: {event.id}.next_due {event.next_due} is not after {book.today}",
            remedy="Give a later day",
        )
    usual = _usual_frequency([row.due for row in book.rows if row.kind is RowKind.RENT], book.start)
    every = Frequency.parse(event.every) if event.every is not None else usual
    if event.next_due is not None:
        return [every.after(event.next_due, at) for at in range(count)]
    if event.every is not None:
        return [every.after(now[0], at) for at in range(count)]
    anchor = max(each.day for each in now)
    more = [every.after(now[-1], at, anchor=anchor) for at in range(1, count - len(now) + 1)]
    return [*now[:count], *more]


def _usual_frequency(dues: Sequence[date], start: date) -> Frequency:
    """How far apart due dates are: months, or days where they are not months apart."""
    before, last = [start, start, *dues][-2:]
    days = (last - before).days
    months = round(Decimal(days) / Decimal("30.4375"))
    if months and abs((add_months(before, months) - last).days) <= 3:  # noqa: PLR2004 - a month's end
        return Frequency(months, "month")
    return Frequency(max(days, 1), "day")
