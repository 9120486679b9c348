"""A mailroom that dies between two of its steps: what it had in hand is kept, and not fetched for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.adapters.bank_files.desk import ProfiledFileDesk
from activities.adapters.banks.mailbox_directory import DirectoryMailbox
from activities.payments.mailroom import FileMailroom
from activities.store.database import Database
from models.parameters.banks import BankProfile, FileConnection
from models.payments.messages import FileTaken, TakeFile
from tests.factories.payments import PayingHouse

pytestmark = pytest.mark.stack


@pytest.fixture
def out(tmp_path: Path) -> Path:
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    return tmp_path / "out"


@pytest.fixture
def mailroom(database: Database, out: Path) -> FileMailroom:
    connection = FileConnection(address=f"file://{out.parent}", settled_seconds=0)
    profile = BankProfile(
        code="river",
        name="江河银行",
        ledger_account="1002.02",
        own_account="11001018100059000002",
        own_name="示例融资租赁有限公司",
        files=connection,
    )
    PayingHouse(database).open(profile)
    mailbox = DirectoryMailbox(connection, lambda: datetime.now(UTC))
    return FileMailroom(database, lambda _profile: mailbox, ProfiledFileDesk())


async def take(mailroom: FileMailroom, name: str, *, attempt: int = 1) -> FileTaken:
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, attempt=attempt, scheduled_time=datetime.now(UTC))
    taken: FileTaken = await environment.run(mailroom.take_file, TakeFile("river", name))
    return taken


async def test_a_file_that_was_put_away_is_taken_up_where_it_was_left(
    mailroom: FileMailroom, out: Path
) -> None:
    (out / "report.xml").write_bytes(b"<Document/>")
    before = await take(mailroom, "report.xml")
    assert not (out / "report.xml").exists()
    assert await take(mailroom, "report.xml", attempt=2) == before
    assert before.new


async def test_a_repetition_that_was_put_away_is_not_looked_for(mailroom: FileMailroom, out: Path) -> None:
    for name in ("first.xml", "again.xml"):
        (out / name).write_bytes(b"<Document/>")
        await take(mailroom, name)
    assert not (await take(mailroom, "again.xml", attempt=2)).new


async def test_a_file_that_is_still_there_is_fetched(mailroom: FileMailroom, out: Path) -> None:
    (out / "report.xml").write_bytes(b"<Document/>")
    assert (await take(mailroom, "report.xml", attempt=2)).new
    assert not (out / "report.xml").exists()
