"""What leaving a lease early costs, wholly or in part."""

from __future__ import annotations

from decimal import Decimal

from models.lease.plan.periods import add_months
from models.lease.servicing.accrual import whole_months
from models.lease.servicing.book import Book, RowKind
from models.lease.servicing.early_terms import EarlyFee
from models.lease.servicing.terms import Component
from models.money import Money


def early_fee(book: Book, fee: EarlyFee, principal: Money) -> Money:
    """The fee for repaying so much principal today instead of when it would be due."""
    free = fee.free_share * book.financed.amount
    part, whole = _remaining(book, fee)
    charged = max(_base(book, fee, principal) - free, Decimal(0))
    amount = fee.amount + share_in_force(book, fee) * charged * part / whole
    if fee.months_of_interest:
        rate = book.rate_on(book.today)
        amount += max(principal.amount - free, Decimal(0)) * rate * fee.months_of_interest / 12
    if fee.reference_rate is not None:
        difference = book.rate_on(book.today) - fee.reference_rate
        amount = max(amount, principal.amount * difference * _remaining_months(book) / 12)
    if fee.at_least is not None:
        amount = max(amount, fee.at_least)
    if fee.at_most is not None:
        amount = min(amount, fee.at_most)
    if fee.at_most_remaining_interest:
        amount = min(amount, book.total(book.future_rows(), Component.INTEREST).amount)
    return book.money(amount)


def share_in_force(book: Book, fee: EarlyFee) -> Decimal:
    """The share that holds today: that of the first tier that fits, where there are tiers."""
    if not fee.tiers:
        return fee.share
    elapsed = whole_months(book.start, book.today)
    remaining = _remaining_months(book)
    for tier in fee.tiers:
        young = tier.elapsed_months_below is None or elapsed < tier.elapsed_months_below
        far = tier.remaining_months_above is None or remaining > tier.remaining_months_above
        if young and far:
            return tier.share
    return Decimal(0)


def told_remaining(book: Book, fee: EarlyFee) -> str:
    """What remains of the time over which the share shrinks, as a fraction."""
    part, whole = _remaining(book, fee)
    return f"{part} / {whole} {fee.pro_rata}"


def _remaining(book: Book, fee: EarlyFee) -> tuple[int, int]:
    if fee.pro_rata == "none":
        return 1, 1
    end = max((row.due for row in book.rows if row.kind is RowKind.RENT), default=book.today)
    if fee.pro_rata_months is not None:
        end = add_months(book.start, fee.pro_rata_months)
    if fee.pro_rata == "months":
        return whole_months(book.today, end), max(whole_months(book.start, end), 1)
    return max((end - book.today).days, 0), max((end - book.start).days, 1)


def _remaining_months(book: Book) -> int:
    """Whole months to the last due date."""
    return whole_months(book.today, max((row.due for row in book.future_rows()), default=book.today))


def _base(book: Book, fee: EarlyFee, principal: Money) -> Decimal:
    rows = book.future_rows()
    match fee.of:
        case "remaining-interest":
            return book.total(rows, Component.INTEREST).amount
        case "remaining-rents":
            return (book.total(rows, Component.INTEREST) + book.total(rows, Component.PRINCIPAL)).amount
        case "financed":
            return book.financed.amount
        case _:
            return principal.amount
