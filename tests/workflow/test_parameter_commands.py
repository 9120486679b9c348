"""Parameters changed from the command line: proposed, previewed, approved, compared."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker
from typer.testing import CliRunner

from activities.parameters.books import PostgresParameterBooks, ReplayingPreviews
from activities.store.database import Database
from cli.params import app
from models.errors import InvalidInputError, LeaseflowError, RefusedByRuleError
from models.parameters.changes.errors import NothingChangesError, OpenProposalError, PastEffectiveDateError
from models.parameters.registry import NothingInForceError
from models.people import WrongActorError
from tests.factories.payments import PayingHouse
from tests.factories.threads import own_threads
from workers.registry import steps_of, workflow_runner
from workflows.parameters.change import ParameterChange
from workflows.queues import Queue

pytestmark = pytest.mark.stack

Leaseflow = Callable[..., Awaitable[str]]

PROFILE = """
code = "east"
name = "East Bank"
ledger_account = "1002.03"
own_account = "6222020000000000001"
own_name = "租赁公司"
[http]
address = "https://east.example"
client_id = "leaseflow"
[fees]
rate = 0.0005
[inquiry]
pauses_seconds = [0.5, 2]
"""


@pytest.fixture
async def leaseflow(
    temporal: WorkflowEnvironment, database: Database, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Leaseflow]:
    PayingHouse(database).open()
    monkeypatch.setenv("LEASEFLOW_DATABASE_URL", database.url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.client.service_client.config.target_host)

    async def run(*arguments: str, by: str = "he.ting") -> str:
        invoke = CliRunner(env={"LEASEFLOW_AS": by}).invoke
        result = await asyncio.to_thread(invoke, app, arguments)
        if isinstance(result.exception, LeaseflowError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    books, previews = PostgresParameterBooks(database), ReplayingPreviews(database)
    with ThreadPoolExecutor(4) as threads, temporal.auto_time_skipping_disabled():
        engine = Worker(
            temporal.client,
            task_queue=Queue.ENGINE,
            workflows=[ParameterChange],
            activities=steps_of(books),
            activity_executor=threads,
            workflow_runner=workflow_runner(),
        )
        analysis = Worker(
            temporal.client,
            task_queue=Queue.ANALYSIS,
            activities=steps_of(previews),
            activity_executor=threads,
        )
        async with own_threads(), engine, analysis:
            yield run


async def test_a_banks_profile_comes_from_a_file_and_is_changed_by_four_eyes(
    leaseflow: Leaseflow, tmp_path: Path
) -> None:
    file = tmp_path / "east.toml"
    file.write_text(PROFILE)
    with pytest.raises(NothingInForceError):
        await leaseflow("propose", "bank-east", "limits.per_payment=5", "--reason", "x")
    told = await leaseflow("propose", "bank-east", "--file", str(file), "--reason", "new bank")
    assert told.startswith("params/bank-east-1 waiting-for-approval\n  first value of bank-east, ")
    (waiting,) = json.loads(await leaseflow("proposals", "--json"))
    assert (waiting["proposal_id"], waiting["proposed_by"]) == ("bank-east-1", "he.ting")
    with pytest.raises(RefusedByRuleError, match="may not approve it"):
        await leaseflow("approve", "bank-east-1")
    told = await leaseflow("approve", "bank-east-1", "--note", "seen", by="xu.bo")
    assert told.startswith("params/bank-east-1 approved as version 1, in force from ")
    shown = json.loads(await leaseflow("show", "bank-east", "--json"))
    assert shown["parameters"]["fees"]["rate"] == "0.0005"
    assert shown["parameters"]["inquiry"]["pauses_seconds"] == [0.5, 2.0]

    await leaseflow("propose", "bank-east", "limits.per_payment=20000000", "--reason", "audit", by="ops")
    await leaseflow("approve", "bank-east-2")
    (difference,) = json.loads(await leaseflow("diff", "bank-east", "1", "2", "--json"))
    assert difference == {"name": "limits.per_payment", "old": "50000000", "new": "20000000"}
    newest, _ = json.loads(await leaseflow("history", "bank-east", "--json"))
    assert (newest["changed_by"], newest["reason"]) == ("ops, he.ting", "audit")


async def test_an_open_proposal_is_previewed_and_turned_down(leaseflow: Leaseflow) -> None:
    await leaseflow("propose", "payments", "release_above=50000", "--reason", "audit")
    found = json.loads(await leaseflow("preview", "payments-1", "--json"))
    assert found["preview"]["differences"] == [{"name": "release_above", "old": "100000", "new": "50000"}]
    assert "release_above" in await leaseflow("preview", "payments-1")
    with pytest.raises(OpenProposalError, match="payments-1"):
        await leaseflow("propose", "payments", "release_above=1", "--reason", "x")
    listed = json.loads(await leaseflow("list", "--json"))
    assert {each["set"]: each["open_proposal"] for each in listed}["payments"] == "payments-1"
    assert await leaseflow("reject", "payments-1", "--reason", "too low", by="xu.bo") == (
        "params/payments-1 rejected\n"
    )
    await leaseflow("propose", "payments", "release_above=1", "--reason", "x")
    assert await leaseflow("withdraw", "payments-2", "--reason", "typo") == "params/payments-2 withdrawn\n"
    assert "rejected" in await leaseflow("proposals", "--all")
    assert await leaseflow("proposals") == "no proposal is open\n"


async def test_a_dry_run_proposes_nothing(leaseflow: Leaseflow) -> None:
    product = 'products.lottery={"direction": "pay-out", "account": "6711"}'
    told = await leaseflow("propose", "payments", product, "--reason", "x", "--dry-run")
    assert "products.lottery.account" in told
    assert await leaseflow("proposals") == "no proposal is open\n"


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (["payments", "relese_above=1"], InvalidInputError, "Did you mean release_above"),
        (["payments", "release_above"], InvalidInputError, "Write NAME=VALUE"),
        (["payments", "release_above=-1"], InvalidInputError, "release_above = -1"),
        (["payments", "products.rent.colour=red"], InvalidInputError, "products.rent.colour = 'red'"),
        (["payments", "nowhere.at.all=1"], InvalidInputError, "'nowhere.at.all' is no parameter"),
        (["payments"], InvalidInputError, "nothing is proposed"),
        (["payments", "release_above=100000.00"], NothingChangesError, "changes nothing"),
        (["payments", "release_above=1", "--effective", "2020-01-01"], PastEffectiveDateError, "2020-01-01"),
        (["lottery", "a=1"], InvalidInputError, "parameter set 'lottery' does not exist"),
        (["payments", "--file", "none.toml"], InvalidInputError, "cannot be read"),
        (["payments", "--file", "none.yaml"], InvalidInputError, "neither .toml nor .json"),
    ],
)
async def test_what_cannot_be_proposed_is_told_by_name_and_value(
    leaseflow: Leaseflow, arguments: list[str], error: type[LeaseflowError], words: str
) -> None:
    with pytest.raises(error, match=words):
        await leaseflow("propose", *arguments, "--reason", "test")


async def test_sets_without_four_eyes_are_changed_at_once_by_those_who_may(leaseflow: Leaseflow) -> None:
    change = ("set", "warning.acknowledge_hours=4", "--reason", "audit")
    assert (await leaseflow(*change, by="risk.desk")).startswith("params/bill-monitoring/1 in force")
    with pytest.raises(WrongActorError):
        await leaseflow(*change, by="luo.dan")
    with pytest.raises(RefusedByRuleError, match="changed by four eyes"):
        await leaseflow("set", "release_above=1", "--set", "payments", "--reason", "x")
    with pytest.raises(InvalidInputError, match="has no version 7"):
        await leaseflow("diff", "payments", "0", "7")
