"""The treasury as a fixture, taken by ``pytest_plugins``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.adapters.bank_files.desk import ProfiledFileDesk
from activities.adapters.banks.by_file import FileBank
from activities.adapters.banks.opening import open_mailbox
from activities.payments.batches import SetBasedDebits
from activities.payments.books import LedgerBackedBooks
from activities.payments.desk import ServiceDesk
from activities.payments.mailroom import FileMailroom
from activities.store.database import Database
from tests.contract.bank_site import BankSite, file_profile, file_secrets, now
from tests.factories.payments import PayingHouse
from tests.factories.threads import own_threads
from tests.factories.treasury import Treasury
from workers.registry import steps_of, workflow_runner
from workflows.payments.batch import DebitBatch
from workflows.payments.mailbox import BankMailbox
from workflows.payments.payment import Payment
from workflows.payments.returning import PaymentReturn
from workflows.queues import Queue, bank_queue


@pytest.fixture
async def treasury(
    temporal: WorkflowEnvironment, database: Database, banks: BankSite
) -> AsyncIterator[Treasury]:
    house = PayingHouse(database)
    given = file_profile(banks)
    assert given.files is not None
    fast = given.files.model_copy(update={"poll_seconds": 0.05})
    profile = given.model_copy(update={"files": fast, "ledger_account": "1002.02"})
    house.open(profile)
    mailbox = open_mailbox(profile, file_secrets(banks), now)
    books = [SetBasedDebits(database, ProfiledFileDesk()), LedgerBackedBooks(database)]
    room = FileMailroom(database, lambda _profile: mailbox, ProfiledFileDesk())
    with ThreadPoolExecutor(4) as threads:
        engine = Worker(
            temporal.client,
            task_queue=Queue.ENGINE,
            workflows=[DebitBatch, BankMailbox, Payment, PaymentReturn],
            activities=[step for each in books for step in steps_of(each)],
            activity_executor=threads,
            workflow_runner=workflow_runner(),
        )
        desk = ServiceDesk(
            database, lambda given: FileBank(given, mailbox, ProfiledFileDesk(), lambda _content, _type: "")
        )
        bank = Worker(
            temporal.client, task_queue=bank_queue("river"), activities=[*steps_of(room), *steps_of(desk)]
        )
        async with own_threads(), engine, bank:
            yield Treasury(house, temporal, banks.river, profile)
    await mailbox.close()
