"""Disbursements from the command line: listed, approved in batches, stopped, watched."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from activities.store.lease import blacklist as store
from cli import blacklist
from cli.disbursements import app
from models.errors import InvalidInputError, LeaseflowError, RefusedByRuleError
from models.lease.disbursement.messages import DisbursementState
from models.lease.screening.blacklist import BlacklistKind
from tests.workflow.disbursement_desk import DisbursementDesk, desk

pytestmark = pytest.mark.stack
pytest_plugins = ["tests.contract.bank_fixtures"]
__all__ = ["desk"]

Leaseflow = Callable[..., Awaitable[str]]


@pytest.fixture
async def leaseflow(desk: DisbursementDesk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Leaseflow]:
    monkeypatch.setenv("LEASEFLOW_DATABASE_URL", desk.house.database.url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", desk.temporal.client.service_client.config.target_host)

    async def run(*arguments: str, by: str = "jiang.nan", code: int = 0) -> str:
        invoke = CliRunner(env={"LEASEFLOW_AS": by}).invoke
        result = await asyncio.to_thread(invoke, app, arguments)
        if isinstance(result.exception, LeaseflowError):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.stdout

    with desk.temporal.auto_time_skipping_disabled():
        yield run


async def test_a_batch_tells_what_became_of_each(
    desk: DisbursementDesk, leaseflow: Leaseflow, tmp_path: Path
) -> None:
    small, other, large = (
        desk.house.contract(financed=yuan) for yuan in ("70000.00", "60000.00", "90000.00")
    )
    handles = [await desk.waiting(order) for order in (small, other, large)]
    await leaseflow("lock", other.disbursement_id, by="wei.qing")
    listed = json.loads(await leaseflow("list", "--waiting", "--branch", "Shanghai", "--json"))
    assert [each["payee_account"] for each in listed] == ["…2345"] * 3
    assert listed[1]["flags"] == ["locked by wei.qing"]
    assert (listed[0]["conditions_met"], listed[0]["unmet"], listed[0]["grade"]) == (2, [], "B")
    everything = ("approve", "--all", "--max-amount", "80000", "--yes", "--json")
    assert "would be approved" in await leaseflow(*everything, "--dry-run")
    assert "go on" not in await leaseflow(*everything[:-1], "--dry-run")
    results = json.loads(await leaseflow(*everything, code=1))
    assert [(each["disbursement_id"], each["state"]) for each in results] == [
        (small.disbursement_id, "paying"),
        (other.disbursement_id, "refused"),
    ]
    assert "locked by wei.qing" in results[1]["sentence"]
    (file := tmp_path / "ids.txt").write_text(f"\ufeff{other.disbursement_id}\n{large.disbursement_id}\n")
    await leaseflow("approve", "--file", str(file), "--yes", by="wei.qing")
    for handle in handles:
        assert (await handle.result()).state is DisbursementState.PAID
    watched = await leaseflow("watch", large.disbursement_id)
    assert f"{large.disbursement_id} paid: paid by {large.disbursement_id}, voucher" in watched


async def test_a_stop_is_refused_to_others_shown_and_cleared(
    desk: DisbursementDesk, leaseflow: Leaseflow, tmp_path: Path
) -> None:
    order = desk.house.contract()
    key = order.disbursement_id
    handle = await desk.waiting(order)
    await leaseflow("lock", key)
    with pytest.raises(RefusedByRuleError, match="may not stop"):
        await leaseflow("stop", key, "--reason", "怀疑")
    assert "stopped: 发票系伪造" in await leaseflow("stop", key, "--reason", "发票系伪造", by="risk.desk")
    assert "stopped" in await leaseflow("show", key)
    shown = json.loads(await leaseflow("show", key, "--json"))
    assert (shown["state"], shown["stopped_by"]) == ("stopped", "risk.desk")
    assert [step["state"] for step in shown["events"]][-1] == "stopped"
    await leaseflow("list", "--export", str(tmp_path / "review.xlsx"))
    sheet = load_workbook(tmp_path / "review.xlsx").active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][:3] == [key, "stopped", 80000]
    await leaseflow("clear", key, "--reason", "已核实", by="risk.desk")
    await leaseflow("reject", key, "--reason", "发票缺页")
    wrong = ("retry", key, "--reason", "x", "--account")
    for account, named in (
        (("abc",), "--account abc"),
        (("31001520313050012345", "--to-bank", "1"), "--to-bank 1"),
    ):
        with pytest.raises(InvalidInputError, match=f"{named} cannot be right"):
            await leaseflow(*wrong, *account, by="luo.dan")
    await leaseflow("retry", key, "--reason", "已补", by="luo.dan")
    await leaseflow("cancel", key, "--reason", "客户放弃", "--yes", by="gao.ling")
    assert (await handle.result()).state is DisbursementState.CANCELLED
    with pytest.raises(RefusedByRuleError, match="takes no more commands: the disbursement is cancelled"):
        await leaseflow("lock", key)
    await leaseflow("watch", key, code=1)


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("show", "D-404"), "'D-404' does not exist"),
        (("approve", "D-404"), "'D-404' does not exist"),
        (("watch", "D-404"), "'D-404' does not exist"),
        (("approve",), "name disbursements in one way"),
        (("approve", "--all"), "--all needs a ceiling"),
        (("approve", "--file", "nowhere.txt"), "nowhere.txt cannot be read"),
        (("approve", "D-1", "--branch", "Shanghai"), "go with --all"),
        (("list", "--product", "lottery"), "product 'lottery' is not known"),
        (("list", "--waiting", "--state", "paid"), "exclude each other"),
        (("retry", "D-1", "--reason", "x", "--to-bank", "104290003033"), "corrects no account"),
        (("list", "--export", "x.pdf"), "no name of a workbook"),
        (("list", "--export", "/nowhere/x.xlsx"), "cannot be written"),
    ],
)
async def test_what_cannot_be_meant_is_named(
    leaseflow: Leaseflow, arguments: tuple[str, ...], fault: str
) -> None:
    with pytest.raises(InvalidInputError, match=fault):
        await leaseflow(*arguments)


async def test_a_new_entry_of_the_blacklist_stops_what_somebody_else_has_locked(
    desk: DisbursementDesk, leaseflow: Leaseflow
) -> None:
    order = desk.house.contract()
    handle = await desk.waiting(order)
    await leaseflow("lock", order.disbursement_id, by="wei.qing")
    account = order.payee.number
    added = await asyncio.to_thread(
        CliRunner(env={"LEASEFLOW_AS": "risk.desk"}).invoke,
        blacklist.app,
        ["add", "account", account, "--reason", "涉嫌骗租"],
    )
    assert added.exit_code == 0, added.output
    assert f"to be paid: {order.disbursement_id}" in added.stdout
    line = desk.house.line(order.disbursement_id)
    assert (line.state, line.stopped_by) == ("stopped", "leaseflow")
    assert line.stop_reason == f"{account} was blacklisted by risk.desk: 涉嫌骗租"
    # the risk desk thinks better of it, but the entry stands: the last check keeps where it was met
    await leaseflow("clear", order.disbursement_id, "--reason", "已核实", by="risk.desk")
    assert (await desk.approve(handle)).state is DisbursementState.STOPPED
    with desk.house.database.transaction() as session:
        (entry,) = store.listed(session, kind=BlacklistKind.ACCOUNT)
        met = {(hit.application_id, hit.occasion) for hit in store.hits_of(session, entry.entry_id or 0)}
    assert met == {(order.application_id, "disbursement")}
    await leaseflow("cancel", order.disbursement_id, "--reason", "骗租", "--yes", by="gao.ling")
