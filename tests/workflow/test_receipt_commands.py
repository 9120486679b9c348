"""Receipts from the command line: taken, looked at, corrected; terminals and payment methods."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment
from typer.testing import CliRunner

from activities.store.database import Database
from cli.receipts import app
from models.errors import InvalidInputError, LeaseflowError, RefusedByRuleError
from models.payments.errors import FourEyesError
from models.payments.receipts.errors import (
    ReceiptExistsError,
    TerminalStateError,
    UnknownChannelError,
    UnknownReceiptError,
)
from tests.factories.receipt_counter import open_counter

pytestmark = pytest.mark.stack

Leaseflow = Callable[..., Awaitable[str]]
RENT = ("--for", "rent:L2026-0001")


@pytest.fixture
async def leaseflow(
    temporal: WorkflowEnvironment, database: Database, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Leaseflow]:
    monkeypatch.setenv("LEASEFLOW_DATABASE_URL", database.url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.client.service_client.config.target_host)

    async def run(*arguments: str, by: str = "luo.dan") -> str:
        invoke = CliRunner(env={"LEASEFLOW_AS": by}).invoke
        result = await asyncio.to_thread(invoke, app, arguments)
        if isinstance(result.exception, LeaseflowError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    async with open_counter(temporal, database):
        with temporal.auto_time_skipping_disabled():
            yield run


async def test_taking_twice_is_taking_once_and_a_refusal_says_why(leaseflow: Leaseflow) -> None:
    cash = ("take", "cash", "1200.00", *RENT, "--id", "R-1")
    for _ in range(2):
        assert "receipt/R-1 cleared, voucher" in await leaseflow(*cash)
    with pytest.raises(ReceiptExistsError):
        await leaseflow("take", "cash", "1300.00", *RENT, "--id", "R-1")
    for _ in range(2):
        with pytest.raises(RefusedByRuleError, match="over 50000"):
            await leaseflow("take", "cash", "60000.00", *RENT, "--id", "R-TOO-MUCH")
    with pytest.raises(UnknownChannelError, match="channel 'barter' has no profile"):
        await leaseflow("take", "barter", "1.00", *RENT)
    assert "would be received" in await leaseflow("take", "transfer", "5.00", "--number", "TT-0", "--dry-run")
    with pytest.raises(InvalidInputError, match="does not say what it is for"):
        await leaseflow("take", "cash", "1.00", "--for", "rent")
    assert [
        row["receipt_id"] for row in json.loads(await leaseflow("list", "--state", "cleared", "--json"))
    ] == ["R-1"]
    with pytest.raises(RefusedByRuleError, match="takes the role treasurer"):
        await leaseflow("reverse", "R-1", "--reason", "x", "--yes")
    assert "receipt/R-1 reversed" in await leaseflow("reverse", "R-1", "--reason", "x", "--yes", by="he.ting")


async def test_a_command_on_what_has_ended_or_never_was_says_which(leaseflow: Leaseflow) -> None:
    await leaseflow("take", "transfer", "5.00", "--number", "TT-5", "--id", "R-5")
    told = json.loads(await leaseflow("cancel", "R-5", "--reason", "typed twice", "--json"))
    assert told == {"receipt_id": "R-5", "state": "cancelled"}
    with pytest.raises(RefusedByRuleError, match="takes no more commands: the receipt is cancelled"):
        await leaseflow("confirm", "R-5")
    for command in (("confirm", "R-6"), ("reverse", "R-6", "--reason", "x")):
        with pytest.raises(UnknownReceiptError, match="'R-6' does not exist"):
            await leaseflow(*command, by="he.ting")


async def test_an_acquirers_list_that_cannot_be_read_is_named(leaseflow: Leaseflow, tmp_path: Path) -> None:
    (scrambled := tmp_path / "day.csv").write_bytes(b"\xfc\xff\x00")
    for file in (scrambled, tmp_path / "nowhere.csv"):
        with pytest.raises(InvalidInputError, match="cannot be read"):
            await leaseflow("terminals", "close", "T-1", "--file", str(file))


async def test_an_unknown_transfer_is_confirmed_identified_and_told_of(leaseflow: Leaseflow) -> None:
    taken = json.loads(
        await leaseflow("take", "transfer", "900.00", "--number", "TT-1", "--id", "R-2", "--json")
    )
    assert (taken["state"], taken["identified"]) == ("received", False)
    assert "receipt/R-2 cleared" in await leaseflow("confirm", "R-2", "--bank-reference", "B-1")
    shares = ("--for", "rent:L2026-0001=600.00", "--for", "deposit:L2026-0001=300.00")
    await leaseflow("identify", "R-2", *shares)
    shown = json.loads(await leaseflow("show", "R-2", "--json"))
    assert [part["account"] for part in shown["parts"]] == ["1531", "2711"]
    assert shown["refundable"] == "900.00"
    status = json.loads(await leaseflow("status", "L2026-0001", "--json"))
    assert (status["received"], [line["amount"] for line in status["lines"]]) == (
        "900.00",
        ["600.00", "300.00"],
    )
    assert "已收 900.00" in await leaseflow("status", "L2026-0001")
    assert "未查到" in await leaseflow("status", "L-404")


async def test_a_terminals_day_by_commands(leaseflow: Leaseflow, tmp_path: Path) -> None:
    terminals = ("terminals",)
    await leaseflow(*terminals, "register", "T-1", "--merchant", "8983", by="he.ting")
    await leaseflow(*terminals, "open", "T-1")
    await leaseflow("take", "pos", "700.00", *RENT, "--number", "000001", "--terminal", "T-1", "--id", "R-3")
    assert "1 differences open" in await leaseflow(*terminals, "close", "T-1", "--total", "2:705.00")
    file = tmp_path / "day.csv"
    file.write_text("trace_no,amount,fee\n000001,700.00,1.00\n000002,5.00,\n")
    assert "1 receipts confirmed, 1 differences" in await leaseflow(
        *terminals, "close", "T-1", "--file", str(file)
    )
    decided = await leaseflow(*terminals, "decide", "T-1", "1", "noted", "--reason", "theirs", by="he.ting")
    assert "0 differences open" in decided
    await leaseflow(*terminals, "block", "T-1", "--reason", "seal", by="he.ting")
    with pytest.raises(TerminalStateError):
        await leaseflow(*terminals, "open", "T-1")
    await leaseflow(*terminals, "unblock", "T-1", "--reason", "mended", by="he.ting")
    history = json.loads(await leaseflow(*terminals, "show", "T-1", "--json"))["history"]
    assert [event["state"] for event in history] == ["registered", "open", "closed", "blocked", "closed"]


async def test_a_payment_method_is_changed_by_two_people(leaseflow: Leaseflow) -> None:
    account = ("--account", "31001520313050012345", "--name", "某公司", "--reason", "new")
    mandate = ("--mandate", "M-7", "--signed", "2026-11-02")
    with pytest.raises(InvalidInputError, match="needs the mandate"):
        await leaseflow("method", "change", "L1", *account)
    assert "method/L1/1 proposed" in await leaseflow(
        "method", "change", "L1", *account, *mandate, by="he.ting"
    )
    with pytest.raises(FourEyesError):
        await leaseflow("method", "approve", "L1", "1", by="he.ting")
    assert "approved" in await leaseflow("method", "approve", "L1", "1", by="xu.bo")
    assert json.loads(await leaseflow("method", "show", "L1", "--json"))["mandate"] == "M-7"
    assert len(json.loads(await leaseflow("method", "history", "L1", "--json"))) == 1
