"""What was decided stays, and inboxes are quick however much was decided before."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from activities.approval.books import decide, note, open_approval, reassess
from activities.store import people
from activities.store.approval import absences, approvals, tasks
from activities.store.database import Database
from models.approval.books import OpenApproval, Reassess, RecordDecision, RecordNote, StepToOpen
from models.approval.errors import AbsenceRefusedError, ApprovalExistsError, UnknownAbsenceError
from models.approval.messages import ApprovalRequest, ApprovalState
from models.approval.pools import Absence
from models.errors import InvalidInputError
from tests.factories.approvals import actor, request
from workers.directory import DEMO_STAFF

pytestmark = pytest.mark.stack

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture
def books(fresh_database: Database) -> Database:
    with fresh_database.transaction() as session:
        people.enter_staff(session, DEMO_STAFF)
    return fresh_database


def asked(books: Database, wish: ApprovalRequest | None = None) -> ApprovalRequest:
    wish = wish or request("600000.00")
    with books.transaction() as session:
        open_approval(session, OpenApproval(wish, NOW))
    return wish


def yes(wish: ApprovalRequest) -> RecordDecision:
    return RecordDecision(
        approval_id=wish.approval_id,
        number=1,
        visit=1,
        step="officer",
        actor=actor("li.wei"),
        decision="approve",
        at=NOW,
        next=StepToOpen(2, "manager", ("li.wei", "deng.chao")),
    )


def test_steps_repeat_without_effect(books: Database) -> None:
    wish = asked(books)
    with books.transaction() as session:
        again = open_approval(session, OpenApproval(wish, NOW + timedelta(days=1)))
        assert again.standing is not None
        assert again.standing.assigned_to == "li.wei"
    for _ in range(2):
        with books.transaction() as session:
            standing = decide(session, yes(wish))
            assert standing is not None
            assert standing.pool == ("gao.ling", "sun.yue", "yu.fei")
    wanted = Reassess(wish.approval_id, 2, StepToOpen(2, "manager", ("li.wei", "sun.yue")), NOW)
    for _ in range(2):
        with books.transaction() as session:
            assert reassess(session, wanted).pool == ("gao.ling", "yu.fei")
    said = RecordNote(wish.approval_id, 3, 2, "yu.fei", "locked", "", NOW, "yu.fei", "yu.fei", NOW)
    for _ in range(2):
        with books.transaction() as session:
            note(session, said)
    with books.transaction() as session:
        assert len(approvals.decisions(session, wish.approval_id)) == 1
        assert [each.number for each in approvals.events(session, wish.approval_id)] == [0, 1, 2, 3]
        task = tasks.newest(session, wish.approval_id)
        assert task is not None
        assert (task.visit, task.assigned_to, task.locked_by) == (2, "yu.fei", "yu.fei")


def test_an_id_is_for_one_request(books: Database) -> None:
    wish = asked(books)
    with books.transaction() as session, pytest.raises(ApprovalExistsError, match=wish.approval_id):
        open_approval(session, OpenApproval(request("1.00", approval_id=wish.approval_id), NOW))


@pytest.mark.parametrize("table", ["approval_decision", "approval_event"])
@pytest.mark.parametrize("change", ["UPDATE {} SET step = 'other'", "DELETE FROM {}", "TRUNCATE {}"])
def test_nobody_changes_what_was_decided(books: Database, table: str, change: str) -> None:
    wish = asked(books)
    with books.transaction() as session:
        decide(session, yes(wish))
    with books.engine.connect() as connection, pytest.raises(DBAPIError, match="is refused"):
        connection.execute(text(change.format(table)))


def test_an_approval_has_one_open_task(books: Database) -> None:
    wish = asked(books)
    again = (
        "INSERT INTO approval_task SELECT (jsonb_populate_record(t, '{\"visit\": 9}')).* FROM approval_task t"
    )
    with books.engine.connect() as connection, pytest.raises(DBAPIError, match="uq_approval_task_open"):
        connection.execute(text(again))
    assert wish.approval_id


@pytest.mark.parametrize(
    ("who", "absence", "reason"),
    [
        ("li.wei", Absence("li.wei", "li.wei", TODAY, TODAY), "cannot be their own deputy"),
        ("li.wei", Absence("zhang.min", "li.wei", TODAY, TODAY), "may not enter an absence of zhang.min"),
        ("li.wei", Absence("li.wei", "deng.chao", TODAY, TODAY), r"^deng\.chao is a dealer's person"),
        (
            "li.wei",
            Absence("li.wei", "zhang.min", TODAY - timedelta(days=3), TODAY - timedelta(days=5)),
            rf"until = {TODAY - timedelta(days=5)} is before from = {TODAY - timedelta(days=3)}",
        ),
        (
            "li.wei",
            Absence("li.wei", "zhang.min", TODAY - timedelta(days=5), TODAY - timedelta(days=3)),
            f"is past: today is {TODAY}",
        ),
        ("sun.yue", Absence("li.wei", "chen.jie", TODAY, TODAY), "is away from"),
    ],
)
def test_absences_that_cannot_be(books: Database, who: str, absence: Absence, reason: str) -> None:
    first = Absence("li.wei", "zhang.min", TODAY - timedelta(days=1), TODAY + timedelta(days=1))
    with books.transaction() as session:
        number = absences.enter(session, first, actor=actor("li.wei"), reason="holiday", at=NOW, today=TODAY)
    with books.transaction() as session, pytest.raises(AbsenceRefusedError, match=reason):
        absences.enter(session, absence, actor=actor(who), reason="holiday", at=NOW, today=TODAY)
    with books.transaction() as session:
        absences.cancel(session, number, actor=actor("sun.yue"), at=NOW)  # their manager
        assert absences.from_day(session, TODAY) == []
        with pytest.raises(AbsenceRefusedError, match=r"was cancelled by sun\.yue"):
            absences.cancel(session, number, actor=actor("li.wei"), at=NOW)
        with pytest.raises(UnknownAbsenceError, match="absence 999"):
            absences.cancel(session, 999, actor=actor("li.wei"), at=NOW)
        with pytest.raises(InvalidInputError, match="'nobody' is not in the directory"):
            absences.enter(
                session,
                Absence("li.wei", "nobody", TODAY, TODAY),
                actor=actor("li.wei"),
                reason="x",
                at=NOW,
                today=TODAY,
            )


FILL = """
INSERT INTO approval (approval_id, kind, subject, title, amount_minor, currency, requested_by, request,
                      request_hash, terms, state, reason, conditions, opened_at)
SELECT 'B' || n, kind, 'B' || n, title, n * 100, currency, requested_by, request, request_hash, terms, state,
       reason, conditions, opened_at
FROM approval, generate_series(1, 100000) n WHERE approval_id = :like;
"""
FILL_TASKS = """
INSERT INTO approval_task (approval_id, visit, step, people, standing, assigned_to, locked_by, tags, priority,
                           opened_at, due_at, done_at)
SELECT 'B' || n, 1, step, ARRAY['p' || n % 500, 'p' || (n + 1) % 500, 'p' || (n + 2) % 500], standing,
       'p' || n % 500, '', tags, 1 + n % 3, opened_at, due_at + n * interval '1 second',
       CASE WHEN n % 5 = 0 THEN NULL ELSE due_at END
FROM approval_task, generate_series(1, 100000) n WHERE approval_id = :like;
"""


def test_an_inbox_among_100000_tasks_is_found_by_index_in_milliseconds(books: Database) -> None:
    wish = asked(books)
    with books.transaction() as session:
        for fill in (FILL, FILL_TASKS):
            session.execute(text(fill), {"like": wish.approval_id})
    with books.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE approval, approval_task"))
    query = tasks.inbox_query("p5").compile(
        dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
    )
    with books.transaction() as session:
        plan = "\n".join(session.execute(text(f"EXPLAIN {query}".replace(":", r"\:"))).scalars())
        assert "ix_approval_task_assigned" in plan
        assert "ix_approval_task_people" in plan
        assert "Seq Scan" not in plan
        tasks.inbox(session, "p5")
        started = time.perf_counter()
        items = tasks.inbox(session, "p5")
        took = time.perf_counter() - started
    assert len(items) == 50
    assert [each.task.assigned_to for each in items] == ["p5"] * 50
    ranks = [(each.task.priority, each.task.due_at) for each in items]
    assert ranks == sorted(ranks)
    assert took < 0.1, f"{took:.3f} s"
    assert items[0].approval.state == ApprovalState.WAITING
