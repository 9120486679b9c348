"""Contract numbers: once for each application, without gaps, whoever asks at the same time."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial

import pytest

from activities.store.database import Database
from activities.store.lease.contracts import assign_number, number_of
from models.lease.contract.numbering import BranchWithoutCodeError

pytestmark = pytest.mark.stack

DAY = date(2026, 11, 20)


def _assign(database: Database, application_id: str) -> str:
    with database.transaction() as session:
        return assign_number(session, application_id, "Hangzhou", DAY)


def test_numbers_follow_each_other_by_branch_and_year(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        given = [
            assign_number(session, "L1", "Hangzhou", DAY),
            assign_number(session, "L2", "Hangzhou", DAY),
            assign_number(session, "L3", "Suzhou", DAY),
            assign_number(session, "L4", "Hangzhou", date(2027, 1, 4)),
            assign_number(session, "L1", "Hangzhou", date(2027, 1, 4)),
        ]
    assert given == ["HZ-2026-000001", "HZ-2026-000002", "SZ-2026-000001", "HZ-2027-000001", "HZ-2026-000001"]


def test_a_number_of_a_transaction_that_failed_is_given_again(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        assign_number(session, "L1", "Hangzhou", DAY)
        session.rollback()
    with fresh_database.transaction() as session:
        assert number_of(session, "L1") == ""
        assert assign_number(session, "L2", "Hangzhou", DAY) == "HZ-2026-000001"


def test_many_askers_get_each_number_once(fresh_database: Database) -> None:
    asked = [f"L{n % 20}" for n in range(40)]
    with ThreadPoolExecutor(8) as threads:
        given = list(threads.map(partial(_assign, fresh_database), asked))
    assert sorted(set(given)) == [f"HZ-2026-{n:06d}" for n in range(1, 21)]
    assert given[:20] == given[20:]


def test_a_branch_without_a_code_is_named(database: Database) -> None:
    with database.transaction() as session, pytest.raises(BranchWithoutCodeError, match="'Wuhan'") as refused:
        assign_number(session, f"L-{uuid.uuid4().hex}", "Wuhan", DAY)
    assert "lease-contracts" in refused.value.remedy
