"""The mailbox in a directory of ours, with the file bank behind it that takes what it is told to look for."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from activities.adapters.banks.opening import open_mailbox
from activities.ports.banks import BankUnreachableError
from models.errors import InvalidInputError
from tests.contract.bank_site import (
    BankSite,
    GivenSecrets,
    file_profile,
    files_of,
    now,
    order,
    order_file,
    statuses,
)

pytest_plugins = ["tests.contract.bank_fixtures"]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    return tmp_path


def mailbox_in(site: BankSite, directory: Path, **changes):
    profile = file_profile(site, address=directory.as_uri(), **changes)
    return open_mailbox(profile, GivenSecrets({}), now)


async def test_files_go_and_come_without_a_line(banks: BankSite) -> None:
    mailbox = mailbox_in(banks, Path(banks.keys["river"]["directory"]))
    asked, message = order(), f"M{uuid4().hex[:16]}"
    assert await mailbox.deliver(f"{message}.xml", order_file([asked], message))
    banks.river.post("process")
    (status,) = await files_of(mailbox, message)
    assert (await statuses(mailbox, status))[asked.reference] == "ACSC"
    await mailbox.put_away(status)
    await mailbox.put_away(status)
    assert status not in {file.name for file in await mailbox.waiting()}


async def test_a_file_is_delivered_once(banks: BankSite, directory: Path) -> None:
    mailbox = mailbox_in(banks, directory)
    assert await mailbox.deliver("a.xml", b"<x/>")
    assert not await mailbox.deliver("a.xml", b"<x/>")
    with pytest.raises(InvalidInputError, match="at the bank already with 4 bytes, not 5"):
        await mailbox.deliver("a.xml", b"<xy/>")
    assert [path.name for path in (directory / "in").iterdir()] == ["a.xml"]


async def test_unfinished_and_fresh_files_are_left_and_the_oldest_comes_first(
    banks: BankSite, directory: Path
) -> None:
    ages = {"new.xml": 0, "old.xml": 60, "older.xml": 90, ".hidden": 60, "b.part": 60, "c.TMP": 60, "~d": 60}
    for name, age in ages.items():
        path = directory / "out" / name
        path.write_bytes(b"12345")
        at = (now() - timedelta(seconds=age)).timestamp()
        os.utime(path, (at, at))
    waiting = await mailbox_in(banks, directory, settled_seconds=5).waiting()
    assert [(file.name, file.size) for file in waiting] == [("older.xml", 5), ("old.xml", 5)]


async def test_a_missing_directory_is_unreachable(banks: BankSite, tmp_path: Path) -> None:
    mailbox = mailbox_in(banks, tmp_path / "gone")
    for call in (
        mailbox.deliver("a.xml", b""),
        mailbox.waiting(),
        mailbox.fetch("a.xml"),
        mailbox.put_away("a.xml"),
    ):
        with pytest.raises(
            BankUnreachableError, match=r"gone.*No such file.* Check that the directory exists"
        ):
            await call


def test_an_address_that_is_no_directory_is_refused(banks: BankSite) -> None:
    with pytest.raises(InvalidInputError, match="is no directory"):
        open_mailbox(file_profile(banks, address="file://host/share"), GivenSecrets({}), now)
