"""What is booked stays booked, for a superuser with plain SQL, too."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from activities.store.database import Database
from models.ledger.journals import Line
from models.money import Money
from tests.factories.ledger import Books

pytestmark = pytest.mark.stack

JOURNAL = """
    INSERT INTO ledger_journal (book, idempotency_key, request_hash, kind, business_date, value_date,
        voucher_month, voucher_number, narrative, source, posted_by, posted_at)
    VALUES (%s, 'by-hand', '', 'manual', '2026-11-20', '2026-11-20', '2026-11-01', 2, '', '', 'x', now())
    RETURNING journal_id
"""
LINE = """
    INSERT INTO ledger_line (journal_id, line_no, account_id, amount_minor, currency, reference)
    SELECT %s, %s, account_id, %s, currency, '' FROM ledger_account WHERE book = %s AND code = '2203'
"""


@pytest.fixture
def books(database: Database) -> Books:
    books = Books(database)
    books.post(books.order("a"))
    return books


def connect(books: Books) -> psycopg.Connection[tuple[int]]:
    return psycopg.connect(books.database.url.replace("+psycopg", ""))


@pytest.mark.parametrize("replica", [False, True])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_line SET amount_minor = amount_minor + 1",
        "UPDATE ledger_journal SET narrative = 'other'",
        "DELETE FROM ledger_line",
        "DELETE FROM ledger_journal",
        "TRUNCATE ledger_journal CASCADE",
        "TRUNCATE ledger_line",
        "DELETE FROM ledger_seal",
        "DELETE FROM ledger_hold",
        "DELETE FROM ledger_voucher_counter",
        "UPDATE ledger_account SET normal_side = 'credit'",
    ],
)
def test_nothing_booked_is_changed(books: Books, statement: str, replica: bool) -> None:
    with connect(books) as connection:
        if replica:
            connection.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.Error, match="what is booked is never changed"):
            connection.execute(statement)


def test_a_committed_journal_takes_no_more_lines(books: Books) -> None:
    (posted,) = books.post(books.order("a"))
    with connect(books) as connection, pytest.raises(psycopg.Error, match="comes too late"):
        connection.execute(LINE, (posted.journal_id, 3, 1, books.book))


@pytest.mark.parametrize("amounts", [(), (100,), (100, -99)])
def test_what_does_not_balance_is_not_committed(books: Books, amounts: tuple[int, ...]) -> None:
    with connect(books) as connection:
        row = connection.execute(JOURNAL, (books.book,)).fetchone()
        assert row is not None
        for number, amount in enumerate(amounts, start=1):
            connection.execute(LINE, (row[0], number, amount, books.book))
        with pytest.raises(psycopg.Error, match="does not balance"):
            connection.commit()


def test_a_journal_cannot_name_another_transaction(books: Books) -> None:
    forged = JOURNAL.replace("posted_at)", "posted_at, entered_xid)").replace("now())", "now(), 5)")
    with connect(books) as connection:
        connection.execute(forged, (books.book,))
        with pytest.raises(psycopg.Error, match="names another transaction"):
            connection.commit()


def test_postings_run_under_a_role_that_may_only_add(books: Books) -> None:
    with books.database.transaction() as session:
        session.execute(text("SET LOCAL ROLE leaseflow_bookkeeper"))
        with pytest.raises(DBAPIError, match="permission denied"):
            session.execute(text("DELETE FROM ledger_line"))
        session.rollback()
        owned = session.execute(
            text("SELECT count(*) FROM pg_class WHERE relowner = 'leaseflow_bookkeeper'::regrole")
        )
        assert owned.scalar_one() == 0
        role = session.execute(text("SELECT proconfig FROM pg_proc WHERE oid = 'ledger_post'::regproc"))
        assert "role=leaseflow_bookkeeper" in role.scalar_one()
        assert session.execute(text("SELECT current_user")).scalar_one() == "postgres"


def test_minor_units_beyond_64_bits_are_refused_before_they_reach_the_database(books: Books) -> None:
    from models.ledger.errors import InvalidJournalError

    order, huge = books.order("huge"), Money(2**63)
    with pytest.raises(InvalidJournalError, match="cannot be booked"):
        replace(order, lines=(Line("1002.01", huge), Line("2203", -huge)))
