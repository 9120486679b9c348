"""Contracts from the command line: listed, looked at, downloaded, verified, confirmed, amended, ended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment
from typer.testing import CliRunner

from activities.store.database import Database
from cli.contracts import app
from models.errors import InvalidInputError, LeaseflowError, RefusedByRuleError
from models.lease.contract.messages import ContractState
from models.people import WrongActorError
from tests.contract.authority_site import AuthoritySite
from tests.factories.contracts import ContractHouse, SigningRoom, signing_room
from workflows.lease.amendment import ContractAmendment

pytestmark = pytest.mark.stack
pytest_plugins = ["tests.contract.authority_fixtures"]

Leaseflow = Callable[..., Awaitable[str]]


@pytest.fixture
async def room(
    temporal: WorkflowEnvironment, database: Database, authority: AuthoritySite
) -> AsyncIterator[SigningRoom]:
    house = ContractHouse(database)
    house.open()
    async with signing_room(house, temporal, authority) as opened:
        yield opened


@pytest.fixture
async def leaseflow(
    room: SigningRoom, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Leaseflow]:
    """Runs `leaseflow contracts`, and gives what it prints."""
    monkeypatch.setenv("LEASEFLOW_DATABASE_URL", room.house.database.url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", room.client.service_client.config.target_host)
    monkeypatch.chdir(tmp_path)

    async def run(*arguments: str, by: str = "li.wei", code: int = 0) -> str:
        invoke = CliRunner(env={"LEASEFLOW_AS": by}).invoke
        result = await asyncio.to_thread(invoke, app, arguments)
        if isinstance(result.exception, LeaseflowError):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.stdout

    with room.temporal.auto_time_skipping_disabled():
        yield run


async def test_a_contract_is_confirmed_looked_at_and_verified(
    room: SigningRoom, leaseflow: Leaseflow, tmp_path: Path
) -> None:
    room.house.change_conditions("vehicle-express", ("signed", "registered", "insurance"))
    order = room.house.order()
    number, handle = order.contract_number, await room.start(order)
    await room.reaches(handle, ContractState.CONDITIONS, "insurance")
    (tmp_path / "policy.pdf").write_bytes(b"%PDF policy")
    confirm = ("confirm", number, "insurance", "--evidence", "policy.pdf")
    with pytest.raises(RefusedByRuleError, match="may not confirm conditions"):
        await leaseflow(*confirm)
    assert "insurance confirmed; open: none" in await leaseflow(*confirm, by="jiang.nan")
    assert (await room.outcome(handle)).state is ContractState.ACTIVE
    listed = json.loads(await leaseflow("list", "--state", "active", "--json"))
    assert number in [each["contract_number"] for each in listed]
    shown = json.loads(await leaseflow("show", number, "--json"))
    assert (shown["state"], len(shown["schedule"]), shown["papers"][0]["state"]) == ("active", 24, "signed")
    assert [each["name"] for each in shown["conditions"]] == ["signed", "registered", "insurance"]
    text = await leaseflow("show", number)
    assert "24 due dates" in text
    registered = next(line for line in text.splitlines() if line.startswith("registered"))
    assert registered.split()[-1] == shown["registration_number"]
    assert (await leaseflow("sign-status", number)).count("signed") >= 2


async def test_what_is_downloaded_is_verified_without_the_house(
    room: SigningRoom, leaseflow: Leaseflow, tmp_path: Path
) -> None:
    order = room.house.order()
    number = order.contract_number
    await room.outcome(await room.start(order))
    assert (await leaseflow("download", number)).strip() == f"{number}.pdf"
    with pytest.raises(InvalidInputError, match="exists"):
        await leaseflow("download", number)
    (tmp_path / "root.pem").write_bytes(room.authority.root)
    with pytest.raises(InvalidInputError, match=r"root\.pem: the file is no PDF"):
        await leaseflow("verify", "root.pem", "--root", "root.pem")
    verified = json.loads(await leaseflow("verify", f"{number}.pdf", "--root", "root.pem", "--json"))
    assert (verified["verdict"], len(verified["signatures"])) == ("valid", 2)
    written = json.loads(await leaseflow("download", number, "--to", "drawn.pdf", "--drawn", "--json"))
    assert (written["file"], written["bytes"]) == ("drawn.pdf", (tmp_path / "drawn.pdf").stat().st_size)
    drawn = await leaseflow("verify", "drawn.pdf", "--root", "root.pem", code=1)
    assert "not signed yet" in drawn
    altered = (tmp_path / f"{number}.pdf").read_bytes().replace(b"595", b"594", 1)
    (tmp_path / "altered.pdf").write_bytes(altered)
    assert "invalid" in await leaseflow("verify", "altered.pdf", "--root", "root.pem", code=1)


async def test_an_active_contract_is_amended_and_not_cancelled(
    room: SigningRoom, leaseflow: Leaseflow
) -> None:
    order = room.house.order()
    number = order.contract_number
    await room.outcome(await room.start(order))
    amend = ("amend", number, "--reason", "new due day", "--text", "支付日改为每月25日。")
    with pytest.raises(WrongActorError, match="may not amend contracts"):
        await leaseflow(*amend, by="deng.chao")
    assert f"would get supplementary agreement {number}-A1" in await leaseflow(*amend, "--dry-run")
    assert f"agreement {number}-A1 is being drawn up" in await leaseflow(*amend)
    agreement = room.client.get_workflow_handle_for(ContractAmendment.run, f"contract-{number}-A1")
    await room.outcome(agreement)
    assert room.house.paper(number, 1).state == "signed"
    with pytest.raises(RefusedByRuleError, match="takes no more commands: it is active"):
        await leaseflow("cancel", number, "--reason", "late", "--yes")
    with pytest.raises(InvalidInputError, match="SH-2026-999999"):
        await leaseflow("show", "SH-2026-999999")


async def test_a_contract_is_cancelled_while_it_is_signed(room: SigningRoom, leaseflow: Leaseflow) -> None:
    order = room.house.order()
    number = order.contract_number
    room.authority.misbehave("wait", who=f"{number}/0/lessee")
    await room.start(order)
    await room.asked(number)
    cancel = ("cancel", number, "--reason", "lessee withdrew", "--yes")
    assert "would be cancelled (nothing was changed)" in await leaseflow(*cancel, "--dry-run")
    with pytest.raises(RefusedByRuleError, match="waits for nothing to be done again"):
        await leaseflow("retry", number, "--reason", "why not")
    assert "cancelled" in await leaseflow(*cancel)
    assert "lessee withdrew" in await leaseflow("show", number)
