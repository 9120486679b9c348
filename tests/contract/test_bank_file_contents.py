"""The played bank takes order files as the engine writes them, and the engine reads the bank's reports."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from activities.adapters.bank_files.iso20022.schemas import validation_errors
from activities.adapters.bank_files.reading import read_bank_file
from activities.adapters.bank_files.writing import write_pain001, write_pain008
from activities.ports.banks import BankMailbox
from models.money import Money
from models.payments.bank_files.dialects import CreditTransferDialect, DirectDebitDialect
from models.payments.bank_files.orders import (
    AccountParty,
    CreditTransferFile,
    CreditTransferItem,
    DirectDebitFile,
    DirectDebitItem,
)
from tests.contract.bank_site import DAY, OWN_ACCOUNT, PlayedBank, files_of

pytest_plugins = ["tests.contract.bank_fixtures"]

OURS = AccountParty("租赁公司", OWN_ACCOUNT, "104290003033")
THEIRS = AccountParty("上海某某汽车销售有限公司", "6228480000000012345", "104290003033")
RETURNED = AccountParty("退回有限公司", "6228480000000099904", "104290003033")
MADE = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize("version", ["001.03", "001.09"])
async def test_transfers_are_taken_booked_and_returned(
    river: PlayedBank, mailbox: BankMailbox, version: str
) -> None:
    river.settings(return_seconds=0.2)
    message = f"M{uuid4().hex[:16]}"
    items = tuple(
        CreditTransferItem(f"{message}-{n}", Money.of(f"{n}00.00"), party, "放款 <L1>")
        for n, party in enumerate((THEIRS, RETURNED), 1)
    )
    batch = CreditTransferFile(message, MADE, "租赁公司", f"{message}-P", DAY, OURS, items)
    before = {file.name for file in await mailbox.waiting()}
    content = write_pain001(batch, dialect=CreditTransferDialect(version=version))
    await mailbox.deliver(f"{message}.xml", content)

    (name,) = await files_of(mailbox, f"pain002_{message}")
    report = await mailbox.fetch(name)
    # version 10's definition is not at hand; what we use of it is the same in version 12
    kind = {"001.03": "pain.002.001.03", "001.09": "pain.002.001.12"}[version]
    assert validation_errors(report.replace(b"pain.002.001.10", b"pain.002.001.12"), kind) == []
    read = read_bank_file(report)
    assert {s.original_end_to_end_id for s in read.statuses if s.original_end_to_end_id} == {
        item.end_to_end_id for item in items
    }

    booked, returned = await files_of(mailbox, "camt054", count=2, beside=before)
    for name in (booked, returned):
        assert validation_errors(await mailbox.fetch(name), "camt.054.001.08") == []
    (statement,) = read_bank_file(await mailbox.fetch(returned)).statements
    (entry,) = statement.entries
    assert (entry.end_to_end_id, entry.amount, entry.reversal) == (f"{message}-2", Decimal("200.00"), True)
    assert entry.details[0].return_reason == "AC01"


@pytest.mark.parametrize("version", ["001.02", "001.08"])
async def test_collections_are_taken(river: PlayedBank, mailbox: BankMailbox, version: str) -> None:
    message = f"M{uuid4().hex[:16]}"
    broke = AccountParty("缺钱有限公司", "6228480000000099902", "104290003033")
    items = tuple(
        DirectDebitItem(f"{message}-{n}", Money.of("10.00"), party, f"MD-{n}", date(2026, 1, 1))
        for n, party in enumerate((THEIRS, broke), 1)
    )
    batch = DirectDebitFile(message, MADE, "租赁公司", f"{message}-P", DAY, OURS, "CN98ZZZ0001", items)
    content = write_pain008(batch, dialect=DirectDebitDialect(version=version))
    await mailbox.deliver(f"{message}.xml", content)

    (name,) = await files_of(mailbox, f"pain002_{message}")
    read = read_bank_file(await mailbox.fetch(name))
    said = {s.original_end_to_end_id: s.status for s in read.statuses if s.original_end_to_end_id}
    assert said == {f"{message}-1": "ACSC", f"{message}-2": "RJCT"}
    (entry,) = river.books(batch=message)
    assert (entry["direction"], entry["amount"]) == ("in", "10.00")


@pytest.mark.parametrize("batched", [False, True])
async def test_a_days_statement_adds_up(river: PlayedBank, mailbox: BankMailbox, batched: bool) -> None:
    river.settings(batch_booking=batched, fee="0.50")
    message = f"M{uuid4().hex[:16]}"
    items = tuple(CreditTransferItem(f"{message}-{n}", Money.of("3.00"), THEIRS) for n in range(3))
    batch = CreditTransferFile(message, MADE, "租赁公司", f"{message}-P", DAY, OURS, items)
    content = write_pain001(batch, dialect=CreditTransferDialect(version="001.09"))
    await mailbox.deliver(f"{message}.xml", content)
    await files_of(mailbox, f"pain002_{message}")
    river.post("incoming", account=OWN_ACCOUNT, amount="7.00", text="rent", **{"from": {"name": "甲"}})

    (name,) = river.post("end-of-day")["files"]
    content = await mailbox.fetch(name)
    assert validation_errors(content, "camt.053.001.08") == []
    (statement,) = read_bank_file(content).statements
    assert statement.opening is not None
    moves = sum(e.amount if e.direction == "credit" else -e.amount for e in statement.entries)
    assert statement.opening + moves == statement.closing
    sizes = [
        len(e.details) for e in statement.entries if any(message in str(d.end_to_end_id) for d in e.details)
    ]
    assert 3 in sizes if batched else set(sizes) == {1}


async def test_a_csv_dialect_is_taken_and_answered(river: PlayedBank, mailbox: BankMailbox) -> None:
    name = f"C{uuid4().hex[:12]}"
    head = "reference,kind,account,account_name,counterparty,counterparty_name,counterparty_bank,"
    tail = "amount,currency,execution_date,purpose,mandate"
    row = f"{name}-1,pay-out,{OWN_ACCOUNT},租赁公司,6228480000000012345,甲,104,12.30,CNY,2026-11-20,放款,"
    await mailbox.deliver(f"{name}.csv", f"{head}{tail}\r\n{row}\r\n".encode())
    (answer,) = await files_of(mailbox, f"status_{name}")
    lines = (await mailbox.fetch(answer)).decode().splitlines()
    assert lines[1].startswith(f"{name}-1,ACSC,,,R")
    assert river.books(reference=f"{name}-1")[0]["amount"] == "12.30"
