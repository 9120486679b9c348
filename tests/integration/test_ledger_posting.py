"""A journal goes in once, balanced, under a number without gaps."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from activities.store.database import Database
from activities.store.ledger import accounts, posting
from models.ledger.accounts import AccountStatus
from models.ledger.errors import (
    AccountNotOpenError,
    IdempotencyConflictError,
    InsufficientFundsError,
    MonthClosedError,
    ReversalRefusedError,
    UnknownAccountError,
)
from models.ledger.journals import Posted
from models.money import Money
from tests.factories.ledger import BANK, CHARGES, DAY, INCOME, RECEIVABLE, RECEIVED, Books

pytestmark = pytest.mark.stack


@pytest.fixture
def books(database: Database) -> Books:
    return Books(database)


@pytest.fixture
def crowded(fresh_database: Database) -> Iterator[Books]:
    """Books for many at once: a connection for each."""
    database = Database(fresh_database.url, pool_size=16)
    yield Books(database)
    database.close()


def reverse(books: Books, original: str, key: str = "back") -> Posted:
    with books.database.transaction() as session:
        return posting.reverse(
            session,
            key=key,
            original_key=original,
            business_date=DAY,
            posted_by="song.lin",
            reason="冲销",
            book=books.book,
        )


def numbers(books: Books) -> list[int]:
    with books.database.transaction() as session:
        found = session.execute(
            text("SELECT voucher_number FROM ledger_journal WHERE book = :book ORDER BY 1"),
            {"book": books.book},
        )
        return list(found.scalars())


def test_a_repeated_order_gets_the_first_answer(books: Books) -> None:
    (first,) = books.post(books.order("a"))
    (again,) = books.post(books.order("a"))
    assert first.voucher == "2026-11/000001"
    assert first.created
    assert again == replace(first, created=False)


def test_who_asks_is_no_part_of_the_request(books: Books) -> None:
    books.post(books.order("a"))
    (again,) = books.post(replace(books.order("a"), posted_by="tang.rui", source="another-run"))
    assert not again.created


def test_a_key_with_another_body_is_refused_and_both_are_named(books: Books) -> None:
    first, other = books.order("a"), books.order("a", "100.01")
    books.post(first)
    with pytest.raises(IdempotencyConflictError) as refusal:
        books.post(other)
    assert first.request_hash.hex()[:12] in str(refusal.value)
    assert other.request_hash.hex()[:12] in str(refusal.value)
    assert "2026-11/000001" in str(refusal.value)


def test_a_batch_is_answered_journal_by_journal(books: Books) -> None:
    books.post(books.order("b"))
    orders = [books.order(key) for key in ("a", "b", "c", "a")]
    answers = books.post(*orders)
    assert [answer.created for answer in answers] == [True, False, True, True]
    assert [answer.voucher[-1] for answer in answers] == ["2", "1", "3", "2"]


def test_a_batch_over_two_months_counts_each_month(books: Books) -> None:
    days = [date(2026, 11, 30), date(2026, 12, 1), date(2026, 11, 29)]
    answers = books.post(*(books.order(f"k{n}", day=day) for n, day in enumerate(days)))
    assert [answer.voucher for answer in answers] == ["2026-11/000001", "2026-12/000001", "2026-11/000002"]


def test_a_refused_journal_takes_the_whole_batch_and_no_number(books: Books) -> None:
    bad = books.order("bad", credit="9999")
    with pytest.raises(UnknownAccountError, match="bad: account 9999 of branch HQ in CNY"):
        books.post(books.order("good"), bad)
    assert books.post(books.order("good"))[0].voucher == "2026-11/000001"


def test_a_blocked_account_takes_nothing_but_answers_repetitions(books: Books) -> None:
    books.post(books.order("a"))
    with books.database.transaction() as session:
        account = accounts.find_account(session, RECEIVED, book=books.book)
        accounts.set_status(session, account, AccountStatus.BLOCKED)
    with pytest.raises(AccountNotOpenError, match="blocked"):
        books.post(books.order("b"))
    assert not books.post(books.order("a"))[0].created


def test_a_closed_month_and_all_before_it_take_nothing(books: Books) -> None:
    with books.database.transaction() as session:
        session.execute(
            text("SELECT ledger_close_month(:book, '2026-11-01', 'song.lin')"), {"book": books.book}
        )
    for day in (DAY, date(2026, 10, 31)):
        with pytest.raises(MonthClosedError, match="2026-11"):
            books.post(books.order("a", day=day))
    assert books.post(books.order("a", day=date(2026, 12, 1)))[0].created


def test_a_floor_is_not_crossed(books: Books) -> None:
    books.post(books.order("in", "50.00"))
    with pytest.raises(InsufficientFundsError, match=r"50.01 is more than the 50.00 available"):
        books.post(books.order("out", "50.01", debit=RECEIVABLE, credit=BANK))
    assert books.post(books.order("out", "50.00", debit=RECEIVABLE, credit=BANK))[0].created


def test_a_floor_set_later_counts_what_was_posted_before(books: Books) -> None:
    books.post(books.order("a", "70.00", debit=CHARGES, credit=INCOME))
    with books.database.transaction() as session:
        income = accounts.find_account(session, INCOME, book=books.book)
        accounts.set_floor(session, income, Money.of("60.00"))
    with pytest.raises(InsufficientFundsError, match=r"10.01 is more than the 10.00 available"):
        books.post(books.order("b", "10.01", debit=INCOME, credit=CHARGES))


def test_a_reversal_mirrors_its_journal_once(books: Books) -> None:
    books.post(books.order("a"))
    assert reverse(books, "a").created
    assert not reverse(books, "a").created
    for original, why in (("a", "reversed by back"), ("back", "a reversal itself"), ("none", "not known")):
        with pytest.raises(ReversalRefusedError, match=why):
            reverse(books, original, key="again")


def test_a_reversal_with_other_lines_is_refused(books: Books) -> None:
    books.post(books.order("a"))
    wrong = replace(books.order("back", "99.00", debit=RECEIVED, credit=BANK), reverses="a")
    with pytest.raises(ReversalRefusedError, match="do not mirror"):
        books.post(wrong)


def test_sixteen_at_once_with_one_key_make_one_journal(crowded: Books) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = [answer for (answer,) in pool.map(lambda _: crowded.post(crowded.order("a")), range(16))]
    assert len({answer.journal_id for answer in answers}) == 1
    assert [answer.created for answer in answers].count(True) == 1
    assert numbers(crowded) == [1]


def test_eight_who_reverse_one_journal_under_keys_of_their_own_make_one_reversal(crowded: Books) -> None:
    crowded.post(crowded.order("a"))

    def attempt(n: int) -> bool:
        try:
            return reverse(crowded, "a", key=f"back-{n}").created
        except ReversalRefusedError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(attempt, range(8))).count(True) == 1
    assert numbers(crowded) == [1, 2]


def test_one_key_in_two_months_at_once_makes_one_journal(crowded: Books) -> None:

    def attempt(month: int) -> bool:
        try:
            return crowded.post(crowded.order("a", day=date(2026, month, 1)))[0].created
        except IdempotencyConflictError:
            return False

    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(attempt, [9, 10, 11, 12] * 2))
    assert created.count(True) == 1
    (winner,) = crowded.post(crowded.order("b", day=date(2026, 9 + created.index(True) % 4, 2)))
    assert winner.voucher.endswith("000002")


def test_many_at_once_leave_no_gap(crowded: Books) -> None:

    def attempt(n: int) -> None:
        orders = [crowded.order(f"k{n}-{m}", credit=RECEIVED if n % 7 else "9999") for m in range(n % 3 + 1)]
        try:
            crowded.post(*orders)
        except UnknownAccountError:
            assert n % 7 == 0

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(attempt, range(60)))
    found = numbers(crowded)
    assert found == list(range(1, len(found) + 1))
    assert len(found) == sum(n % 3 + 1 for n in range(60) if n % 7)
