"""Tests of a bank statement against itself: arithmetic, calendar, interest, and how figures are written.

A bank's books add up. Where recognised characters may be misread, what does not add up is suspected
only; in a text layer or a table it is proof that the rows are not the bank's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import log10
from typing import Final

from models.calendar import BusinessCalendar
from models.lease.documents.reading import Doctored, Trace
from models.lease.documents.statement_summary import (
    SALARY,
    daily_balances,
    entries_of,
    oldest_first,
    signed,
    words,
)
from models.payments.bank_files.statements import BankFile, StatementEntry, Totals

_COUNTER: Final = re.compile("柜面|柜台|网点|柜员|支票|对公转账凭证")
"""Business that takes an open counter."""
_INTEREST: Final = re.compile("结息|利息存入|存款利息|活期利息|季息")
_INTEREST_MONTHS: Final = frozenset({3, 6, 9, 12})
_INTEREST_DAYS: Final = frozenset({20, 21, 22})
"""Current accounts are credited on the 21st (reckoned to the 20th) of the last month of a quarter."""
_LEAST_RATE, _MOST_RATE = Decimal("0.0003"), Decimal("0.0045")
"""Yearly rates of current accounts (0.35 % and less); outside of them, balance and interest do not fit."""
_LEAST_INTEREST: Final = Decimal("0.30")
_MOST_TOLD: Final = 3
_FEWEST_FOR_HABIT: Final = 8
_ODD_SHARE: Final = 0.15
_ROUND: Final = Decimal(1000)
_FEWEST_FOR_BENFORD: Final = 120


@dataclass(frozen=True, slots=True)
class StatementCircumstances:
    """What the tests need to know beside the rows."""

    today: date
    calendar: BusinessCalendar
    recognised: bool
    """Characters may be misread."""

    @property
    def contradiction(self) -> Doctored:
        return Doctored.SUSPECTED if self.recognised else Doctored.PROVEN


def statement_traces(file: BankFile, around: StatementCircumstances) -> Iterator[Trace]:
    """Every sign that rows were changed, added or taken out."""
    entries = entries_of(file)
    if not entries:
        return
    for account in _accounts(file):
        yield from _balance_chain(account, around)
        yield from _dates(account, around)
        yield from _interest(account)
    yield from _totals(file, around)
    yield from _periods(file)
    yield from _duplicates(entries, around)
    yield from _counter_days(entries, around)
    yield from _salaries(entries)
    yield from _benford(entries)


def _accounts(file: BankFile) -> list[list[StatementEntry]]:
    """Entries of each account and currency, the oldest first: each has a balance of its own."""
    found: dict[tuple[str | None, str | None], list[StatementEntry]] = {}
    for statement in file.statements:
        found.setdefault((statement.account, statement.currency), []).extend(statement.entries)
    return [oldest_first(entries) for entries in found.values()]


def _balance_chain(entries: Sequence[StatementEntry], around: StatementCircumstances) -> Iterator[Trace]:
    """Each balance is the one before it and the entry."""
    broken = []
    for before, entry in pairwise(entries):
        if before.balance_after is None or entry.balance_after is None:
            continue
        expected = before.balance_after + signed(entry)
        if expected != entry.balance_after:
            broken.append(
                f"{entry.booking_date}: {before.balance_after} {signed(entry):+} gives {expected}, "
                f"not {entry.balance_after}"
            )
    if broken:
        more = f" and {len(broken) - _MOST_TOLD} more" if len(broken) > _MOST_TOLD else ""
        sentence = f"balances do not follow from entries: {'; '.join(broken[:_MOST_TOLD])}{more}"
        yield Trace("balance-chain", around.contradiction, sentence)


def _totals(file: BankFile, around: StatementCircumstances) -> Iterator[Trace]:
    """Totals and balances that the statement states, against its rows."""
    pairs = _stated(file.declared, file.computed)
    for statement in file.statements:
        entries = [e for e in statement.entries if e.balance_after is not None]
        if entries and statement.closing is not None:
            ends = {entries[0].balance_after, entries[-1].balance_after}
            if statement.closing not in ends:
                pairs.append(("closing balance", statement.closing, entries[-1].balance_after))
        if statement.opening is not None and statement.closing is not None and statement.entries:
            expected = statement.opening + sum((signed(e) for e in statement.entries), Decimal(0))
            if expected != statement.closing:
                pairs.append(("opening balance and entries", statement.closing, expected))
    for name, said, found in pairs:
        yield Trace("totals", around.contradiction, f"{name}: stated {said}, the rows give {found}")


def _stated(declared: Totals, computed: Totals) -> list[tuple[str, object, object]]:
    names = ("credit_sum", "debit_sum", "credit_entries", "debit_entries", "entries")
    pairs = [(name.replace("_", " "), getattr(declared, name), getattr(computed, name)) for name in names]
    return [pair for pair in pairs if pair[1] is not None and pair[2] is not None and pair[1] != pair[2]]


def _dates(entries: Sequence[StatementEntry], around: StatementCircumstances) -> Iterator[Trace]:
    days = [entry.booking_date for entry in entries if entry.booking_date is not None]
    back = [f"{later} after {earlier}" for earlier, later in pairwise(days) if later < earlier]
    if back:
        yield Trace("order", around.contradiction, f"dates run backwards: {'; '.join(back[:_MOST_TOLD])}")
    if days and max(days) > around.today:
        yield Trace("future", around.contradiction, f"an entry is dated {max(days)}, which is still to come")


def _periods(file: BankFile) -> Iterator[Trace]:
    for statement in file.statements:
        start, end = statement.from_date, statement.to_date
        days = [entry.booking_date for entry in statement.entries if entry.booking_date is not None]
        outside = [day for day in days if (start and day < start) or (end and day > end)]
        if outside:
            yield Trace("period", Doctored.SUSPECTED, f"{outside[0]} is outside of {start} to {end}")


def _duplicates(entries: Sequence[StatementEntry], around: StatementCircumstances) -> Iterator[Trace]:
    """A reference number, or a row with the balance after it, stands once."""
    references = Counter(entry.reference for entry in entries if entry.reference)
    twice = [reference for reference, count in references.items() if count > 1]
    rows = Counter(
        (e.booking_date, e.booked_at, signed(e), e.balance_after, words(e))
        for e in entries
        if e.balance_after is not None
    )
    same = [row for row, count in rows.items() if count > 1 and row[2] != 0]
    if same:
        yield Trace(
            "duplicate", around.contradiction, f"the same row stands twice: {same[0][0]}, {same[0][2]}"
        )
    # one reference for an entry and its fee is usual: amounts must agree as well
    for reference in twice[:1]:
        amounts = Counter(signed(e) for e in entries if e.reference == reference)
        if any(count > 1 for count in amounts.values()) and not same:
            yield Trace("duplicate", Doctored.SUSPECTED, f"reference {reference} stands on several like rows")


def _counter_days(entries: Sequence[StatementEntry], around: StatementCircumstances) -> Iterator[Trace]:
    closed = [
        entry
        for entry in entries
        if entry.booking_date is not None
        and _COUNTER.search(words(entry))
        and not around.calendar.is_business_day(entry.booking_date)
        and entry.booking_date.weekday() == 6  # noqa: PLR2004 - Sunday: many counters open on Saturdays
    ]
    if closed:
        first = closed[0]
        yield Trace(
            "closed-counter",
            Doctored.SUSPECTED,
            f"counter business on {first.booking_date}, a Sunday ({words(first)[:30]})",
        )


def _interest(entries: Sequence[StatementEntry]) -> Iterator[Trace]:
    """Interest is credited at the end of a quarter, and fits the balances before it."""
    dated = [e for e in entries if e.booking_date is not None]
    for entry in dated:
        if not _INTEREST.search(words(entry)) or entry.booking_date is None or signed(entry) <= 0:
            continue
        day = entry.booking_date
        if day.month not in _INTEREST_MONTHS or day.day not in _INTEREST_DAYS:
            yield Trace("interest-day", Doctored.SUSPECTED, f"interest on {day}, not at a quarter's end")
            continue
        before = [e for e in dated if e.booking_date is not None and e.booking_date < day]
        balances = daily_balances(before, day)[-92:]
        if len(balances) < 85 or entry.amount < _LEAST_INTEREST:  # noqa: PLR2004 - most of a quarter is needed
            continue
        mean = sum(balances, Decimal(0)) / len(balances)
        rate = entry.amount * 365 / (mean * len(balances)) if mean > 0 else Decimal(0)
        if not _LEAST_RATE <= rate <= _MOST_RATE:
            yield Trace(
                "interest",
                Doctored.SUSPECTED,
                f"interest of {entry.amount} on {day} is {rate:.3%} a year of the mean balance {mean:.2f}",
            )


def _salaries(entries: Sequence[StatementEntry]) -> Iterator[Trace]:
    """Net pay is hardly ever a round sum, three times in a row."""
    salaries = [e for e in entries if signed(e) > 0 and SALARY.search(words(e))]
    rounded = [e for e in salaries if e.amount % _ROUND == 0]
    if len(rounded) > 2:  # noqa: PLR2004 - once or twice may be an advance
        sentence = f"{len(rounded)} of {len(salaries)} wages are whole thousands, such as {rounded[0].amount}"
        yield Trace("round-salary", Doctored.SUSPECTED, sentence)


def _benford(entries: Sequence[StatementEntry]) -> Iterator[Trace]:
    """First digits; information only, since a household's payments need not follow Benford's law."""
    digits = Counter(str(e.amount).lstrip("0.")[:1] for e in entries if e.amount > 0)
    total = sum(digits.values())
    if total < _FEWEST_FOR_BENFORD:
        return
    expected = {str(d): log10(1 + 1 / d) for d in range(1, 10)}
    distance = sum(abs(digits[d] / total - share) for d, share in expected.items()) / 9
    yield Trace("benford", Doctored.NONE, f"mean deviation of first digits {distance:.3f} ({total} amounts)")


def habit_traces(texts: Sequence[str]) -> Iterator[Trace]:
    """Amounts of one column are written in one way: with thousands parted or not, with two decimals.

    Args:
        texts: amounts of a column as printed, from a text layer or a table.
    """
    large = [text for text in texts if len(re.sub(r"\D", "", text)) > 5]  # noqa: PLR2004 - 1,000.00
    parted = [text for text in large if "," in text]
    odd = parted if len(parted) * 2 < len(large) else [text for text in large if "," not in text]
    if len(large) >= _FEWEST_FOR_HABIT and 0 < len(odd) <= _ODD_SHARE * len(large):
        yield Trace(
            "figures-differ",
            Doctored.SUSPECTED,
            f"{', '.join(odd[:_MOST_TOLD])} are written otherwise than the other {len(large) - len(odd)}",
        )
