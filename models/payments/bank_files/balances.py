"""Whether the balances of a statement and its entries tell the same story."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from models.payments.bank_files.flags import Flag, FlagCode
from models.payments.bank_files.statements import Direction, EntryStatus, Statement, StatementEntry

_WITH_BALANCES: Final = frozenset({"camt.053", "mt940"})
"""Formats whose statements must open and close with a balance."""


def balance_flags(statement: Statement, format_: str, path: str) -> Iterator[Flag]:
    """Missing balances, a closing balance that does not follow, and reversals whose sign is in doubt."""
    if format_ in _WITH_BALANCES:
        for name in ("opening", "closing"):
            if getattr(statement, name) is None:
                message = f"the statement has no {name} balance"
                yield Flag(FlagCode.MISSING_BALANCE, message, statement.line, path)
    booked = [entry for entry in statement.entries if entry.status is EntryStatus.BOOKED]
    difference = _difference(statement, booked)
    if difference:
        yield Flag(FlagCode.BALANCE_MISMATCH, _told(statement, difference), statement.line, path)
    if format_.startswith("camt"):
        yield from _reversal_flags(booked, difference, path)
    yield from _running_flags(statement.entries, path)


def net_of(entries: Iterable[StatementEntry]) -> Decimal:
    """Credits less debits."""
    return sum((_signed(entry) for entry in entries), Decimal(0))


def is_newest_first(entries: Sequence[StatementEntry]) -> bool:
    """Whether rows with a balance each run from the newest to the oldest."""
    if len(_breaks(entries, newest_first=True)) != len(_breaks(entries, newest_first=False)):
        return len(_breaks(entries, newest_first=True)) < len(_breaks(entries, newest_first=False))
    days = [entry.booking_date for entry in entries if entry.booking_date]
    return len(days) > 1 and days[0] > days[-1]


def balances_around(entries: Sequence[StatementEntry]) -> tuple[Decimal | None, Decimal | None]:
    """Opening and closing balance that follow from rows with a balance each."""
    rows = [entry for entry in entries if entry.balance_after is not None]
    if not rows:
        return None, None
    first, last = (rows[-1], rows[0]) if is_newest_first(rows) else (rows[0], rows[-1])
    opening = first.balance_after - _signed(first) if first.balance_after is not None else None
    return opening, last.balance_after


def _signed(entry: StatementEntry) -> Decimal:
    if entry.direction is None:
        return Decimal(0)
    return entry.amount if entry.direction is Direction.CREDIT else -entry.amount


def _difference(statement: Statement, booked: Sequence[StatementEntry]) -> Decimal | None:
    """How far the stated closing balance is from opening and entries; None when that cannot be told."""
    if statement.opening is None or statement.closing is None:
        return None
    own = [entry for entry in booked if entry.currency in {None, statement.currency}]
    if len(own) < len(booked):
        return None
    return statement.closing - statement.opening - net_of(booked)


def _told(statement: Statement, difference: Decimal) -> str:
    moved = f"opening {statement.opening} and {len(statement.entries)} entries"
    return f"{moved} do not lead to closing {statement.closing}: {difference} apart"


def _reversal_flags(
    booked: Sequence[StatementEntry], difference: Decimal | None, path: str
) -> Iterator[Flag]:
    """Banks differ on the direction of a reversal; balances that tie settle the matter."""
    reversals = [entry for entry in booked if entry.reversal]
    if not reversals or difference == 0:
        return
    message = f"{len(reversals)} reversals: direction taken as written"
    if difference is not None and difference == -2 * net_of(reversals):
        message += "; the balances tie if it is turned round (profile setting reversal_sign = 'original')"
    else:
        message += ", and no balance proves it"
    yield Flag(FlagCode.AMBIGUOUS_REVERSAL, message, reversals[0].line, path)


def _breaks(entries: Sequence[StatementEntry], *, newest_first: bool) -> list[int]:
    """Rows whose balance does not follow from the row before them in time."""
    order = range(len(entries) - 1, -1, -1) if newest_first else range(len(entries))
    before: Decimal | None = None
    breaks = []
    for index in order:
        after = entries[index].balance_after
        if after is not None and before is not None and before + _signed(entries[index]) != after:
            breaks.append(index)
        before = after
    return breaks


def _running_flags(entries: Sequence[StatementEntry], path: str) -> Iterator[Flag]:
    if not any(entry.balance_after is not None for entry in entries):
        return
    for index in _breaks(entries, newest_first=is_newest_first(entries)):
        entry = entries[index]
        message = f"balance {entry.balance_after} does not follow from the row before"
        yield Flag(FlagCode.RUNNING_BALANCE_MISMATCH, message, entry.line, f"{path}.entries[{index}]")
