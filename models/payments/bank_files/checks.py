"""What is to be said about a file that was read: totals, balances, duplicates, doubtful signs.

Nothing here rejects or repairs. Declared totals and balances of real files are sometimes wrong, and a person
or a later rule decides what a difference means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from models.payments.bank_files.balances import balance_flags
from models.payments.bank_files.duplicates import duplicate_flags
from models.payments.bank_files.flags import Flag, FlagCode
from models.payments.bank_files.statements import BankFile, EntryStatus, Statement, Totals
from models.payments.bank_files.totals import added, totals_of, totals_of_payments

_COUNTS: Final = ("entries", "credit_entries", "debit_entries")
_SUMS: Final = ("sum", "credit_sum", "debit_sum", "net")
_WITHOUT_ACCOUNT: Final = frozenset({"csv", "fixed"})
"""Formats that need not name the account that they are about."""


def checked(file: BankFile) -> BankFile:
    """The file with its totals computed and with flags for everything that does not tie."""
    flags = [*file.flags, *_statement_flags(file), *duplicate_flags(file), *_payment_flags(file)]
    if not (file.statements or file.payments or file.statuses):
        flags.append(Flag(FlagCode.EMPTY, "the file holds no statement, payment or status"))
    if file.statements:
        declared = file.declared if file.declared != Totals() else added(file.statements)
        computed = totals_of([entry for statement in file.statements for entry in statement.entries])
    else:
        declared = file.declared
        computed = totals_of_payments(file.payments) if file.payments else Totals(entries=len(file.statuses))
    return replace(file, declared=declared, computed=computed, flags=tuple(flags))


def mismatches(declared: Totals, computed: Totals) -> Iterator[tuple[str, str]]:
    """Names of totals that were declared and are not so, and sentences for them."""
    for name in (*_COUNTS, *_SUMS):
        said, found = getattr(declared, name), getattr(computed, name)
        if said is not None and found is not None and said != found:
            yield name, f"declared {name.replace('_', ' ')} {said}, computed {found}"


def _statement_flags(file: BankFile) -> Iterator[Flag]:
    for index, statement in enumerate(file.statements):
        path = f"statements[{index}]"
        if statement.account is None and file.format not in _WITHOUT_ACCOUNT:
            yield Flag(FlagCode.MISSING_ACCOUNT, "the statement names no account", statement.line, path)
        yield from _total_flags(statement, path)
        yield from balance_flags(statement, file.format, path)
        yield from _status_flags(statement, path)
        yield from _currency_flags(statement, path)
        undated = sum(entry.booking_date is None and entry.value_date is None for entry in statement.entries)
        if undated:
            yield Flag(FlagCode.MISSING_DATE, f"{undated} entries have no date", statement.line, path)
        yield from _detail_flags(statement, path)


def _total_flags(statement: Statement, path: str) -> Iterator[Flag]:
    """Declared totals count all entries, or only booked ones: banks differ, and both are right."""
    if statement.declared == Totals():
        return
    booked = [entry for entry in statement.entries if entry.status is EntryStatus.BOOKED]
    counted = dict(mismatches(statement.declared, totals_of(booked)))
    for name, problem in mismatches(statement.declared, totals_of(statement.entries)):
        if name in counted:
            yield Flag(FlagCode.DECLARED_TOTAL_MISMATCH, problem, statement.line, path)


def _status_flags(statement: Statement, path: str) -> Iterator[Flag]:
    unsure = (EntryStatus.PENDING, EntryStatus.INFO, EntryStatus.FUTURE, EntryStatus.REJECTED)
    counts = {status: sum(entry.status is status for entry in statement.entries) for status in unsure}
    told = ", ".join(f"{count} {status.value}" for status, count in counts.items() if count)
    if told:
        yield Flag(
            FlagCode.NOT_BOOKED,
            f"{told} of {len(statement.entries)} entries: not booked",
            statement.line,
            path,
        )


def _currency_flags(statement: Statement, path: str) -> Iterator[Flag]:
    currencies = sorted({entry.currency for entry in statement.entries if entry.currency})
    foreign = [currency for currency in currencies if currency != (statement.currency or currency)]
    if len(currencies) > 1 or foreign:
        told = ", ".join(currencies)
        yield Flag(
            FlagCode.MIXED_CURRENCIES,
            f"entries in {told} on an account in {statement.currency}",
            statement.line,
            path,
        )


def _detail_flags(statement: Statement, path: str) -> Iterator[Flag]:
    """Transactions of a batch whose amounts do not add up to their entry, or that are fewer than declared."""
    for number, entry in enumerate(statement.entries):
        place = f"{path}.entries[{number}]"
        if entry.batch_size is not None and entry.details and entry.batch_size != len(entry.details):
            message = f"batch declared as {entry.batch_size} transactions holds {len(entry.details)}"
            yield Flag(FlagCode.DECLARED_TOTAL_MISMATCH, message, entry.line, place)
        amounts = [
            detail.amount if detail.direction is entry.direction else -detail.amount
            for detail in entry.details
            if detail.amount is not None and detail.currency == entry.currency
        ]
        is_whole = len(amounts) > 1 and len(amounts) == len(entry.details)
        if is_whole and entry.amount not in {sum(amounts), sum(map(abs, amounts))}:
            message = f"transactions add up to {sum(amounts)}, the entry is {entry.amount}"
            yield Flag(FlagCode.DETAIL_SUM_MISMATCH, message, entry.line, place)


def _payment_flags(file: BankFile) -> Sequence[Flag]:
    if not file.payments:
        return []
    return [
        Flag(FlagCode.DECLARED_TOTAL_MISMATCH, problem)
        for _, problem in mismatches(file.declared, totals_of_payments(file.payments))
    ]
