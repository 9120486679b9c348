"""Approvals from the command line: asked, looked at, decided, delegated; many at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment
from typer.testing import CliRunner

from activities.store.database import Database
from cli.approvals import app
from models.approval.errors import UnknownApprovalError, UnknownPolicyError
from models.calendar import business_date
from models.errors import InvalidInputError, LeaseflowError, RefusedByRuleError
from tests.factories.approvals import deciding_house

pytestmark = pytest.mark.stack

Leaseflow = Callable[..., Awaitable[str]]

REQUEST: dict[str, Any] = {
    "policy": "lease",
    "kind": "lease-application",
    "title": "上海某某物流有限公司: 2 vehicles",
    "amount": "120000.00",
    "grade": "C",
    "branch": "Shanghai",
    "facts": ["bureau: nothing overdue"],
    "negotiable": [
        {"name": "deposit", "label": "Deposit", "kind": "money", "value": "10000.00", "at_most": "60000"}
    ],
    "return_to": ["documents"],
}


@pytest.fixture
async def leaseflow(
    temporal: WorkflowEnvironment, database: Database, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Leaseflow]:
    monkeypatch.setenv("LEASEFLOW_DATABASE_URL", database.url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.client.service_client.config.target_host)

    async def run(*arguments: str, by: str = "li.wei", exit_code: int = 0) -> str:
        invoke = CliRunner(env={"LEASEFLOW_AS": by}).invoke
        result = await asyncio.to_thread(invoke, app, arguments)
        if isinstance(result.exception, LeaseflowError):
            raise result.exception
        assert result.exit_code == exit_code, result.output
        return result.stdout

    with temporal.auto_time_skipping_disabled():
        async with deciding_house(temporal, database):
            yield run


async def ask(leaseflow: Leaseflow, tmp_path: Path, approval_id: str, **changes: Any) -> str:
    """Start an approval from a file, and wait until somebody is asked."""
    file = tmp_path / f"{approval_id}.json"
    subject = {"approval_id": approval_id, "subject": approval_id.rpartition("-")[0]}
    file.write_text(json.dumps(REQUEST | subject | changes))
    told = await leaseflow("start", "--file", str(file), by="deng.chao")
    async with asyncio.timeout(30):
        while approval_id not in await leaseflow("list"):
            pass
    return told


async def test_one_is_asked_read_held_and_approved_on_a_condition(
    leaseflow: Leaseflow, tmp_path: Path
) -> None:
    told = await ask(leaseflow, tmp_path, "L1-1", amount="700000.00")
    assert told.startswith("approval/L1-1 asked, route 'tiers': officer (officer, up to 500000), manager ")
    (item,) = json.loads(await leaseflow("inbox", "--json"))
    assert (item["approval_id"], item["amount"], item["yours"]) == ("L1-1", "700000.00", True)
    assert "yours" in await leaseflow("inbox")
    assert "li.wei" in await leaseflow("inbox", by="zhang.min")
    told = await leaseflow("lock", "L1-1")
    assert told.startswith(
        "approval/L1-1 locked by li.wei, waiting: li.wei or zhang.min to decide as officer"
    )
    assert await leaseflow("inbox", by="zhang.min") == "nothing waits for you\n"
    await leaseflow("tag", "L1-1", "urgent")
    assert "L1-1" in await leaseflow("inbox", "--tag", "urgent")
    await leaseflow("comment", "L1-1", "--text", "visited them")
    told = await leaseflow("approve", "L1-1", "--condition", "deposit=20000", "--note", "more deposit")
    assert "to decide as manager" in told
    shown = json.loads(await leaseflow("show", "L1-1", "--json"))
    assert shown["conditions"] == [{"term": "deposit", "value": "20000", "note": ""}]
    assert shown["task"]["tags"] == ["urgent"]
    assert shown["negotiable"][0]["name"] == "deposit"
    text = await leaseflow("show", "L1-1")
    assert "bureau: nothing overdue" in text
    assert "on deposit = 20000; more deposit" in text
    told = await leaseflow("return", "L1-1", "--to", "officer", "--reason", "visit them again", by="sun.yue")
    assert "return by sun.yue" in told
    told = await leaseflow("return", "L1-1", "--to", "documents", "--reason", "licence unreadable")
    assert told == "approval/L1-1 returned to documents\n"
    trail = json.loads(await leaseflow("history", "L1-1", "--json"))
    assert [each["what"] for each in trail] == [
        "asked",
        "locked",
        "tagged",
        "commented",
        "approve",
        "return",
        "return",
    ]
    assert "visit them again" in await leaseflow("history", "L1-1")
    with pytest.raises(RefusedByRuleError, match="takes no more commands: the approval is returned"):
        await leaseflow("lock", "L1-1")


async def test_many_small_ones_get_an_answer_each(leaseflow: Leaseflow, tmp_path: Path) -> None:
    for number, amount in ((1, "10000.00"), (2, "20000.00"), (3, "60000.00"), (4, "600000.00")):
        await ask(leaseflow, tmp_path, f"B{number}-1", amount=amount)
    arguments = ("approve", "--all", "--max-amount", "50000")
    planned = json.loads(await leaseflow(*arguments, "--dry-run", "--json"))
    assert [each["result"] for each in planned] == ["would-approve"] * 2
    done = json.loads(await leaseflow(*arguments, "--yes", "--json"))
    assert {each["approval_id"]: each["result"] for each in done} == {"B1-1": "approved", "B2-1": "approved"}
    file = tmp_path / "ids.txt"
    file.write_text("\ufeffB3-1\r\nB4-1\r\nB1-1\r\n\r\nB9-1\r\n", newline="")  # as Windows writes it
    done = json.loads(await leaseflow("approve", "--file", str(file), "--yes", "--json", exit_code=1))
    told = {each["approval_id"]: each for each in done}
    assert told["B3-1"]["result"] == "approved"
    assert "600000.00 is over batch_limit 500000" in told["B4-1"]["sentence"]
    assert "the approval is approved" in told["B1-1"]["sentence"]
    assert "'B9-1' does not exist" in told["B9-1"]["sentence"]
    await leaseflow("tag", "B4-1", "urgent")
    nothing = "nothing that waits for you fits --tag and --max-amount\n"
    assert await leaseflow("approve", "--all", "--tag", "other", "--yes") == nothing
    assert await leaseflow("inbox", "--max-amount", "0.01") == nothing


async def test_a_deputy_gets_what_waits_and_gives_it_back(leaseflow: Leaseflow, tmp_path: Path) -> None:
    await ask(leaseflow, tmp_path, "D1-1", involved=["zhang.min"])
    today = business_date(datetime.now(UTC))
    days = ("--from", f"{today}", "--until", f"{today + timedelta(days=3)}", "--reason", "holiday")
    told = await leaseflow("delegate", "--to", "chen.jie", *days, "--dry-run")
    assert told == "would give chen.jie what waits for li.wei: 1 approvals\n"
    told = json.loads(await leaseflow("delegate", "--to", "chen.jie", *days, "--json"))
    assert told["approvals"] == ["D1-1"]
    (item,) = json.loads(await waits(leaseflow, "chen.jie"))
    assert (item["on_behalf_of"], item["yours"]) == ("li.wei", True)
    assert "chen.jie" in await leaseflow("absences")
    with pytest.raises(RefusedByRuleError, match="is away from"):
        await leaseflow("delegate", "--to", "wang.fang", *days)
    rehearsed = await leaseflow("delegate", "--cancel", str(told["absence_id"]), "--dry-run")
    assert rehearsed.startswith("would end absence/")
    assert "chen.jie" in await leaseflow("absences")
    await leaseflow("delegate", "--cancel", str(told["absence_id"]))
    assert json.loads(await waits(leaseflow, "li.wei"))[0]["assigned_to"] == "li.wei"
    assert json.loads(await leaseflow("absences", "--json")) == []
    await leaseflow("withdraw", "D1-1", "--reason", "bought elsewhere", by="deng.chao")
    assert json.loads(await leaseflow("list", "--state", "withdrawn", "--json"))[0]["approval_id"] == "D1-1"


async def waits(leaseflow: Leaseflow, username: str) -> str:
    """The person's inbox, once something is in it."""
    async with asyncio.timeout(30):
        while (told := await leaseflow("inbox", "--json", by=username)) == "[]\n":
            pass
    return told


async def test_a_task_is_given_to_a_named_person(leaseflow: Leaseflow, tmp_path: Path) -> None:
    await ask(leaseflow, tmp_path, "R1-1")
    told = await leaseflow("reassign", "R1-1", "--to", "zhang.min", "--reason", "knows them")
    assert "zhang.min or li.wei to decide" in told
    await leaseflow("lock", "R1-1", by="zhang.min")
    assert "unlocked by sun.yue" in await leaseflow("unlock", "R1-1", by="sun.yue")
    told = await leaseflow("reject", "R1-1", "--reason", "no income", "--json", by="zhang.min")
    assert json.loads(told)["state"] == "rejected"


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("show", "X-1"), UnknownApprovalError, "approval 'X-1' does not exist"),
        (("approve", "X-1"), UnknownApprovalError, "approval 'X-1' does not exist"),
        (("approve", "X-1", "--condition", "deposit"), InvalidInputError, "is not TERM=VALUE"),
        (("approve", "--all", "--condition", "a=1"), InvalidInputError, "conditions are set one by one"),
        (("approve", "X-1", "--max-amount", "5"), InvalidInputError, "choose from your inbox"),
        (("approve",), InvalidInputError, "nothing is named"),
        (("delegate", "--to", "chen.jie"), InvalidInputError, "an absence needs"),
        (("delegate", "--cancel", "77"), InvalidInputError, "absence 77 does not exist"),
    ],
)
async def test_what_is_mistyped_is_told(
    leaseflow: Leaseflow, arguments: tuple[str, ...], error: type[LeaseflowError], words: str
) -> None:
    with pytest.raises(error, match=words):
        await leaseflow(*arguments)


async def test_a_request_that_cannot_be_is_told_by_field(leaseflow: Leaseflow, tmp_path: Path) -> None:
    file = tmp_path / "request.json"
    named = REQUEST | {"approval_id": "S1-1", "subject": "S1"}
    for content, error, words in (
        ("{", InvalidInputError, "is no JSON"),
        (json.dumps(REQUEST), InvalidInputError, "approval_id: Field required"),
        (json.dumps(named | {"colour": "red"}), InvalidInputError, "colour: Extra inputs"),
        (json.dumps(named | {"amount": "1.001"}), InvalidInputError, "amount 1.001"),
        (json.dumps(named | {"policy": "rent"}), UnknownPolicyError, "policy 'rent' does not exist"),
    ):
        file.write_text(content)
        with pytest.raises(error, match=words):
            await leaseflow("start", "--file", str(file))
    file.write_text(json.dumps(named | {"grade": "A"}))
    told = await leaseflow("start", "--file", str(file), "--dry-run")
    assert told == "route 'by rules': nobody is asked, the rules' own word stands\n"
    told = json.loads(await leaseflow("start", "--file", str(file), "--dry-run", "--json"))
    assert (told["route"], told["steps"]) == ("by rules", [])
    assert await leaseflow("list") == "no approvals\n"
    await leaseflow("start", "--file", str(file))
    async with asyncio.timeout(30):
        while "S1-1" not in await leaseflow("list", "--state", "approved"):
            pass
    assert "by rules" in await leaseflow("show", "S1-1")
    with pytest.raises(RefusedByRuleError, match="was asked already"):
        await leaseflow("start", "--file", str(file))
