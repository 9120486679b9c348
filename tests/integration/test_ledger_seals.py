"""Sealed journals prove themselves: what is changed behind the ledger's back is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session

from activities.ledger.books import seal_everything
from activities.store.database import Database
from activities.store.ledger import holds, posting, seals
from activities.store.ledger.verification import verify
from models.ledger.audit import Audit
from tests.factories.ledger import BANK, CHARGES, DAY, INCOME, RECEIVABLE, Books

pytestmark = pytest.mark.stack


@pytest.fixture
def books(fresh_database: Database) -> Books:
    return Books(fresh_database)


def audit(books: Books, expect: str | None = None) -> Audit:
    with books.database.transaction() as session:
        return verify(session, expect=expect)


@contextmanager
def tampering(books: Books, table: str = "ledger_line") -> Iterator[Session]:
    """What a superuser can do who takes the triggers away, and puts them back."""
    with books.database.transaction() as session:
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield session
        for name in session.execute(
            text("SELECT tgname FROM pg_trigger WHERE tgrelid = CAST(:t AS regclass) AND NOT tgisinternal"),
            {"t": table},
        ).scalars():
            session.execute(text(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"))


def post_and_seal(books: Books, *keys: str) -> list[int]:
    ids = [posted.journal_id for posted in books.post(*(books.order(key) for key in keys))]
    seal_everything(books.database)
    return ids


def test_blocks_are_chained_and_verify(books: Books) -> None:
    post_and_seal(books, "a", "b")
    post_and_seal(books, "c")
    assert seal_everything(books.database).blocks == 0
    seen = audit(books)
    assert (seen.journals, seen.sealed, seen.blocks, seen.faults) == (3, 3, 2, ())
    assert audit(books, expect=seen.head).clean


def test_one_changed_amount_names_block_and_journal(books: Books) -> None:
    post_and_seal(books, "a", "b")
    (changed,) = post_and_seal(books, "c")
    post_and_seal(books, "d")
    with tampering(books) as session:
        session.execute(
            text("UPDATE ledger_line SET amount_minor = 9999 WHERE journal_id = :id AND line_no = 1"),
            {"id": changed},
        )
    first, *rest = audit(books).faults
    assert (first.check, first.block, first.journal_id, first.voucher) == (
        "seal",
        2,
        changed,
        "2026-11/000003",
    )
    assert first.what == "its lines differ from what was sealed (out of balance by -0.01 CNY)"
    assert {fault.check for fault in rest} == {"balance", "stored-balance"}


def test_a_change_that_still_balances_is_found(books: Books) -> None:
    (changed,) = post_and_seal(books, "a")
    with tampering(books) as session:
        session.execute(
            text("UPDATE ledger_line SET amount_minor = amount_minor * 2 WHERE journal_id = :id"),
            {"id": changed},
        )
    first = audit(books).faults[0]
    assert (first.journal_id, first.what) == (changed, "its lines differ from what was sealed")


def test_a_changed_narrative_is_found(books: Books) -> None:
    (changed,) = post_and_seal(books, "a")
    with tampering(books, "ledger_journal") as session:
        session.execute(
            text("UPDATE ledger_journal SET narrative = 'x' WHERE journal_id = :id"), {"id": changed}
        )
    (fault,) = audit(books).faults
    assert (fault.journal_id, fault.what) == (changed, "its head differ from what was sealed")


def test_a_journal_that_is_gone_is_named_and_leaves_a_gap(books: Books) -> None:
    ids = post_and_seal(books, "a", "b", "c")
    with tampering(books) as session:
        session.execute(text("DELETE FROM ledger_line WHERE journal_id = :id"), {"id": ids[1]})
    with tampering(books, "ledger_journal") as session:
        session.execute(text("DELETE FROM ledger_journal WHERE journal_id = :id"), {"id": ids[1]})
    faults = audit(books).faults
    assert (faults[0].what, faults[0].journal_id) == ("the journal is gone", ids[1])
    assert "2 vouchers, highest number 3, counter 3" in {f.check: f.what for f in faults}["numbers"]


def test_blocks_cut_off_are_found_by_the_hash_written_down(books: Books) -> None:
    post_and_seal(books, "a")
    post_and_seal(books, "b")
    head = audit(books).head
    with tampering(books, "ledger_seal") as session:
        session.execute(text("DELETE FROM ledger_seal WHERE block_no = 2"))
    assert audit(books).clean
    (fault,) = audit(books, expect=head).faults
    assert (fault.check, fault.block) == ("chain", 2)


def test_a_block_that_was_replaced_breaks_the_chain(books: Books) -> None:
    post_and_seal(books, "a")
    post_and_seal(books, "b")
    with tampering(books, "ledger_seal") as session:
        session.execute(text("UPDATE ledger_seal SET hash = sha256('x') WHERE block_no = 1"))
    checks = [(fault.check, fault.block) for fault in audit(books).faults]
    assert checks == [("seal", 1), ("chain", 2)]


def test_a_guard_that_was_taken_away_is_told(books: Books) -> None:
    with books.database.transaction() as session:
        session.execute(text("ALTER TABLE ledger_line DISABLE TRIGGER refuse_change"))
    (fault,) = audit(books).faults
    assert (fault.check, fault.what) == ("guard", "ledger_line goes without refuse_change")


def test_a_transaction_under_way_is_sealed_later_and_nothing_waits(books: Books) -> None:
    early_order, last_order = (books.order(key, debit=CHARGES, credit=INCOME) for key in ("early", "last"))
    with Session(books.database.engine) as late:
        # another month and no floor: what is posted meanwhile has nothing to queue for
        day = DAY - timedelta(days=31)
        posting.post(late, books.order("late", day=day, debit=CHARGES, credit=INCOME))
        early = books.post(early_order)[0].journal_id
        seal_everything(books.database)
        late.commit()
    after = audit(books)
    assert (after.sealed, after.journals) == (1, 2)
    sealed = seal_everything(books.database)
    assert sealed.journals == 1
    last = books.post(last_order)[0].journal_id
    seal_everything(books.database)
    with books.database.transaction() as session:
        blocks = session.execute(
            text("SELECT first_journal_id, settled_journal_id FROM ledger_seal ORDER BY block_no")
        )
        firsts, settled = zip(*blocks, strict=True)
    assert firsts == (early, early - 1, last)
    # how soon depends on what else runs on the server, but never before the late one is sealed
    assert settled[0] == 0
    assert set(settled) <= {0, early}
    assert audit(books).clean


def test_snapshots_add_up_and_are_checked(books: Books) -> None:
    # what is settled waits for every transaction on the server, those of other tests included
    for round_ in range(200):
        books.post(*(books.order(f"k{round_}-{n}") for n in range(5)))
        seal_everything(books.database, snapshot_every=5)
        with books.database.transaction() as session:
            found = session.execute(text("SELECT balance_minor, line_count FROM ledger_snapshot"))
            taken = [(abs(balance), lines) for balance, lines in found]
        if len(taken) >= 4:
            break
    assert len(taken) == 4
    assert all(balance == lines * 10_000 for balance, lines in taken)
    assert audit(books).clean
    with tampering(books, "ledger_snapshot") as session:
        session.execute(text("UPDATE ledger_snapshot SET balance_minor = 1 WHERE balance_minor > 0"))
    assert {fault.check for fault in audit(books).faults} == {"snapshot"}


def test_held_amounts_that_are_off_are_found(books: Books) -> None:
    books.post(books.order("funding"))
    with books.database.transaction() as session:
        books.reserve(session, "h", "10.00")
        session.execute(text("UPDATE ledger_balance SET held_minor = 5"))
    (fault,) = audit(books).faults
    assert (fault.check, fault.what) == ("holds", f"account {BANK} of HQ: held 0.05, holds 10.00")


def test_a_clean_ledger_with_everything_in_it(books: Books) -> None:
    books.post(books.order("funding"))
    with books.database.transaction() as session:
        books.reserve(session, "h", "40.00")
        holds.capture(session, key="h", order=books.order("pay", "30.00", debit=RECEIVABLE, credit=BANK))
        posting.reverse(
            session,
            key="back",
            original_key="pay",
            business_date=DAY,
            posted_by="song.lin",
            reason="退回",
            book=books.book,
        )
    sealed = seal_everything(books.database)
    assert sealed.journals == 3
    assert audit(books).clean


def test_two_who_seal_at_once_make_one_chain(books: Books) -> None:
    books.post(books.order("a"))
    with books.database.transaction() as session:
        seals.seal_journals(session)
    assert seal_everything(books.database).journals == 0
    assert audit(books).blocks == 1
