"""A due is with one batch at a time, whatever banks say again about an earlier one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from activities.payments.applying import apply
from activities.store.database import Database
from activities.store.payments import applying, debits, discrepancies, files
from activities.store.payments.debits import RetryTerms
from activities.store.payments.files import OrderFile
from activities.store.tables.debits import BankFileRow, DebitBatchRow, DebitDueRow, DebitItemRow
from models.money import Money
from models.payments.bank_files.statements import (
    BankFile,
    Direction,
    EntryStatus,
    Statement,
    StatementEntry,
)
from models.payments.banking import BankAccount, BankSaid
from models.payments.debits import DebitDue
from models.payments.errors import DueConflictError
from models.payments.file_facts import FileFact
from models.payments.messages import BatchState
from tests.factories.receipt_counter import DEAF_BANK as BANK

pytestmark = pytest.mark.stack

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
DUE = "L-1/01"
AGAIN = RetryTerms(codes=("AM04",), next_try=AT.date() + timedelta(days=2), tries=5)


def collected(reference: str, currency: str = "CNY") -> FileFact:
    return FileFact(reference, BankSaid.SETTLED, credit=True, amount=Decimal(100), currency=currency)


def returned(reference: str) -> FileFact:
    return FileFact(
        reference, BankSaid.SETTLED, credit=False, amount=Decimal(100), currency="CNY", code="AM04"
    )


def rejected(reference: str) -> FileFact:
    return FileFact(reference, BankSaid.REJECTED, code="AM04", reason="no funds")


class Books:
    """One due, and the batches that it goes through."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.due = DebitDue(
            due_id=DUE,
            bank="river",
            product="rent",
            business_reference="L-1",
            debtor=BankAccount("31001520313050012345", "承租人", "104290003033"),
            mandate="M-1",
            mandate_signed=date(2025, 5, 5),
            amount=Money.of("100.00"),
            due_date=AT.date(),
        )
        with database.transaction() as session:
            debits.enter_dues(session, [self.due], at=AT)

    def gather(self, batch_id: str, at: datetime) -> str:
        """Gather what is due; gives the reference of the only item."""
        row = DebitBatchRow(
            batch_id=batch_id,
            bank="river",
            product="rent",
            collection_date=at.date(),
            state=BatchState.SENT,
            sentence="",
            items=0,
            total_minor=0,
            left_out=0,
            currency="CNY",
            ledger_account="1002.02",
            other_account="1531",
            profile_version=1,
            ordered_by="luo.dan",
            built_at=at,
            changed_at=at,
        )
        with self.database.transaction() as session:
            debits.enter_batch(session, row, minimum=1, maximum=10**9)
            assert row.items == 1
        return f"{batch_id}-000001"

    def hear(self, fact: FileFact) -> tuple[int, int]:
        with self.database.transaction() as session:
            applying.stage(session, "river", [fact])
            return applying.move_items(session, "river", "camt.053", at=AT)

    def close(self, batch_id: str) -> tuple[int, int]:
        with self.database.transaction() as session:
            return debits.close_items(session, batch_id, AGAIN, at=AT)

    def decide(self, batch_id: str) -> tuple[int, int]:
        """As for a closed batch of which a file speaks."""
        with self.database.transaction() as session:
            return debits.decide_dues(session, batch_id, AGAIN, at=AT)

    @property
    def state(self) -> str:
        with self.database.transaction() as session:
            return session.get_one(DebitDueRow, DUE).state

    def item_state(self, batch_id: str) -> str:
        with self.database.transaction() as session:
            return session.get_one(DebitItemRow, (batch_id, 1)).state


@pytest.fixture
def books(fresh_database: Database) -> Books:
    return Books(fresh_database)


def test_a_rejection_told_again_leaves_a_due_in_its_next_batch(books: Books) -> None:
    first = books.gather("D-1", AT)
    books.hear(rejected(first))
    assert books.close("D-1") == (1, 0)
    books.gather("D-2", AT + timedelta(days=2))
    books.hear(rejected(first))
    assert books.decide("D-1") == (0, 0)
    assert books.state == "in-batch"


def test_a_return_told_again_leaves_collected_what_the_next_batch_collected(books: Books) -> None:
    first = books.gather("D-1", AT)
    books.hear(collected(first))
    books.hear(returned(first))
    assert books.close("D-1") == (1, 0)
    second = books.gather("D-2", AT + timedelta(days=2))
    books.hear(collected(second))
    books.hear(returned(first))
    assert books.decide("D-1") == (0, 0)
    assert books.state == "collected"


@pytest.mark.parametrize("currency", ["USD", "XTS"])
def test_a_booking_in_another_currency_collects_nothing(books: Books, currency: str) -> None:
    reference = books.gather("D-1", AT)
    assert books.hear(collected(reference, currency)) == (0, 1)
    assert books.item_state("D-1") == "built"
    with books.database.transaction() as session:
        (found,) = discrepancies.listed(session)
    assert found.sentence == f"booked 100 {currency} instead of 10000 CNY in minor units"


def test_others_money_in_a_currency_without_books_does_not_stop_a_file(books: Books) -> None:
    entry = StatementEntry(
        amount=Decimal("12.34"),
        currency="XTS",
        direction=Direction.CREDIT,
        status=EntryStatus.BOOKED,
        booking_date=AT.date(),
        value_date=AT.date(),
        reference="B-1",
        end_to_end_id="THEIRS-1",
        reversal=False,
    )
    read = BankFile("camt.053", "001.08", statements=(Statement("1", "S", "XTS", None, None, (entry,)),))
    row = BankFileRow(file_id="F", bank="river", way="in", name="f.xml", sha256="", kind="", state="kept")
    with books.database.transaction() as session:
        applied = apply(session, row, read, BANK, at=AT)
    assert applied.outcome.unmatched == 1
    assert applied.incoming == ()


def test_the_files_of_a_batch_keep_their_order(books: Books) -> None:
    books.gather("D-1", AT)
    names = [f"D-1-F{number}" for number in range(1, 12)]
    with books.database.transaction() as session:
        for name in names:
            file = OrderFile(f"{name}.xml", "pain.008", name.encode(), name, "D-1", 1, 10_000)
            files.enter_order_file(session, "river", file, at=AT)
        assert [row.file_id for row in files.of_batch(session, "D-1")] == names


def test_a_known_due_is_not_entered_again(books: Books) -> None:
    moved = replace(books.due, debtor=replace(books.due.debtor, number="31001520313050099902"))
    with books.database.transaction() as session:
        assert debits.enter_dues(session, [moved, replace(books.due, due_id="L-1/08")], at=AT) == 1
        assert session.get_one(DebitDueRow, DUE).debtor_account == books.due.debtor.number


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"amount": Money.of("100.01")}, "amount 100.00, not 100.01"),
        ({"due_date": AT.date() + timedelta(days=1)}, "due_date"),
        ({"business_reference": "L-2"}, "business_reference L-1, not L-2"),
    ],
)
def test_a_known_due_with_other_contents_enters_nothing(
    books: Books, change: dict[str, Any], told: str
) -> None:
    dues = [replace(books.due, due_id="L-1/08"), replace(books.due, **change)]
    with pytest.raises(DueConflictError, match=told), books.database.transaction() as session:
        debits.enter_dues(session, dues, at=AT)
    with books.database.transaction() as session:
        assert session.get(DebitDueRow, "L-1/08") is None
