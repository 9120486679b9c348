"""The SFTP adapter against the bank that plays its other side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from activities.adapters.banks.opening import open_mailbox
from activities.ports.banks import BankMailbox
from models.errors import InvalidInputError
from tests.contract.bank_site import (
    OWN_ACCOUNT,
    BankSite,
    PlayedBank,
    file_profile,
    file_secrets,
    files_of,
    now,
    order,
    order_file,
    statuses,
)

pytest_plugins = ["tests.contract.bank_fixtures"]


async def test_a_file_is_executed_and_reported(river: PlayedBank, mailbox: BankMailbox) -> None:
    good, closed = order(), order(to="6228480000000099901")
    message = f"M{uuid4().hex[:16]}"

    before = {file.name for file in await mailbox.waiting()}

    assert await mailbox.deliver(f"{message}.xml", order_file([good, closed], message))

    (status,) = await files_of(mailbox, message)
    assert await statuses(mailbox, status) == {"": "PART", good.reference: "ACSC", closed.reference: "RJCT"}
    (booked,) = river.books(batch=message, reference=good.reference)
    assert booked["times_booked"] == 1
    (reported,) = await files_of(mailbox, "camt054", beside=before)
    assert good.reference.encode() in await mailbox.fetch(reported)
    for name in (status, reported):
        await mailbox.put_away(name)
        await mailbox.put_away(name)
    assert not {status, reported} & {file.name for file in await mailbox.waiting()}


async def test_a_password_serves_as_well(banks: BankSite) -> None:
    mailbox = open_mailbox(file_profile(banks), file_secrets(banks, by="password"), now)
    await mailbox.waiting()
    await mailbox.close()


async def test_what_stands_there_already_is_not_sent_again(banks: BankSite, mailbox: BankMailbox) -> None:
    banks.river.settings(leave_taken=True)
    name, content = f"M{uuid4().hex[:16]}.xml", b"<no-order/>"
    assert await mailbox.deliver(name, content)
    assert not await mailbox.deliver(name, content)
    with pytest.raises(InvalidInputError, match="at the bank already with 11 bytes, not 13"):
        await mailbox.deliver(name, b"<other-order>")
    assert len(banks.river.requests(reference=name)) == 1


async def test_a_message_is_executed_once(river: PlayedBank, mailbox: BankMailbox) -> None:
    asked, message = order(), f"M{uuid4().hex[:16]}"
    content = order_file([asked], message)
    await mailbox.deliver(f"{message}-a.xml", content)
    await mailbox.deliver(f"{message}-b.xml", content)

    first, second = await files_of(mailbox, f"pain002_{message}", count=2)
    assert (await statuses(mailbox, first))[asked.reference] == "ACSC"
    assert await statuses(mailbox, second) == {"": "RJCT"}
    assert b"DU01" in await mailbox.fetch(second)
    assert len(river.books(reference=asked.reference)) == 1


async def test_a_careless_bank_executes_a_message_twice(river: PlayedBank, mailbox: BankMailbox) -> None:
    river.misbehave(idempotent=False)
    asked, message = order(), f"M{uuid4().hex[:16]}"
    content = order_file([asked], message)
    for name in ("a", "b"):
        await mailbox.deliver(f"{message}-{name}.xml", content)
    await files_of(mailbox, f"pain002_{message}", count=2)
    assert [entry["times_booked"] for entry in river.books(reference=asked.reference)] == [2, 2]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda xml: xml[: len(xml) // 2], "FF01"),
        (lambda xml: xml.replace(b"<NbOfTxs>1<", b"<NbOfTxs>2<"), "AM18"),
        (lambda xml: xml.replace(b"<CtrlSum>1234.5", b"<CtrlSum>1234.6"), "AM10"),
        (lambda xml: xml.replace(b"pain.001.001.09", b"pain.001.001.99"), "FF01"),
    ],
)
async def test_a_wrong_file_is_refused_as_a_whole(
    river: PlayedBank, mailbox: BankMailbox, spoil: Callable[[bytes], bytes], code: str
) -> None:
    asked, message = order(), f"M{uuid4().hex[:16]}"
    before = {file.name for file in await mailbox.waiting()}
    await mailbox.deliver(f"{message}.xml", spoil(order_file([asked], message)))
    (status,) = await files_of(mailbox, "pain002", beside=before)
    assert (await statuses(mailbox, status))[""] == "RJCT"
    assert f"<Cd>{code}</Cd>".encode() in await mailbox.fetch(status)
    assert river.books(reference=asked.reference) == []


async def test_settlement_and_returns_come_in_files_of_their_own(
    river: PlayedBank, mailbox: BankMailbox
) -> None:
    river.settings(settle_seconds=0.3, return_seconds=0.3)
    asked, message = order(to="6228480000000099904"), f"M{uuid4().hex[:16]}"
    before = {file.name for file in await mailbox.waiting()}
    await mailbox.deliver(f"{message}.xml", order_file([asked], message))

    (status,) = await files_of(mailbox, message)
    assert (await statuses(mailbox, status))[asked.reference] == "ACCP"
    booked, returned = await files_of(mailbox, "camt054", count=2, beside=before)
    assert b"RvslInd" not in await mailbox.fetch(booked)
    content = await mailbox.fetch(returned)
    assert b"<RvslInd>true</RvslInd>" in content
    assert b"<Rsn><Cd>AC01</Cd></Rsn>" in content
    assert asked.reference.encode() in content


async def test_files_of_other_programs_are_left_until_they_are_settled(
    banks: BankSite, river: PlayedBank
) -> None:
    careful = open_mailbox(file_profile(banks, settled_seconds=3_600), file_secrets(banks), now)
    later = open_mailbox(
        file_profile(banks, settled_seconds=3_600), file_secrets(banks), lambda: now() + timedelta(hours=2)
    )
    river.post("incoming", account=OWN_ACCOUNT, amount="1.00")
    (name, *_) = river.post("end-of-day")["files"]
    assert name not in {file.name for file in await careful.waiting()}
    assert name in {file.name for file in await later.waiting()}
    await careful.close()
    await later.close()


async def test_twenty_thousand_items_are_answered_in_seconds(river: PlayedBank, mailbox: BankMailbox) -> None:
    orders = [order("100.00", to=f"62284800000{number:08d}") for number in range(20_000)]
    message = f"M{uuid4().hex[:16]}"
    await mailbox.deliver(f"{message}.xml", order_file(orders, message))
    (status,) = await files_of(mailbox, message)
    said = await statuses(mailbox, status)
    assert set(said.values()) == {"ACSC"}
    assert len(said) == 20_001
