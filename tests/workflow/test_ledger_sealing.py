"""A round of sealing gives back expired holds and seals what is committed."""

from __future__ import annotations

import uuid

import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.ledger.books import PostgresLedgerBooks
from activities.store.database import Database
from activities.store.ledger import holds
from activities.store.ledger.verification import verify
from models.ledger.holds import HoldState
from models.ledger.seals import Sealed, SealOrder
from tests.factories.ledger import Books
from workers.registry import steps_of, workflow_runner
from workflows.ledger.sealing import LedgerSeal

pytestmark = pytest.mark.stack


async def test_a_round_seals_and_expires(temporal: WorkflowEnvironment, database: Database) -> None:
    from concurrent.futures import ThreadPoolExecutor

    books = Books(database)
    books.post(books.order("funding"))
    with database.transaction() as session:
        books.reserve(session, "h", "10.00", hours=-24 * 365)
    with ThreadPoolExecutor(2) as pool:
        async with Worker(
            temporal.client,
            task_queue="ledger-test",
            workflows=[LedgerSeal],
            activities=steps_of(PostgresLedgerBooks(database)),
            activity_executor=pool,
            workflow_runner=workflow_runner(),
        ):
            sealed = await temporal.client.execute_workflow(
                LedgerSeal.run, SealOrder(), id=f"seal-{uuid.uuid4().hex}", task_queue="ledger-test"
            )
    assert isinstance(sealed, Sealed)
    assert (sealed.blocks, sealed.journals) == (1, 1)
    with database.transaction() as session:
        assert holds.find_hold(session, "h", book=books.book).state is HoldState.EXPIRED
    with database.transaction() as session:
        assert verify(session, expect=sealed.head).clean
