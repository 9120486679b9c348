"""A hold keeps an amount for one effect, and ends once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session

from activities.store.database import Database
from activities.store.ledger import holds, posting
from models.ledger.errors import (
    CaptureExceedsHoldError,
    HoldEndedError,
    IdempotencyConflictError,
    InsufficientFundsError,
    NoFloorError,
)
from models.ledger.holds import HoldState
from models.ledger.journals import JournalOrder
from models.money import Money
from tests.factories.ledger import BANK, RECEIVABLE, RECEIVED, Books

pytestmark = pytest.mark.stack

LATER = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(days=2)


@pytest.fixture
def books(database: Database) -> Books:
    books = Books(database)
    books.post(books.order("funding", "100.00"))
    return books


def payment(books: Books, key: str = "pay", amount: str = "100.00") -> JournalOrder:
    return books.order(key, amount, debit=RECEIVABLE, credit=BANK)


def stored(books: Books) -> tuple[int, int]:
    """Balance and held amount of the bank account."""
    with books.database.transaction() as session:
        row = session.execute(
            text("""
                SELECT balance_minor, held_minor FROM ledger_balance JOIN ledger_account USING (account_id)
                WHERE book = :book AND code = :code
            """),
            {"book": books.book, "code": BANK},
        ).one()
        return row.balance_minor, row.held_minor


def test_what_is_held_nobody_else_gets(books: Books) -> None:
    with books.database.transaction() as session:
        books.reserve(session, "h", "60.00")
        assert books.reserve(session, "h", "60.00").state is HoldState.RESERVED
    with pytest.raises(InsufficientFundsError, match=r"40.00 available"):
        books.post(payment(books, amount="40.01"))
    with pytest.raises(InsufficientFundsError), books.database.transaction() as session:
        books.reserve(session, "h2", "40.01")
    assert stored(books) == (10_000, 6_000)


def test_capture_releases_and_posts_together(books: Books) -> None:
    with books.database.transaction() as session:
        books.reserve(session, "h")
        first = holds.capture(session, key="h", order=payment(books, amount="99.00"))
    with books.database.transaction() as session:
        again = holds.capture(session, key="h", order=payment(books, amount="99.00"))
        assert holds.find_hold(session, "h", book=books.book).state is HoldState.CAPTURED
    assert (first.created, again.created) == (True, False)
    assert stored(books) == (100, 0)


def test_a_crash_between_reserve_and_capture_leaves_the_hold_to_capture_later(books: Books) -> None:
    with books.database.transaction() as session:
        books.reserve(session, "h")
    with Session(books.database.engine) as session:
        holds.capture(session, key="h", order=payment(books))
        session.rollback()  # what the server does when the connection is gone
    assert stored(books) == (10_000, 10_000)
    with books.database.transaction() as session:
        assert holds.capture(session, key="h", order=payment(books)).created
    assert stored(books) == (0, 0)


def test_no_more_is_captured_than_was_held(books: Books) -> None:
    with books.database.transaction() as session:
        books.reserve(session, "h", "10.00")
    with pytest.raises(CaptureExceedsHoldError, match=r"10.01"), books.database.transaction() as session:
        holds.capture(session, key="h", order=payment(books, amount="10.01"))


def test_an_ended_hold_comes_to_no_other_end(books: Books) -> None:
    with books.database.transaction() as session:
        books.reserve(session, "h")
        assert holds.void(session, key="h", reason="refused", book=books.book).state is HoldState.VOIDED
        assert holds.void(session, key="h", reason="again", book=books.book).state is HoldState.VOIDED
    with pytest.raises(HoldEndedError, match="voided"), books.database.transaction() as session:
        holds.capture(session, key="h", order=payment(books))
    with pytest.raises(HoldEndedError, match="not known"), books.database.transaction() as session:
        holds.void(session, key="none", reason="", book=books.book)
    assert stored(books) == (10_000, 0)


def test_a_hold_is_not_captured_by_a_second_journal(books: Books) -> None:
    with books.database.transaction() as session:
        books.reserve(session, "h", "10.00")
        holds.capture(session, key="h", order=payment(books, amount="10.00"))
    with pytest.raises(HoldEndedError, match="captured by journal pay"), books.database.transaction() as s:
        holds.capture(s, key="h", order=payment(books, "pay-again", "10.00"))


def test_holds_expire_once(fresh_database: Database) -> None:
    books = Books(fresh_database)
    books.post(books.order("funding"))
    with books.database.transaction() as session:
        books.reserve(session, "short", "30.00", hours=24)
        books.reserve(session, "long", "30.00", hours=96)
        assert holds.expire(session, LATER) == 1
        assert holds.expire(session, LATER) == 0
        assert holds.find_hold(session, "short", book=books.book).state is HoldState.EXPIRED
        assert [hold.key for hold in holds.list_holds(session, book=books.book)] == ["long"]
    assert stored(books) == (10_000, 3_000)


def test_a_key_for_another_amount_or_account_is_refused(books: Books) -> None:
    with books.database.transaction() as session:
        books.reserve(session, "h", "1.00")
    with pytest.raises(IdempotencyConflictError), books.database.transaction() as session:
        books.reserve(session, "h", "2.00")


def test_an_account_without_a_floor_keeps_nothing(books: Books) -> None:
    with pytest.raises(NoFloorError, match="no floor"), books.database.transaction() as session:
        holds.reserve(
            session,
            key="h",
            account=RECEIVED,
            amount=Money(1),
            expires_at=LATER,
            reason="",
            book=books.book,
        )


def test_those_who_reserve_at_once_never_get_more_than_there_is(fresh_database: Database) -> None:
    books = Books(fresh_database)
    books.post(books.order("funding", "100.00"))

    def attempt(n: int) -> bool:
        try:
            with books.database.transaction() as session:
                books.reserve(session, f"h{n // 2}", "30.00")
        except InsufficientFundsError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        reserved = list(pool.map(attempt, range(16)))
    assert len({n // 2 for n, got in enumerate(reserved) if got}) == 3
    assert stored(books) == (10_000, 9_000)


def test_a_posting_that_would_use_what_is_held_is_refused_whatever_posts_it(books: Books) -> None:
    with books.database.transaction() as session:
        books.reserve(session, "h")
    with pytest.raises(InsufficientFundsError), books.database.transaction() as session:
        posting.post(session, payment(books, amount="0.01"))
