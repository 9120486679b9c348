"""Events post vouchers, and other templates are previewed against them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from activities.ledger import vouchers
from activities.ledger.chart import open_chart, shipped_chart
from activities.ledger.preview import preview_templates
from activities.store import parameters
from activities.store.database import Database
from activities.store.ledger.posting import find_order
from models.ledger.errors import IdempotencyConflictError
from models.ledger.events import BusinessEvent
from models.ledger.templates import journal_for
from models.money import Money
from models.parameters.registry import VOUCHER_TEMPLATES
from models.parameters.vouchers import VoucherTemplates
from tests.factories.ledger import Books

pytestmark = pytest.mark.stack

DAY = date(2026, 11, 20)


@pytest.fixture
def books(fresh_database: Database) -> Books:
    books = Books(fresh_database)
    with fresh_database.transaction() as session:
        open_chart(session, opened_by="song.lin", book=books.book)
    books.post(books.order("funding", "5000.00"))
    return books


def payout(books: Books, key: str, day: date = DAY) -> BusinessEvent:
    return BusinessEvent(
        event="payout.confirmed",
        product="disbursement",
        key=key,
        business_date=day,
        value_date=day,
        amounts={"amount": Money.of("1000.00"), "fee": Money.of("2.00")},
        accounts={"bank": "1002.01", "debit": "2202"},
        reference="P1",
        posted_by="leaseflow",
        book=books.book,
    )


def changed_templates() -> VoucherTemplates:
    plain = VoucherTemplates().model_dump(mode="json")
    for each in plain["templates"]:
        if (each["event"], each["product"]) == ("payout.confirmed", "disbursement"):
            each["lines"][0]["account"] = "2202.01"
    return VoucherTemplates.model_validate(plain)


def test_the_chart_is_opened_once(books: Books) -> None:
    with books.database.transaction() as session:
        assert open_chart(session, opened_by="x", book=books.book) == []
        assert len(open_chart(session, opened_by="x", branch="Suzhou", book=books.book)) == len(
            shipped_chart()
        )


def test_events_post_once(books: Books) -> None:
    with books.database.transaction() as session:
        first = vouchers.post_events(session, [payout(books, "p1"), payout(books, "p2"), payout(books, "p1")])
    with books.database.transaction() as session:
        again = vouchers.post_event(session, payout(books, "p1"))
        order = find_order(session, "p1", book=books.book)
    assert [answer.voucher[-1] for answer in first] == ["2", "3", "2"]
    assert again == replace(first[0], created=False)
    assert order is not None
    assert [str(line.amount) for line in order.lines] == ["1000.00", "2.00", "-1002.00"]


def test_templates_hold_from_their_date_and_what_was_posted_stays(books: Books) -> None:
    with books.database.transaction() as session:
        posted = vouchers.post_event(session, payout(books, "p1"))
        parameters.change(
            session,
            VOUCHER_TEMPLATES,
            changed_templates().model_dump(mode="json"),
            effective_from=datetime(2026, 11, 19, tzinfo=UTC),
            changed_by="song.lin",
            reason="new account",
        )
    with books.database.transaction() as session:
        again = vouchers.post_event(session, payout(books, "p1"))
        before = payout(books, "p2", date(2026, 11, 18))
        old = journal_for(before, vouchers.templates_at(session, before.business_date).value)
        new = journal_for(payout(books, "p3"), vouchers.templates_at(session, DAY).value)
    assert again.journal_id == posted.journal_id
    assert (old.lines[0].account, new.lines[0].account) == ("2202", "2202.01")


def test_a_known_key_that_tells_something_else_is_refused(books: Books) -> None:
    with books.database.transaction() as session:
        vouchers.post_event(session, payout(books, "p1"))
    other = replace(payout(books, "p1"), amounts={"amount": Money.of("999.00")})
    with pytest.raises(IdempotencyConflictError), books.database.transaction() as session:
        vouchers.post_event(session, other)


def test_a_preview_goes_over_what_was_posted(books: Books) -> None:
    with books.database.transaction() as session:
        vouchers.post_events(session, [payout(books, "p1"), payout(books, "p0", date(2026, 10, 1))])
        seen = preview_templates(session, changed_templates(), since=date(2026, 11, 1), book=books.book)
        unchanged = preview_templates(session, VoucherTemplates(), since=date(2026, 1, 1), book=books.book)
    (difference,) = seen.differences
    assert (seen.events, difference.voucher) == (1, "2026-11/000002")
    assert (difference.old[0].account, difference.new[0].account) == ("2202", "2202.01")
    assert (unchanged.events, unchanged.differences) == (2, ())
