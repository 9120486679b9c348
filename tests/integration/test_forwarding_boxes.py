"""Outbox and inbox in PostgreSQL: once, in order, and never lost."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from temporalio.testing import ActivityEnvironment

from activities.forwarding.finance import feed_vouchers, take_acknowledgement
from activities.forwarding.taking import take_content
from activities.store.database import Database
from activities.store.forwarding import inbox, outbox, vouchers
from activities.store.forwarding.bell import Box
from activities.store.forwarding.dead_letters import redrive
from activities.store.forwarding.inbox import Stored
from models.forwarding.envelopes import Envelope
from models.forwarding.errors import (
    InexactNumberError,
    KeyReusedError,
    UnknownPartnerError,
    UnknownTopicError,
)
from models.forwarding.messages import Flow, MoveMessages, Redrive, RedriveNote
from models.parameters.partners import OutgoingTopic
from models.people import SYSTEM
from tests.factories.forwarding import ForwardingHouse, carriers, carrying, eventually, http_profile
from tests.factories.ledger import Books

pytestmark = pytest.mark.stack
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def house(fresh_database: Database) -> ForwardingHouse:
    house = ForwardingHouse(fresh_database)
    house.enter(http_profile(NOBODY))
    return house


def envelope(message_id: str = "R-1", body: dict[str, Any] | None = None, **changes: Any) -> Envelope:
    said: dict[str, Any] = {"topic": "repayments", "ordering_key": "", "number": 0, "day": date(2026, 11, 22)}
    return Envelope(id=message_id, body=body or {"amount": "1.00"}, **(said | changes))


def test_the_same_message_is_put_once_and_another_under_its_key_is_refused(house: ForwardingHouse) -> None:
    assert [house.put("finance", "K-1"), house.put("finance", "K-1")] == [1, 0]
    with house.database.transaction() as session, pytest.raises(KeyReusedError, match="K-1"):
        outbox.put(session, partner="finance", topic="loans", key="K-1", body={"other": True})
    assert house.put("finance", "K-2", "K-2", "K-3") == 2
    assert house.out("finance", "K-3").number == 3


def test_what_is_not_committed_leaves_no_gap(house: ForwardingHouse) -> None:
    house.put("finance", "K-1")
    with house.database.transaction() as session:
        outbox.put(session, partner="finance", topic="loans", key="K-2", body={})
        session.rollback()
    house.put("finance", "K-3")
    assert house.out("finance", "K-3").number == 2


def test_numbers_follow_commits_when_many_put_at_once(house: ForwardingHouse) -> None:
    def put_some(writer: int) -> None:
        for number in range(10):
            house.put("finance", f"W{writer}-{number}", ordering_key="one")

    writers = [threading.Thread(target=put_some, args=(writer,)) for writer in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with house.database.transaction() as session:
        rows = outbox.list_messages(session, partner="finance")
    assert [row.number for row in rows] == list(range(1, 41))


def test_what_cannot_be_put_says_why(house: ForwardingHouse) -> None:
    with house.database.transaction() as session:
        with pytest.raises(UnknownPartnerError, match="nobody"):
            outbox.put(session, partner="nobody", topic="loans", key="K", body={})
        with pytest.raises(UnknownTopicError, match="weather"):
            outbox.put(session, partner="finance", topic="weather", key="K", body={})
        with pytest.raises(InexactNumberError, match=r"1\.5"):
            outbox.put(session, partner="finance", topic="loans", key="K", body={"amount": [1.5]})


def test_a_message_is_stored_once_and_a_second_body_is_a_discrepancy(house: ForwardingHouse) -> None:
    answers = []
    for body in ({"amount": "1.00"}, {"amount": "1.00"}, {"amount": "2.00"}, {"amount": "2.00"}):
        with house.database.transaction() as session:
            answers.append(inbox.take(session, "finance", envelope(body=body), came_by="http", at=NOW))
    assert answers == [Stored.NEW, Stored.KNOWN, Stored.CONFLICT, Stored.CONFLICT]
    with house.database.transaction() as session:
        assert inbox.find(session, "finance", "R-1").body == {"amount": "1.00"}
        assert [each.body for each in inbox.discrepancies(session)] == [{"amount": "2.00"}]


async def test_poison_blocks_its_ordering_key_or_lets_others_pass(house: ForwardingHouse) -> None:
    """The handler of acknowledgements knows no such voucher."""
    poison = {"voucher": "2026-11/999999", "accepted": True}
    with house.database.transaction() as session:
        for message in (
            envelope("A-1", poison, topic="voucher-taken", ordering_key="a"),
            envelope("A-2", ordering_key="a"),
            envelope("B-1", poison, topic="notices", ordering_key="b"),
            envelope("B-2", ordering_key="b"),
            envelope("C-1", topic="unheard-of", ordering_key="c"),
        ):
            inbox.take(session, "finance", message, came_by="http", at=NOW)
    wanted = {"A-1": "dead", "A-2": "waiting", "B-1": "dead", "B-2": "handled", "C-1": "dead"}
    async with carrying(house.database, "finance"):
        await eventually(lambda: dict(house.inbox("finance")) == wanted)
        note = RedriveNote("finance", Redrive(SYSTEM, ("A-1",), skip=True, reason="known"), NOW)
        with house.database.transaction() as session:
            assert redrive(session, Box.INBOX, note) == ("A-1",)
        await eventually(lambda: dict(house.inbox("finance")) == wanted | {"A-2": "handled"})
    with house.database.transaction() as session:
        reason = inbox.find(session, "finance", "A-1").last_error
        assert redrive(session, Box.INBOX, note) == ()
    assert "finance has no message '2026-11/999999'" in reason


def test_what_a_queue_brings_holds_up_nobody_even_if_it_cannot_be_kept(house: ForwardingHouse) -> None:
    said = b'{"id": "R-%d", "topic": "repayments", "body": {"amount": %s}}'
    contents = [said % (number, value) for number, value in enumerate((b"NaN", rb'"\ud800"', b"1"))]
    with house.database.transaction() as session:
        for content in contents:
            take_content(session, "finance", content, came_by="nats", at=NOW)
    assert [state for _, state in house.inbox("finance")] == ["dead", "dead", "waiting"]
    assert house.inbox("finance")[2][0] == "R-2"


async def test_a_long_inbox_does_not_hide_that_the_worker_stops(house: ForwardingHouse) -> None:
    with house.database.transaction() as session:
        for number in range(150):
            inbox.take(session, "finance", envelope(f"R-{number}"), came_by="http", at=NOW)
    hands, transports = carriers(house.database)
    environment = ActivityEnvironment()
    environment.worker_shutdown()
    flow = await environment.run(hands.take_in, MoveMessages("finance", Flow()))
    await transports.close()
    assert (flow.moved, flow.waiting) == (100, 50)


def test_vouchers_are_put_in_voucher_order_and_once(house: ForwardingHouse) -> None:
    profile = http_profile(NOBODY)
    house.enter(profile.model_copy(update={"outgoing": {"vouchers": OutgoingTopic()}}))
    books = Books(house.database, book="main")
    days = [date(2026, 10, 30), date(2026, 11, 2), date(2026, 10, 31)]
    books.post(*(books.order(f"J-{number}", day=day) for number, day in enumerate(days)))
    with house.database.transaction() as session:
        assert feed_vouchers(session, "finance") == 3
    with house.database.transaction() as session:
        assert feed_vouchers(session, "finance") == 0
    books.post(books.order("J-9", "7.00", day=days[0]))
    with house.database.transaction() as session:
        assert feed_vouchers(session, "finance") == 1
        rows = outbox.list_messages(session, partner="finance")
    assert [row.key for row in rows] == [
        "2026-10/000001", "2026-10/000002", "2026-11/000001", "2026-10/000003",
    ]  # fmt: skip
    lines = rows[3].body["lines"]
    assert [(line["account"], line["side"], line["amount"], line["currency"]) for line in lines] == [
        ("1002.01", "debit", "7.00", "CNY"),
        ("2203", "credit", "7.00", "CNY"),
    ]


async def test_the_finance_systems_answer_is_kept(house: ForwardingHouse) -> None:
    house.put("finance", "2026-11/000001")
    body = {"voucher": "2026-11/000001", "accepted": True, "document_number": "1900000042"}
    with house.database.transaction() as session:
        inbox.take(session, "finance", envelope("T-1", body, topic="voucher-taken"), came_by="http", at=NOW)
    async with carrying(house.database, "finance"):
        await eventually(lambda: house.inbox("finance") == [("T-1", "handled")])
    with house.database.transaction() as session:
        kept = vouchers.acknowledgements(session, "finance")
    assert [(row.voucher, row.accepted, row.document_number) for row in kept] == [
        ("2026-11/000001", True, "1900000042")
    ]


async def test_a_voucher_that_is_not_accepted_has_no_document_number(house: ForwardingHouse) -> None:
    house.put("finance", "2026-11/000001")
    body = {
        "voucher": "2026-11/000001",
        "accepted": False,
        "document_number": None,
        "reason": "period closed",
    }
    with house.database.transaction() as session:
        inbox.take(session, "finance", envelope("T-1", body, topic="voucher-taken"), came_by="http", at=NOW)
        told = take_acknowledgement(session, inbox.find(session, "finance", "T-1"))
        (kept,) = vouchers.acknowledgements(session, "finance")
    assert told == "voucher 2026-11/000001 not accepted"
    assert (kept.accepted, kept.document_number, kept.reason) == (False, "", "period closed")


async def test_a_lost_database_session_gives_the_turn_back(house: ForwardingHouse) -> None:
    """The lock belongs to the session: whoever loses it may not enter what it delivered."""
    import psycopg

    from activities.store.forwarding.bell import Turn

    async with Turn(house.database, Box.OUTBOX, "finance") as turn:
        with house.database.transaction() as session:
            session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                    " AND pid <> pg_backend_pid() AND database ="
                    " (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            )
        with pytest.raises(psycopg.OperationalError):
            await turn.still_ours()
        async with asyncio.timeout(10):
            async with Turn(house.database, Box.OUTBOX, "finance"):
                pass
