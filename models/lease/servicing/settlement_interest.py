"""The interest that an early settlement asks for: to the day, by a rebate, or discounted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from models.errors import InvalidInputError, RefusedByRuleError
from models.lease.plan.periods import add_months
from models.lease.servicing.accrual import year_fraction
from models.lease.servicing.book import Book, RowKind
from models.lease.servicing.early_terms import SettlementInterest
from models.lease.servicing.terms import Component
from models.money import Money


@dataclass(frozen=True, slots=True)
class QuotePart:
    """One line of a quote; negative where it lowers the sum."""

    name: str
    amount: Money
    formula: str
    """With the figures that were put in."""


def settlement_interest(book: Book) -> QuotePart:
    """The interest that an early settlement asks for besides what has fallen due."""
    remaining = book.total(book.future_rows(), Component.INTEREST)
    return _ASKED[book.terms.settlement.interest](book, remaining)


def _to_date(book: Book, _: Money) -> QuotePart:
    accrued = book.accrued_to(book.today)
    told = _accrual_formula(book)
    return QuotePart("interest", book.interest(accrued), told)


def _period_end(book: Book, _: Money) -> QuotePart:
    ahead = book.future_rows()
    begun = book.today > book.accrual_from or book.accrued > 0
    whole = ahead[0].open(Component.INTEREST) if ahead and begun else book.zero
    return QuotePart("interest", whole, "interest of the running period, whole")


def _remaining(book: Book, remaining: Money) -> QuotePart:
    share = book.terms.settlement.rebate_share
    return QuotePart("interest", book.money(remaining.amount * (1 - share)), f"{remaining} x (1 - {share})")


def _none(book: Book, _: Money) -> QuotePart:
    return QuotePart("interest", book.zero, "none")


def _accrual_formula(book: Book) -> str:
    told = f"{book.money(book.accrued)} until {book.accrual_from} + " if book.accrued else ""
    if not book.steps or book.terms.accrual == "pro-rata":
        return f"{told}running period's interest by days, {book.accrual_from} to {book.today}"
    factor = book.grown(book.accrual_from, book.today)
    span = f"{book.accrual_from} to {book.today}, {book.terms.day_count}"
    return f"{told}{book.bearing()} x {factor:.8f} ({span})"


def _rule_of_78(book: Book, remaining: Money) -> QuotePart:
    """Sum of digits: of n periods k remain, so k(k+1) / n(n+1) of all interest is given back."""
    policy = book.terms.settlement
    rents = [row for row in book.rows if row.kind is RowKind.RENT]
    ahead = book.future_rows()
    begun = (book.today - book.accrual_from).days >= policy.part_period_elapsed_from_days
    n = len(rents)
    k = max(len(ahead) - (1 if begun else 0) - policy.deferred_periods, 0)
    charge = sum((row.asked[Component.INTEREST] for row in rents), book.zero)
    if policy.total_interest is not None:
        charge = book.money(policy.total_interest)
    kept = 1 - policy.rebate_withheld
    rebate = book.money(charge.amount * k * (k + 1) / (n * (n + 1)) * kept)
    told = f"{remaining} - {charge} x {k} x {k + 1} / ({n} x {n + 1})" + (f" x {kept}" if kept != 1 else "")
    return QuotePart("interest", remaining - rebate, told)


def _actuarial_rebate(book: Book, remaining: Money) -> QuotePart:
    """Rents to come, less what the amount financed has grown to after the rents that were to be paid.

    The formula of the United Kingdom's Consumer Credit (Early Settlement) Regulations 2004, regulation 4.
    """
    policy = book.terms.settlement
    rate = policy.discount_rate
    if rate is None:
        raise InvalidInputError(
            "servicing.settlement.discount_rate is not given, and an actuarial-rebate needs the APR",
            remedy="Give the effective rate a year, like 14%",
        )
    period = (1 + rate) ** (1 / book.clock.per_year)
    if policy.rate_decimals is not None:
        period = round(period, policy.rate_decimals)
    until = _deferred(book)
    rents = [row for row in book.rows if row.kind is not RowKind.CHARGE]
    if sum((row.asked[Component.PRINCIPAL] for row in rents), book.zero) != book.financed:
        raise RefusedByRuleError(
            "servicing.settlement.interest actuarial-rebate: arrears or further amounts were added to what"
            f" was financed, {book.financed}, and its formula knows no other advance",
            remedy="Use present-value, or enter the new agreement as a lease of its own",
        )

    def grown(day: date) -> Decimal:
        years = book.clock.fraction(book.start, until) - book.clock.fraction(book.start, day)
        return period ** (years * book.clock.per_year)

    owed = book.financed.amount * grown(book.start)
    owed -= sum((row.rent.amount * grown(row.due) for row in rents if row.due <= until), Decimal(0))
    to_come = sum((row.rent for row in rents if row.due > until), book.zero)
    at_most = remaining + book.not_yet_due()
    rebate = min(max(to_come - book.money(owed), book.zero), at_most)
    told = f"{remaining} - ({to_come} to come after {until} - {book.money(owed)}, which {book.financed}"
    return QuotePart("interest", remaining - rebate, f"{told} came to at {rate}, less rents until then)")


def _deferred(book: Book) -> date:
    """The day that the rebate is computed for."""
    policy = book.terms.settlement
    day = book.today + timedelta(days=policy.deferred_days)
    if book.clock.period_days:
        return day + timedelta(days=book.clock.period_days * policy.deferred_periods)
    return add_months(day, policy.deferred_periods)


def _present_value(book: Book, _: Money) -> QuotePart:
    """Discounted rents, less the principal in them, is the interest that is asked for."""
    policy = book.terms.settlement
    rate = book.rate_on(book.today) if policy.discount_rate is None else policy.discount_rate
    value, factor, since = Decimal(0), Decimal(1), book.today
    for row in book.future_rows():
        if policy.discount == "effective":
            factor = (1 + rate) ** year_fraction(book.today, row.due, "ACT/365")
        else:
            factor *= 1 + rate * book.clock.fraction(since, row.due)
        value += row.open_all(Component.INTEREST, Component.PRINCIPAL).amount / factor
        since = row.due
    interest = book.money(value) - book.not_yet_due()
    return QuotePart(
        "interest", interest, f"rents to come at {rate}, worth {book.money(value)}, less principal"
    )


def minimum_interest(book: Book, interest: Money) -> QuotePart:
    """What is missing of the least interest that the lease has to bring."""
    months = book.terms.settlement.minimum_interest_months
    if not months:
        return QuotePart("minimum-interest", book.zero, "")
    least = book.money(book.financed.amount * book.rate_on(book.start) * months / 12)
    asked = sum((row.asked[Component.INTEREST] for row in book.due_rows()), book.zero) + interest
    return QuotePart(
        "minimum-interest", max(least - asked, book.zero), f"{months} months' interest {least} - {asked}"
    )


_ASKED: Final[dict[SettlementInterest, Callable[[Book, Money], QuotePart]]] = {
    SettlementInterest.TO_DATE: _to_date,
    SettlementInterest.PERIOD_END: _period_end,
    SettlementInterest.REMAINING: _remaining,
    SettlementInterest.RULE_OF_78: _rule_of_78,
    SettlementInterest.ACTUARIAL_REBATE: _actuarial_rebate,
    SettlementInterest.PRESENT_VALUE: _present_value,
    SettlementInterest.NONE: _none,
}
