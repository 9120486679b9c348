"""Entries, statements and payments that stand twice in a file: told, never dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from models.payments.bank_files.fingerprints import fingerprint
from models.payments.bank_files.flags import Flag, FlagCode
from models.payments.bank_files.statements import BankFile, Statement, StatementEntry


def duplicate_flags(file: BankFile) -> Iterator[Flag]:
    """A flag for every repetition, naming where the first one stands."""
    yield from _duplicate_statements(file)
    yield from _duplicate_entries(file)
    yield from _duplicate_payments(file)


def _duplicate_statements(file: BankFile) -> Iterator[Flag]:
    seen: dict[tuple[object, ...], int] = {}
    for index, statement in enumerate(file.statements):
        if statement.id is None:
            continue
        # ids of some banks never change: the same id for another period is another statement
        period = (statement.from_date, statement.to_date, statement.created)
        key = (statement.account, statement.id, statement.number, *period)
        first = seen.setdefault(key, index)
        if first != index:
            message = f"statement id {statement.id} of this account stands at statements[{first}] already"
            yield Flag(FlagCode.DUPLICATE_STATEMENT, message, statement.line, f"statements[{index}]")


def _duplicate_entries(file: BankFile) -> Iterator[Flag]:
    """Entries with an equal fingerprint; it is made only for those that look alike at first sight."""
    looks = Counter(_look(s, entry) for s in file.statements for entry in s.entries)
    seen: dict[tuple[str | None, str], list[int | None]] = {}
    for index, statement in enumerate(file.statements):
        for number, entry in enumerate(statement.entries):
            if looks[_look(statement, entry)] == 1:
                continue
            lines = seen.setdefault((statement.account, fingerprint(entry)), [])
            lines.append(entry.line)
            if len(lines) > 1:
                where = f" at line {lines[0]}" if lines[0] else ""
                message = f"same as the entry{where}: occurrence {len(lines)}, kept"
                place = f"statements[{index}].entries[{number}]"
                yield Flag(FlagCode.DUPLICATE_ENTRY, message, entry.line, place)


def _look(statement: Statement, entry: StatementEntry) -> tuple[object, ...]:
    return (
        statement.account,
        entry.amount,
        entry.direction,
        entry.booking_date,
        entry.reference,
        entry.entry_reference,
        entry.end_to_end_id,
    )


def _duplicate_payments(file: BankFile) -> Iterator[Flag]:
    seen: dict[str, int] = {}
    for index, payment in enumerate(file.payments):
        if payment.end_to_end_id is None:
            continue
        first = seen.setdefault(payment.end_to_end_id, index)
        if first != index:
            message = f"end-to-end id {payment.end_to_end_id} stands at payments[{first}] already"
            yield Flag(FlagCode.DUPLICATE_PAYMENT, message, payment.line, f"payments[{index}]")
