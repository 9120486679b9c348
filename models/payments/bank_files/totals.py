"""Counts and sums of what was read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TypeVar

from models.payments.bank_files.instructions import PaymentInstructionRead
from models.payments.bank_files.statements import Direction, Statement, StatementEntry, Totals

Number = TypeVar("Number", int, Decimal)


def totals_of(entries: Sequence[StatementEntry]) -> Totals:
    """Totals over all entries, whatever their status; sums only where one currency stands alone."""
    currencies = {entry.currency for entry in entries}
    credits_ = [entry.amount for entry in entries if entry.direction is Direction.CREDIT]
    debits = [entry.amount for entry in entries if entry.direction is Direction.DEBIT]
    if len(currencies) > 1:
        return Totals(entries=len(entries), credit_entries=len(credits_), debit_entries=len(debits))
    return Totals(
        entries=len(entries),
        sum=sum((entry.amount for entry in entries), Decimal(0)),
        credit_entries=len(credits_),
        credit_sum=sum(credits_, Decimal(0)),
        debit_entries=len(debits),
        debit_sum=sum(debits, Decimal(0)),
        net=sum(credits_, Decimal(0)) - sum(debits, Decimal(0)),
        currency=next(iter(currencies), None),
    )


def totals_of_payments(payments: Sequence[PaymentInstructionRead]) -> Totals:
    """Number of transactions, and the sum of their amounts.

    ISO 20022 has the control sum add amounts whatever their currency.
    """
    currencies = {payment.currency for payment in payments}
    return Totals(
        entries=len(payments),
        sum=sum((payment.amount for payment in payments if payment.amount is not None), Decimal(0)),
        currency=next(iter(currencies)) if len(currencies) == 1 else None,
    )


def added(statements: Sequence[Statement]) -> Totals:
    """What all statements of a file declare together; sums only where one currency stands alone."""
    declared = [s.declared for s in statements if s.declared != Totals()]
    one = len({totals.currency for totals in declared}) <= 1

    def whole(of: Callable[[Totals], Number | None], zero: Number) -> Number | None:
        return _sum((of(totals) for totals in declared), zero)

    return Totals(
        entries=whole(lambda t: t.entries, 0),
        sum=whole(lambda t: t.sum, Decimal(0)) if one else None,
        credit_entries=whole(lambda t: t.credit_entries, 0),
        credit_sum=whole(lambda t: t.credit_sum, Decimal(0)) if one else None,
        debit_entries=whole(lambda t: t.debit_entries, 0),
        debit_sum=whole(lambda t: t.debit_sum, Decimal(0)) if one else None,
        net=whole(lambda t: t.net, Decimal(0)) if one else None,
        currency=declared[0].currency if declared and one else None,
    )


def _sum(values: Iterable[Number | None], zero: Number) -> Number | None:
    told = [value for value in values if value is not None]
    return sum(told, zero) if told else None
