"""The SFTP adapter on lines that break, with servers that are full, silent or not the one we trust."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from activities.adapters.banks.mailbox_sftp import CHUNK, Download, SftpMailbox
from activities.adapters.banks.opening import open_mailbox
from activities.ports.banks import BankMailbox, BankRefusedUsError, BankUnreachableError
from activities.ports.secrets import MissingSecretError
from models.errors import InvalidInputError
from sandbox.banks.misbehaviour import Misbehaviour
from tests.contract.bank_site import (
    DAY,
    OWN_ACCOUNT,
    BankSite,
    GivenSecrets,
    PlayedBank,
    file_profile,
    file_secrets,
    files_of,
    now,
    order,
    order_file,
    running_banks,
    statuses,
)

pytest_plugins = ["tests.contract.bank_fixtures"]


@pytest.fixture(scope="module")
async def hasty(started_banks: BankSite) -> AsyncIterator[SftpMailbox]:
    """A mailbox that waits for half a second only."""
    profile, secrets = file_profile(started_banks), file_secrets(started_banks)
    mailbox = SftpMailbox(profile, secrets, now, patience_seconds=0.5)
    yield mailbox
    await mailbox.close()


def puts(river: PlayedBank, name: str) -> int:
    return len(river.requests(reference=name, method="PUT"))


def struck_at_the_second_step(switch: str, ending: str = "") -> str:
    """A file name that, with its ending, a rate of one half strikes at its second step and then not again."""
    for number in range(1_000):
        played, name = Misbehaviour("river"), f"half-{number}.xml"
        played.change({switch: 0.5})
        if [bool(played.due(switch, name + ending)) for _ in range(8)] == [False, True] + 6 * [False]:
            return name
    raise LookupError(switch)


async def test_an_upload_goes_on_where_it_broke(river: PlayedBank, mailbox: BankMailbox) -> None:
    asked, message = order(purpose="x" * (3 * CHUNK)), f"M{uuid4().hex[:16]}"
    content = order_file([asked], message)
    unfinished = f".{hashlib.sha256(content).hexdigest()[:12]}.part"
    name = struck_at_the_second_step("cut_in_upload", unfinished)
    river.misbehave(cut_in_upload=0.5)
    assert await mailbox.deliver(name, content)
    (status,) = await files_of(mailbox, message)
    assert puts(river, name) == 1
    assert (await statuses(mailbox, status))[asked.reference] == "ACSC"


async def test_a_download_goes_on_where_it_broke(
    banks: BankSite, river: PlayedBank, mailbox: BankMailbox
) -> None:
    name = struck_at_the_second_step("cut_in_download")
    whole = bytes(range(256)) * (3 * CHUNK // 256) + b"the end"
    (Path(banks.keys["river"]["directory"]) / "out" / name).write_bytes(whole)
    river.misbehave(cut_in_download=0.5)
    assert await mailbox.fetch(name) == whole
    assert len(river.requests(reference=name, method="GET")) == 2


def test_a_file_that_became_another_one_is_fetched_from_its_beginning() -> None:
    download = Download("out/a.xml")
    download.begin(10, 1)
    download.content += b"12345"
    download.begin(10, 1)
    assert download.content == b"12345"
    download.begin(10, 2)
    assert download.content == b""


@pytest.mark.parametrize("switch", ["timeout_before_booking", "timeout_after_booking", "cut_after_booking"])
async def test_a_line_that_breaks_at_the_renaming_leaves_no_doubt(
    river: PlayedBank, hasty: SftpMailbox, switch: str
) -> None:
    asked, message = order(), f"M{uuid4().hex[:16]}"
    river.misbehave(**{switch: {"next": 1}})
    assert await hasty.deliver(f"{message}.xml", order_file([asked], message))
    await files_of(hasty, message)
    assert puts(river, f"{message}.xml") == 1
    assert len(river.books(reference=asked.reference)) == 1


async def test_a_full_disk_is_unreachable_and_nothing_arrives(river: PlayedBank, hasty: SftpMailbox) -> None:
    river.misbehave(disk_full=True)
    with pytest.raises(BankUnreachableError, match="cannot upload: No space left on device"):
        await hasty.deliver("M-full.xml", b"<x/>")
    river.behave()
    assert puts(river, "M-full.xml") == 0


async def test_a_line_that_never_holds_is_unreachable(river: PlayedBank, hasty: SftpMailbox) -> None:
    river.misbehave(cut_in_upload=True)
    with pytest.raises(BankUnreachableError, match="cannot upload"):
        await hasty.deliver("M-cut.xml", b"<x/>")


async def test_a_server_with_another_host_key_is_not_spoken_to(tmp_path: Path) -> None:
    with running_banks("--data", str(tmp_path)) as site:
        trusting = open_mailbox(file_profile(site), file_secrets(site), now)
        await trusting.waiting()
        site.river.post("new-host-key")
        await trusting.waiting()
        await trusting.close()
        with pytest.raises(BankRefusedUsError, match=r"not trusted \(seen: SHA256:.* ssh-ed25519 AAAA.*Ask"):
            await trusting.waiting()
        nobody = open_mailbox(file_profile(site, host_key=""), file_secrets(site), now)
        with pytest.raises(BankRefusedUsError, match=r"files\.host_key is none"):
            await nobody.deliver("M1.xml", b"<x/>")
        assert site.river.requests(method="PUT") == []


async def test_a_refusal_after_the_renaming_does_not_say_that_nothing_arrived(tmp_path: Path) -> None:
    with running_banks("--data", str(tmp_path)) as site:
        mailbox = open_mailbox(file_profile(site), file_secrets(site), now)
        await mailbox.waiting()
        site.river.post("new-host-key")
        site.river.misbehave(cut_after_booking={"next": 1})
        message = f"M{uuid4().hex[:16]}"
        with pytest.raises(BankUnreachableError, match=r"cannot rename: .* not trusted"):
            await mailbox.deliver(f"{message}.xml", order_file([order()], message))
        assert puts(site.river, f"{message}.xml") == 1
        await mailbox.close()


async def test_a_wrong_password_or_user_is_for_a_person(banks: BankSite) -> None:
    secrets = GivenSecrets({"bank_river_sftp_password": "guess"})
    mailbox = open_mailbox(file_profile(banks), secrets, now)
    with pytest.raises(BankRefusedUsError, match="refuses 'leaseflow'"):
        await mailbox.waiting()
    address = banks.keys["river"]["address"].replace("leaseflow@", "stranger@")
    mailbox = open_mailbox(file_profile(banks, address=address), file_secrets(banks), now)
    with pytest.raises(BankRefusedUsError, match="refuses 'stranger'"):
        await mailbox.waiting()


async def test_nobody_there_is_unreachable(banks: BankSite) -> None:
    mailbox = open_mailbox(
        file_profile(banks, address="sftp://leaseflow@127.0.0.1:1"), file_secrets(banks), now
    )
    with pytest.raises(BankUnreachableError, match=r"127\.0\.0\.1:1: no connection"):
        await mailbox.waiting()


async def test_a_file_that_is_not_there_is_named(mailbox: BankMailbox) -> None:
    with pytest.raises(BankUnreachableError, match="download: No such file"):
        await mailbox.fetch("nothing.xml")
    with pytest.raises(BankUnreachableError, match="put away"):
        await mailbox.put_away("nothing.xml")
    for name in ("../keys", "", "a.part", ".hidden"):
        with pytest.raises(InvalidInputError, match="cannot be used at a bank"):
            await mailbox.fetch(name)


def test_addresses_and_secrets_are_checked_before_a_connection(banks: BankSite) -> None:
    with pytest.raises(InvalidInputError, match="no SFTP address"):
        open_mailbox(file_profile(banks, address="ftp://x"), file_secrets(banks), now)
    with pytest.raises(InvalidInputError, match="host_key of bank 'river' is no public key"):
        open_mailbox(file_profile(banks, host_key="ssh-ed25519 nonsense"), file_secrets(banks), now)
    with pytest.raises(MissingSecretError, match="neither secret 'bank_river_sftp_key' nor"):
        open_mailbox(file_profile(banks), GivenSecrets({}), now)


async def test_a_part_of_a_file_may_be_passed_over(river: PlayedBank, mailbox: BankMailbox) -> None:
    orders, message = [order(f"{n}.00") for n in range(1, 6)], f"M{uuid4().hex[:16]}"
    river.misbehave(partial_file={"items": 2, "reference": message})
    await mailbox.deliver(f"{message}.xml", order_file(orders, message))
    (status,) = await files_of(mailbox, message)
    said = await statuses(mailbox, status)
    assert [said.get(item.reference) for item in orders] == ["ACSC", "ACSC", None, None, None]
    assert len(river.books(batch=message)) == 2


async def test_a_refused_file_may_be_half_booked(river: PlayedBank, mailbox: BankMailbox) -> None:
    orders, message = [order(f"{n}.00") for n in range(1, 5)], f"M{uuid4().hex[:16]}"
    river.misbehave(partial_file={"mode": "half"})
    await mailbox.deliver(f"{message}.xml", order_file(orders, message))
    (status,) = await files_of(mailbox, message)
    assert await statuses(mailbox, status) == {"": "RJCT"}
    assert len(river.books(batch=message)) == 2
    assert river.lies(orders[0].reference)[0]["switch"] == "partial_file"
    assert river.lies(orders[3].reference) == []


@pytest.mark.parametrize(("mode", "booked"), [("rejected", 1), ("settled", 0)])
async def test_a_status_may_contradict_the_books(
    river: PlayedBank, mailbox: BankMailbox, mode: str, booked: int
) -> None:
    asked, message = order(), f"M{uuid4().hex[:16]}"
    river.misbehave(contradict={"mode": mode, "reference": asked.reference})
    await mailbox.deliver(f"{message}.xml", order_file([asked], message))
    (status,) = await files_of(mailbox, message)
    said = await statuses(mailbox, status)
    assert said[asked.reference] == {"rejected": "RJCT", "settled": "ACSC"}[mode]
    assert len(river.books(reference=asked.reference)) == booked
    assert river.lies(asked.reference)[0]["said"] == mode.upper()


async def test_files_may_come_twice_cut_or_late(river: PlayedBank, mailbox: BankMailbox) -> None:
    asked, message = order(), f"M{uuid4().hex[:16]}"
    content = order_file([asked], message)
    river.misbehave(answer_twice=True, silent=0.3)
    await mailbox.deliver(f"{message}.xml", content)
    first, second = await files_of(mailbox, f"pain002_{message}", count=2)
    assert await mailbox.fetch(first) == await mailbox.fetch(second)
    river.behave()

    river.misbehave(malformed=True)
    before = {file.name for file in await mailbox.waiting()}
    await mailbox.deliver(f"{message}-2.xml", content)
    (cut,) = await files_of(mailbox, "pain002", beside=before)
    assert not (await mailbox.fetch(cut)).endswith(b"</Document>\n")


@pytest.mark.parametrize("mode", ["page", "day", "opening"])
async def test_statements_may_have_gaps(river: PlayedBank, mailbox: BankMailbox, mode: str) -> None:
    river.post("incoming", account=OWN_ACCOUNT, amount="1.00")
    river.misbehave(statement_gap=mode)
    files = river.http.post(f"/admin/river/end-of-day?day={DAY}").json()["files"]
    assert (files == []) is (mode == "day")
    assert river.lies(OWN_ACCOUNT)[-1]["switch"] == "statement_gap"
