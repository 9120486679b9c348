"""What being late costs: overdue interest by the day, and fees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from models.lease.plan.periods import add_months
from models.lease.servicing.accrual import whole_months, year_fraction
from models.lease.servicing.book import Book, Row, RowKind
from models.lease.servicing.terms import Component, Compounding, LateFee, Overdue, OverdueBase
from models.money import Money


def assess(book: Book, day: date) -> None:
    """Let overdue interest run to a day, and charge the late fees that have come up by then.

    Nothing changes between the day to which a row was assessed and this one: what is open is open
    throughout. Within the grace days nothing runs; after them days count from where the terms say.
    """
    if book.closed:
        return
    policy = book.terms.overdue
    leading = True
    for row in [each for each in book.rows if each.due < day and each.kind in {RowKind.RENT, RowKind.CHARGE}]:
        grace_ends = row.due + timedelta(days=policy.grace_days)
        if day <= grace_ends:
            continue
        if not row.is_open:
            # where the whole balance is the base, this day tells a later row from where its days count
            row.assessed = row.assessed if policy.base is OverdueBase.OUTSTANDING else day
            continue
        base = _base(book, row, policy.base, leading=leading)
        if base.minor > 0:
            leading = False
        since = _counted_from(row, grace_ends, policy)
        if policy.base is OverdueBase.OUTSTANDING and row.assessed <= grace_ends:
            since = max(since, _leader_until(book, row))
        _run(book, row, base, since, day)
        for at, fee in enumerate(policy.late_fees):
            _charge(book, row, at, fee, day)
        row.assessed = day


def days_past_due(book: Book) -> int:
    """Days since the oldest due date that is not fully paid; 0 where nothing is late."""
    late = [row.due for row in book.rows if row.due < book.today and _contractual(row).minor > 0]
    return (book.today - min(late)).days if late else 0


def _contractual(row: Row) -> Money:
    return row.open_all(Component.COSTS, Component.INTEREST, Component.PRINCIPAL)


def _counted_from(row: Row, grace_ends: date, policy: Overdue) -> date:
    if row.assessed > grace_ends:
        return row.assessed
    return row.due if policy.counted_from == "due-date" else grace_ends


def _leader_until(book: Book, row: Row) -> date:
    """Where the whole balance is the base, days count once: from where an earlier row's have run to."""
    return max((each.assessed for each in book.rows if each.due < row.due and each.posted), default=row.due)


def _base(book: Book, row: Row, base: OverdueBase, *, leading: bool) -> Money:
    match base:
        case OverdueBase.INSTALMENT:
            return row.open_all(Component.INTEREST, Component.PRINCIPAL)
        case OverdueBase.PRINCIPAL:
            return row.open(Component.PRINCIPAL)
        case OverdueBase.ALL:
            return _contractual(row)
        case OverdueBase.OUTSTANDING:
            late = leading and _contractual(row).minor > 0
            return book.outstanding() if late else book.zero


def _run(book: Book, row: Row, base: Money, since: date, until: date) -> None:
    """Overdue interest of one row over days on which its base stays the same."""
    policy = book.terms.overdue
    for start, end, turns in _pieces(row, since, until, policy):
        factor = _factor(book, row, start, end)
        if policy.rounding == "daily":
            days = (end - start).days
            row.running += book.money(base.amount * factor / days).amount * days
        elif policy.compounding is Compounding.DAILY:
            days = (end - start).days
            unpaid = _unpaid(row)
            grown = (base.amount + unpaid) * (1 + factor / days) ** days
            row.running += grown - base.amount - unpaid if base.minor > 0 else Decimal(0)
        else:
            bearing = base.amount + (row.capitalised if base.minor > 0 else Decimal(0))
            row.running += bearing * factor
        if turns:
            row.capitalised = _unpaid(row)
    _cap(row, policy)
    asked = book.money(row.running)
    row.asked[Component.PENALTY] += asked - book.money(row.posted)
    row.posted = asked.amount


def _unpaid(row: Row) -> Decimal:
    """Overdue interest that is not paid or let off; fees come last in this count."""
    gone = row.paid[Component.PENALTY] + row.waived[Component.PENALTY] + row.moved[Component.PENALTY]
    return max(row.running - gone.amount, Decimal(0))


def _pieces(row: Row, since: date, until: date, policy: Overdue) -> Iterator[tuple[date, date, bool]]:
    """Stretches of days at one rate, each with whether overdue interest bears interest from its end on."""
    turns: set[date] = set()
    if policy.compounding is Compounding.MONTHLY:
        months = range(1, whole_months(row.due, until) + 1)
        turns = {add_months(row.due, month) for month in months}
    changes = {row.due + timedelta(days=step.after_days) for step in policy.steps}
    days = sorted(day for day in turns | changes if since < day < until)
    for start, end in pairwise([since, *days, until]):
        if start < end:
            yield start, end, end in turns


def _factor(book: Book, row: Row, start: date, end: date) -> Decimal:
    policy = book.terms.overdue
    late = (start - row.due).days
    daily = next(
        (step.daily_rate for step in reversed(policy.steps) if step.after_days <= late), policy.daily_rate
    )
    if daily is not None:
        return daily * (end - start).days
    if policy.annual_rate is not None:
        return policy.annual_rate * year_fraction(start, end, policy.day_count)
    if policy.contract_multiple is not None:
        rate = policy.contract_multiple * book.rate_on(start)
        return rate * year_fraction(start, end, policy.day_count)
    return Decimal(0)


def _cap(row: Row, policy: Overdue) -> None:
    if policy.at_most is not None:
        row.running = min(row.running, policy.at_most)
    if policy.at_most_share is not None:
        row.running = min(row.running, row.rent.amount * policy.at_most_share)


def _charge(book: Book, row: Row, at: int, fee: LateFee, day: date) -> None:
    """Charge a late fee for each time that has come up."""
    after = book.terms.overdue.grace_days if fee.after_days is None else fee.after_days
    late = (day - row.due).days - after
    if late <= 0 or _contractual(row).minor <= 0:
        return
    times = 1 + (late - 1) // fee.every_days if fee.every_days else 1
    times = min(times, fee.most_times or times)
    so_far = row.late_charged.get(at, book.zero)
    charged = so_far
    for _ in range(times - row.late_fees.get(at, 0)):
        charged += _late_fee(book, row, fee)
    charged = max(so_far, _within(book, row, fee, charged))
    row.asked[Component.PENALTY] += charged - so_far
    row.late_charged[at] = charged
    row.late_fees[at] = max(times, row.late_fees.get(at, 0))


def _late_fee(book: Book, row: Row, fee: LateFee) -> Money:
    amount = fee.amount + fee.share * _base(book, row, fee.of, leading=True).amount
    if fee.at_least is not None:
        amount = max(amount, fee.at_least)
    if fee.at_most is not None:
        amount = min(amount, fee.at_most)
    return book.money(amount)


def _within(book: Book, row: Row, fee: LateFee, charged: Money) -> Money:
    """All charges of a late fee for one instalment, within its bounds."""
    if fee.in_all_at_most is not None:
        charged = min(charged, book.money(fee.in_all_at_most))
    if fee.in_all_at_most_share is not None:
        charged = min(charged, book.money(row.rent.amount * fee.in_all_at_most_share))
    return charged
