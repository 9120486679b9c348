"""Early settlement: what a lessee pays to leave on a day, part by part, and the leaving itself."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.errors import RefusedByRuleError
from models.lease.servicing.allocate import apply_credit, pay_dues, release_ahead
from models.lease.servicing.book import Book, Row, RowKind
from models.lease.servicing.early_fee import early_fee, told_remaining
from models.lease.servicing.events import Settlement
from models.lease.servicing.schedule import freeze_covered
from models.lease.servicing.settlement_interest import QuotePart, minimum_interest, settlement_interest
from models.lease.servicing.terms import Component
from models.money import Money


class SettlementTooSmallError(RefusedByRuleError):
    """The money does not reach what the quote asks for."""


@dataclass(frozen=True, slots=True)
class SettlementQuote:
    """What settling on a day costs."""

    on: date
    parts: tuple[QuotePart, ...]
    total: Money
    rebate: Money
    """Remaining interest of the schedule that is not asked for."""

    def part(self, name: str) -> Money:
        """The amount of a part; zero where the quote has none of that name."""
        return sum((each.amount for each in self.parts if each.name == name), self.total - self.total)


def quote_settlement(book: Book, waived: Decimal = Decimal(0)) -> SettlementQuote:
    """What settling today costs. The book is left as it is."""
    book = deepcopy(book)
    release_ahead(book)
    apply_credit(book)
    remaining = book.total(book.future_rows(), Component.INTEREST)
    parts = [part for part in _parts(book) if part.amount.minor]
    total = sum((part.amount for part in parts), book.zero)
    if waived:
        off = min(book.money(waived), _waivable(parts, book.zero))
        parts.append(QuotePart("waived", -off, f"let off: {off}"))
        total -= off
    interest = sum((part.amount for part in parts if part.name == "interest"), book.zero)
    return SettlementQuote(book.today, tuple(parts), total, remaining - interest)


def settle(book: Book, event: Settlement) -> SettlementQuote:
    """Pay everything and end the lease.

    Raises:
        SettlementTooSmallError: the amount is less than the quote.
    """
    quote = quote_settlement(book, event.waived)
    money = quote.total if event.amount is None else book.money(event.amount)
    if money < quote.total:
        raise SettlementTooSmallError(
            f"settlement {event.id}: {money} is less than the {quote.total} that is asked on {book.today}",
            remedy="Take the quote's amount, or enter it as a prepayment",
        )
    release_ahead(book)
    freeze_covered(book)
    money = max(money, book.zero)
    book.add("received", money)
    deposit = -quote.part("deposit")
    if deposit.minor:
        book.add("received", deposit)
        book.credit.append((f"{event.id}:deposit", deposit))
    _end_schedule(book, quote)
    _waive(book, -quote.part("waived"))
    apply_credit(book)
    rest = pay_dues(book, event.id, money, tuple(Component))
    if rest.minor:
        book.credit.append((event.id, rest))
    book.settled_on = book.today
    return quote


def _end_schedule(book: Book, quote: SettlementQuote) -> None:
    """Put one row of today in the place of all rents to come."""
    ahead = book.future_rows()
    book.rows = [row for row in book.rows if row not in ahead]
    for row in book.rows:
        if row.kind is RowKind.CHARGE and row.due > book.today:
            row.due = book.today
    interest = quote.part("interest") + quote.part("minimum-interest")
    end = Row.of(
        book.side_number(),
        book.today,
        RowKind.SETTLEMENT,
        book.zero,
        costs=quote.part("fee") + quote.part("purchase-price"),
        interest=max(interest, book.zero),
        principal=quote.part("principal"),
    )
    # a rebate, or rents discounted at more than the contract's rate, may let off principal too
    end.waived[Component.PRINCIPAL] = max(-interest, book.zero)
    book.insert(end)


def _waive(book: Book, amount: Money) -> None:
    """Let off: the fee, then penalties, then interest."""
    ends = [row for row in book.rows if row.kind is RowKind.SETTLEMENT]
    wanted = [(row, Component.COSTS) for row in ends]
    wanted += [(row, Component.PENALTY) for row in book.due_rows()]
    wanted += [(row, Component.INTEREST) for row in ends]
    for row, component in wanted:
        part = min(amount, row.open(component))
        row.waived[component] += part
        amount -= part


def _waivable(parts: list[QuotePart], zero: Money) -> Money:
    names = {"fee", "purchase-price", "overdue-penalty", "interest", "minimum-interest"}
    return sum((part.amount for part in parts if part.name in names), zero)


def _parts(book: Book) -> Iterator[QuotePart]:
    policy = book.terms.settlement
    charges = [row for row in book.rows if row.kind is RowKind.CHARGE and row.due > book.today]
    for component in Component:
        open_now = book.total(list(book.due_rows()) + charges, component)
        yield QuotePart(f"overdue-{component}", open_now, f"{component} that is due and open on {book.today}")
    principal = book.not_yet_due()
    yield QuotePart("principal", principal, f"principal not yet due on {book.today}")
    interest = settlement_interest(book)
    yield interest
    yield minimum_interest(book, interest.amount)
    yield QuotePart("fee", early_fee(book, policy.fee, principal), _fee_formula(book, principal))
    yield QuotePart("purchase-price", book.money(policy.purchase_price), "price at which the asset passes")
    yield QuotePart("deposit", -book.money(policy.deposit), "deposit set off")
    yield QuotePart("credit", -book.credit_total(), "money held and not yet applied")


def _fee_formula(book: Book, principal: Money) -> str:
    fee = book.terms.settlement.fee
    said = [f"{fee.amount}"] if fee.amount else []
    if fee.share or fee.tiers:
        shrunk = f" x {told_remaining(book, fee)}" if fee.pro_rata != "none" else ""
        said.append(f"share {fee.share} of {fee.of}{shrunk}")
    if fee.months_of_interest:
        said.append(f"{fee.months_of_interest} months' interest on {principal}")
    return " + ".join(said)
