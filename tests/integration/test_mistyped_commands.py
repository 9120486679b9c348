"""What is mistyped is named: no listing is empty, and no command waits, because a word was wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast

import pytest
from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ApplicationError
from typer import Typer
from typer.testing import CliRunner, Result

from activities.ledger.chart import open_chart
from activities.store import people
from activities.store.database import Database
from cli import (
    banks,
    batches,
    contracts,
    disbursements,
    lease,
    ledger,
    outbox,
    output,
    params,
    payments,
    receipts,
)
from cli.batches import run as batch_run
from models.errors import InvalidInputError, LeaseflowError, RefusedByRuleError
from models.money import Money
from models.payments.messages import BatchCount, BatchOutcome, BatchState, BatchStatus, ItemState, Tally
from workers.directory import DEMO_STAFF

Leaseflow = Callable[..., Result]


@pytest.fixture
def leaseflow(fresh_database: Database, monkeypatch: pytest.MonkeyPatch) -> Leaseflow:
    monkeypatch.setenv("LEASEFLOW_DATABASE_URL", fresh_database.url)
    with fresh_database.transaction() as session:
        people.enter_staff(session, DEMO_STAFF)
        open_chart(session, opened_by="song.lin")

    def run(room: Typer, *arguments: str) -> Result:
        result = CliRunner().invoke(room, arguments)
        if isinstance(result.exception, LeaseflowError):
            raise result.exception
        return result

    return run


@pytest.mark.stack
@pytest.mark.parametrize(
    ("room", "arguments"),
    [
        (payments.app, ("list", "--state", "nonsense")),
        (batches.app, ("dues", "--state", "nonsense")),
        (batches.app, ("items", "B1", "--state", "nonsense")),
        (outbox.app, ("list", "--state", "nonsense")),
        (outbox.app, ("inbox", "list", "--state", "nonsense")),
    ],
)
def test_an_unknown_state_is_answered_with_the_known_ones(
    leaseflow: Leaseflow, room: Typer, arguments: tuple[str, ...]
) -> None:
    result = leaseflow(room, *arguments)
    assert result.exit_code == output.ExitCode.USAGE
    assert "is not one of" in result.stderr


@pytest.mark.stack
@pytest.mark.parametrize(
    ("room", "arguments", "named"),
    [
        (payments.app, ("list", "--bank", "nobank"), "bank 'nobank' is not known"),
        (payments.app, ("show", "P-1"), "payment 'P-1' does not exist"),
        (banks.app, ("files", "nobank"), "bank 'nobank' is not known"),
        (contracts.app, ("list", "--branch", "Shangai"), "Use one of Shanghai"),
        (disbursements.app, ("list", "--branch", "shanghai"), "branch 'shanghai' is not known"),
        (lease.app, ("documents", "queue", "--branch", "Shangai"), "branch 'Shangai' is not known"),
        (banks.app, ("show", "nobank"), "bank 'nobank' has no profile"),
        (receipts.app, ("list", "--channel", "barter"), "'barter' is not known. Use one of alipay, cash"),
        (outbox.app, ("dead", "--partner", "nobody"), "partner 'nobody' is not known"),
        (outbox.app, ("show", "nobody", "1"), "nobody has no message '1'"),
        (outbox.app, ("check", "nobody"), "partner 'nobody' is not known"),
        (outbox.app, ("pause", "nobody", "--reason", "x", "--as", "ops"), "'nobody' is not configured"),
        (ledger.app, ("balance", "9999"), "no account 9999"),
        (ledger.app, ("statement", "9999"), "account 9999 of branch HQ"),
        (ledger.app, ("statement", "4001", "--from", "2026-11-30", "--to", "2026-11-01"), "has no day"),
        (params.app, ("proposals", "--set", "nope"), "parameter set 'nope' does not exist"),
        (batches.app, ("items", "B1"), "batch 'B1' does not exist"),
        (batches.app, ("build", "B1", "--bank", "nobank", "--as", "luo.dan"), "bank 'nobank' has no profile"),
    ],
)
def test_what_does_not_exist_is_wrong_usage_in_every_room(
    leaseflow: Leaseflow, room: Typer, arguments: tuple[str, ...], named: str
) -> None:
    with pytest.raises(InvalidInputError, match=named) as refusal:
        leaseflow(room, *arguments)
    assert output.tell_error(refusal.value) == output.ExitCode.USAGE


def test_a_reason_of_blanks_is_none() -> None:
    with pytest.raises(InvalidInputError, match="--reason is empty"):
        CliRunner().invoke(
            payments.app, ("cancel", "P-1", "--reason", " ", "--as", "luo.dan"), catch_exceptions=False
        )


@pytest.mark.stack
def test_a_parameter_of_another_set_is_told_where_to_go(leaseflow: Leaseflow) -> None:
    words = ("set", "payments.release_above=5", "--reason", "x", "--as", "risk.desk")
    with pytest.raises(InvalidInputError, match="leaseflow params propose payments release_above=VALUE"):
        leaseflow(params.app, *words)


def test_a_batch_that_could_not_be_gathered_ends_the_wait() -> None:
    class Failed:
        async def query(self, *_: object, **__: object) -> BatchStatus:
            return BatchStatus(BatchState.WAITING_FOR_APPROVAL, "", BatchCount(()))

        async def result(self) -> BatchOutcome:
            raise WorkflowFailureError(cause=ApplicationError("bank 'nobank' has no profile in force"))

    handle = cast("WorkflowHandle[Any, BatchOutcome]", Failed())
    with pytest.raises(RefusedByRuleError, match="Build it again"):
        asyncio.run(asyncio.wait_for(batch_run._built(handle), 30))  # noqa: SLF001 - needs no server so


def test_a_column_that_says_nothing_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("id", "code", "why"), [("1", "", None), ("2", None, "late")], empty="nothing")
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["id", "why"],
        ["1"],
        ["2", "late"],
    ]


def test_amounts_in_json_are_decimal_texts(capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally(ItemState.SETTLED, 1, Money.of("3200.00"))
    output.print_json(BatchOutcome("B1", BatchState.CLOSED, (tally,)))
    assert json.loads(capsys.readouterr().out)["tallies"][0]["total"] == "3200.00"
