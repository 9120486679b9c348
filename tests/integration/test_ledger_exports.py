"""Exports say what the ledger says; beancount, which shares no code with us, agrees."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from activities.adapters.ledger_exports import WRITERS
from activities.adapters.ledger_exports.beancount import account_name
from activities.store.database import Database
from activities.store.ledger import posting, reports
from tests.factories.ledger import BANK, CHARGES, DAY, RECEIVABLE, Books

pytestmark = pytest.mark.stack

GOLDEN = Path(__file__).parents[1] / "golden" / "ledger"


@pytest.fixture
def books(database: Database) -> Books:
    books = Books(database)
    books.post(
        books.order("funding", "1000.00"),
        books.order("pay", "300.55", debit=RECEIVABLE, credit=BANK, narrative='首付 "甲"\\乙'),
        books.order("fee", "0.01", debit=CHARGES, credit=BANK),
    )
    with database.transaction() as session:
        posting.reverse(
            session,
            key="back",
            original_key="pay",
            business_date=DAY,
            posted_by="song.lin",
            reason="退回",
            book=books.book,
        )
    return books


def export(books: Books, form: str) -> str:
    with books.database.transaction() as session:
        return "".join(WRITERS[form](reports.journals(session, book=books.book)))


def test_beancount_accepts_and_comes_to_the_same_balances(books: Books) -> None:
    from beancount import loader
    from beancount.core import data, realization

    written = export(books, "beancount")
    entries, errors, _ = loader.load_string(written)
    assert errors == []
    real = realization.realize(entries)
    theirs: dict[str, Decimal] = defaultdict(Decimal)
    for account in realization.iter_children(real):
        for position in account.balance:
            theirs[account.account] += position.units.number
    with books.database.transaction() as session:
        found = reports.balances(session, book=books.book)
        categories = {"1": "asset", "2": "liability", "6041": "income", "6603": "expense"}
        ours = {
            account_name(
                categories.get(line.code, categories.get(line.code[0], "")), line.branch, line.code
            ): Decimal(line.closing).scaleb(-2)
            for line in found
            if line.closing
        }
    assert {name: number for name, number in theirs.items() if number} == ours
    transactions = [entry for entry in entries if isinstance(entry, data.Transaction)]
    assert transactions[-1].links == {"v2026-11-000004", "v2026-11-000002"}
    assert transactions[1].narration == '首付 "甲"\\乙'


@pytest.mark.parametrize("form", ["csv", "sap", "beancount"])
def test_files_are_always_the_same(books: Books, form: str) -> None:
    golden = GOLDEN / f"journals.{form}"
    written = export(books, form)
    assert written.encode() == golden.read_bytes()


def test_csv_rows_balance(books: Books) -> None:
    rows = list(csv.DictReader(export(books, "csv").splitlines()))
    assert len(rows) == 8
    assert sum(Decimal(row["amount"]) for row in rows) == 0
    assert rows[-1]["reverses"] == "2026-11/000002"


def test_the_trial_balance_ties(books: Books) -> None:
    with books.database.transaction() as session:
        lines = reports.trial_balance(session, book=books.book)
    assert sum(line.debits for line in lines) == sum(line.credits for line in lines) == 160_111
    assert sum(line.closing for line in lines) == 0
    assert all(line.opening + line.debits - line.credits == line.closing for line in lines)


def test_a_statement_runs_to_the_balance(books: Books) -> None:
    from activities.store.ledger.accounts import find_account

    with books.database.transaction() as session:
        bank = find_account(session, BANK, book=books.book)
        lines = reports.statement(session, bank.account_id)
    assert [line.balance for line in lines] == [100_000, 69_945, 69_944, 99_999]
    assert lines[-1].reverses == "2026-11/000002"


def test_a_statement_from_a_day_counts_what_came_before(books: Books) -> None:
    from activities.store.ledger.accounts import find_account

    december = date(2026, 12, 1)
    books.post(books.order("later", "5.00", day=december))
    with books.database.transaction() as session:
        bank = find_account(session, BANK, book=books.book)
        lines = reports.statement(session, bank.account_id, first=december)
    assert [(line.business_date, line.balance) for line in lines] == [(december, 100_499)]
