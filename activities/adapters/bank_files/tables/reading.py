"""A table read: its profile found or given, its rows as entries, its facts from before and after the rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from activities.adapters.bank_files.encodings import Decoded, decode
from activities.adapters.bank_files.notes import Notes
from activities.adapters.bank_files.profiles import shipped_profiles
from activities.adapters.bank_files.tables.entries import Read, RowReader
from activities.adapters.bank_files.tables.layouts import Layout, find_layout, find_workbook_layout
from activities.adapters.bank_files.tables.rows import Row, fixed_rows, separated_rows, workbook_rows
from activities.adapters.bank_files.tables.values import DateReader, read_number
from models.payments.bank_files.balances import balances_around
from models.payments.bank_files.errors import UnreadableBankFileError
from models.payments.bank_files.flags import FlagCode
from models.payments.bank_files.profile_rules import FileKind
from models.payments.bank_files.profiles import FieldName, FileProfile
from models.payments.bank_files.statements import BankFile, Statement, StatementEntry, Totals

_REMEDY: Final = "Name one with --profile, or describe the bank in a TOML file (docs/guides/bank-files.md)"


@dataclass(frozen=True, slots=True)
class _Table:
    layout: Layout
    before: list[Row]
    rows: list[Row]


def read_table(content: bytes, *, profile: FileProfile | None, is_workbook: bool) -> BankFile:
    """Read separated values, a workbook or fixed-width lines.

    Raises:
        UnreadableBankFileError: no profile fits, or the given one does not.
    """
    notes = Notes()
    decoded = Decoded("", "workbook")
    if is_workbook:
        table = _workbook_table(content, profile)
    else:
        decoded = decode(content, preferred=profile.encodings if profile else ())
        table = _text_table(decoded, profile)
        if decoded.guessed and decoded.encoding not in table.layout.profile.encodings:
            notes.add(FlagCode.ENCODING_GUESSED, f"not UTF-8: read as {decoded.encoding}")
    used = table.layout.profile
    facts_before = "\n".join(row.text() for row in table.before)
    currency = _fact(used.facts.currency, facts_before)
    reader = RowReader(table.layout, table.rows, used.currency_words.get(currency or "", currency), notes)
    reads = [read for row in table.rows if (read := reader.read(row)) is not None]
    facts = "\n".join([facts_before, *(row.text() for row in reader.other_rows)])
    _flag_currency(reads, notes)
    return BankFile(
        format=used.kind.value,
        version=used.name,
        profile=used.name,
        encoding=decoded.encoding,
        statements=tuple(_statements(reads, facts, table)),
        flags=notes.flags(),
    )


def _text_table(decoded: Decoded, profile: FileProfile | None) -> _Table:
    """The table of a text, by the given profile or by the shipped one that fits best."""
    if profile is not None and profile.kind is FileKind.FIXED:
        return _fixed_table(decoded, profile)
    candidates = [profile] if profile else list(shipped_profiles().values())
    layout = find_layout(decoded.text, candidates)
    if layout is None:
        fixed = [p for p in candidates if p.kind is FileKind.FIXED and _is_marked(p, decoded.text)]
        if fixed:
            return _fixed_table(decoded, max(fixed, key=lambda p: p.priority))
        raise _unfit(decoded.text, profile)
    rows = separated_rows(decoded.text, layout.delimiter)
    return _cut(layout, rows)


def _workbook_table(content: bytes, profile: FileProfile | None) -> _Table:
    rows = workbook_rows(content)
    layout = find_workbook_layout(rows, [profile] if profile else shipped_profiles().values())
    if layout is None:
        raise _unfit("\n".join(row.text() for row in rows[:5]), profile)
    return _cut(layout, rows)


def _fixed_table(decoded: Decoded, profile: FileProfile) -> _Table:
    lines = decoded.text.splitlines()
    wanted = re.compile(profile.row_pattern or r".*\S")
    rows = fixed_rows(decoded.text, profile.columns, decoded.encoding, in_bytes=profile.width_in_bytes)
    chosen = [row for row in rows if wanted.match(lines[row.line - 1])]
    others = [Row((line,), n) for n, line in enumerate(lines, 1) if not wanted.match(line)]
    if not chosen:
        raise _unfit(decoded.text, profile)
    places: dict[FieldName, tuple[int, ...]] = {name: (index,) for index, name in enumerate(profile.columns)}
    return _Table(Layout(profile, "", -1, places, len(places), 0), others, chosen)


def _cut(layout: Layout, rows: Sequence[Row]) -> _Table:
    """What stands before the header, and the rows behind it up to a line that ends them."""
    profile = layout.profile
    before = list(rows[: max(layout.header, 0)])
    kept: list[Row] = []
    header = rows[layout.header].cells if layout.header >= 0 else None
    ended = False
    for row in rows[layout.header + 1 :]:
        text = row.text()
        if row.is_blank() or row.cells == header or any(re.search(skip, text) for skip in profile.skip):
            continue
        ended = ended or any(re.search(stop, text) for stop in profile.stop)
        (before if ended else kept).append(row)
    return _Table(layout, before, kept)


def _statements(reads: Sequence[Read], facts: str, table: _Table) -> list[Statement]:
    """One statement for each account that the rows name, or one for all; for each currency with a balance."""
    with_balance = "balance" in table.layout.places
    groups: dict[tuple[str | None, str | None], list[StatementEntry]] = {}
    for read in reads:
        key = (read.account, read.entry.currency if with_balance else None)
        groups.setdefault(key, []).append(read.entry)
    if not groups:
        groups[None, None] = []
    single = len(groups) == 1
    return [
        _statement(account, entries, facts, table.layout.profile, single=single)
        for (account, _), entries in groups.items()
    ]


def _statement(
    account: str | None, entries: list[StatementEntry], facts: str, profile: FileProfile, *, single: bool
) -> Statement:
    patterns = profile.facts
    opening, closing = balances_around(entries) if profile.balance_is_booked else (None, None)
    stated_opening = _amount(patterns.opening, facts, profile) if single else None
    stated_closing = _amount(patterns.closing, facts, profile) if single else None
    days = sorted(entry.booking_date for entry in entries if entry.booking_date)
    currency = next((entry.currency for entry in entries if entry.currency), None) or profile.currency
    dates = DateReader([])
    start, end = _fact(patterns.from_date, facts), _fact(patterns.to_date, facts)
    return Statement(
        account=account or _fact(patterns.account, facts),
        id=_fact(patterns.id, facts),
        currency=currency,
        opening=opening if stated_opening is None else stated_opening,
        closing=closing if stated_closing is None else stated_closing,
        entries=tuple(entries),
        from_date=(dates.read(start)[0] if start else None) or (days[0] if days else None),
        to_date=(dates.read(end)[0] if end else None) or (days[-1] if days else None),
        owner=_fact(patterns.owner, facts),
        declared=_declared(facts, profile, currency) if single else Totals(),
        line=entries[0].line if entries else None,
    )


def _declared(facts: str, profile: FileProfile, currency: str | None) -> Totals:
    patterns = profile.facts

    def count(pattern: str | None) -> int | None:
        text = _fact(pattern, facts)
        return int(text.replace(",", "")) if text and text.replace(",", "").isdecimal() else None

    totals = Totals(
        entries=count(patterns.entries),
        sum=_amount(patterns.sum, facts, profile),
        credit_entries=count(patterns.credit_entries),
        credit_sum=_magnitude(patterns.credit_sum, facts, profile),
        debit_entries=count(patterns.debit_entries),
        debit_sum=_magnitude(patterns.debit_sum, facts, profile),
    )
    if totals == Totals():
        return totals
    return replace(totals, currency=currency)


def _fact(pattern: str | None, text: str) -> str | None:
    found = re.search(pattern, text) if pattern else None
    return (found[1].strip() or None) if found and found[1] else None


def _amount(pattern: str | None, text: str, profile: FileProfile) -> Decimal | None:
    fact = _fact(pattern, text)
    number = read_number(fact, profile.decimal_mark) if fact else None
    return number.amount if number else None


def _magnitude(pattern: str | None, text: str, profile: FileProfile) -> Decimal | None:
    amount = _amount(pattern, text, profile)
    return abs(amount) if amount is not None else None


def _flag_currency(reads: Iterable[Read], notes: Notes) -> None:
    missing = sum(read.entry.currency is None for read in reads)
    if missing:
        notes.add(FlagCode.MISSING_CURRENCY, f"{missing} entries name no currency, and the profile has none")


def _is_marked(profile: FileProfile, text: str) -> bool:
    start = "\n".join(text.splitlines()[:20])
    return bool(profile.marks) and any(re.search(mark, start, re.MULTILINE) for mark in profile.marks)


def _unfit(text: str, profile: FileProfile | None) -> UnreadableBankFileError:
    """Why a table cannot be read, showing the line that was taken for its first."""
    line, first = next(((n, t) for n, t in enumerate(text.splitlines(), 1) if t.strip()), (1, ""))
    which = f"profile {profile.name} does not fit" if profile else "no profile fits"
    return UnreadableBankFileError(f"{which}: {first.strip()[:60]!r} ...", line=line, remedy=_REMEDY)
