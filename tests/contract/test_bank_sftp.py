"""The SFTP adapter against the bank that plays its other side."""

from __future__ import annotations

from uuid import uuid4

from activities.ports.banks import BankMailbox
from tests.contract.bank_site import PlayedBank, files_of, order, order_file, statuses

pytest_plugins = ["tests.contract.bank_fixtures"]


async def test_a_file_is_executed_and_reported(river: PlayedBank, mailbox: BankMailbox) -> None:
    good, closed = order(), order(to="6228480000000099901")
    message = f"M{uuid4().hex[:16]}"

    assert await mailbox.deliver(f"{message}.xml", order_file([good, closed], message))

    (status,) = await files_of(mailbox, message)
    assert await statuses(mailbox, status) == {"": "PART", good.reference: "ACSC", closed.reference: "RJCT"}
    (booked,) = river.books(batch=message, reference=good.reference)
    assert booked["times_booked"] == 1
    (reported,) = await files_of(mailbox, "camt054")
    assert good.reference.encode() in await mailbox.fetch(reported)
    for name in (status, reported):
        await mailbox.put_away(name)
        await mailbox.put_away(name)
    assert not {status, reported} & {file.name for file in await mailbox.waiting()}
