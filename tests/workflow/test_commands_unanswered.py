"""A command that no worker answers: said as such, not as a fault of ours."""

from __future__ import annotations

import asyncio
import os
import sysconfig
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.store.database import Database
from cli import house
from cli.approvals import deciding_many
from cli.disbursements import batch as disbursing
from cli.output import ExitCode
from cli.receipts import taking
from models.approval.commands import Approve
from models.approval.workflow_ids import approval_workflow
from models.errors import TimedOutError
from models.lease.disbursement.messages import ApproveDisbursement
from models.lease.workflow_ids import disbursement_workflow
from models.money import Money
from models.payments.messages import PaymentState, ReceiptOrder, ReceiptPart
from models.payments.receipts.workflow_ids import receipt_workflow
from models.people import Actor, Role

pytestmark = pytest.mark.stack


async def test_a_command_without_a_worker_times_out_in_words(
    temporal: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "_UPDATE_PATIENCE", timedelta(seconds=0.5))
    workflow_id = f"payment-{uuid.uuid4().hex}"
    handle = await temporal.client.start_workflow("Payment", id=workflow_id, task_queue="nobody")
    with pytest.raises(TimedOutError, match="no worker answered"):
        await house.send_update(temporal.client, workflow_id, "release", "x", answer=PaymentState)
    await handle.terminate()


async def test_a_receipt_that_no_worker_takes_times_out_in_words(
    temporal: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "_UPDATE_PATIENCE", timedelta(seconds=0.5))
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.client.service_client.config.target_host)
    monkeypatch.setattr(taking, "Queue", SimpleNamespace(ENGINE="nobody"))
    order = ReceiptOrder(
        receipt_id=f"R-{uuid.uuid4().hex[:8].upper()}",
        channel="cash",
        amount=Money.of("1.00"),
        parts=(ReceiptPart(Money.of("1.00")),),
        taken_by=Actor("luo.dan", (Role.CASHIER,)),
    )
    with pytest.raises(TimedOutError, match="no worker answered for receipt-R-"):
        await taking._take(order, as_json=True)  # noqa: SLF001 - the command without a house behind it
    await temporal.client.get_workflow_handle(receipt_workflow(order.receipt_id)).terminate()


async def test_a_server_that_cannot_answer_in_mid_command_is_told_in_one_line(
    temporal: WorkflowEnvironment, tmp_path: Path
) -> None:
    """This server knows no schedules, and says so once it is connected."""
    address = temporal.client.service_client.config.target_host
    command = await asyncio.create_subprocess_exec(
        *(Path(sysconfig.get_path("scripts")) / "leaseflow", "schedules", "list"),
        env=os.environ | {"TEMPORAL_ADDRESS": address, "LEASEFLOW_HOME": str(tmp_path)},
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await command.communicate()
    assert command.returncode == ExitCode.UNREACHABLE
    assert told.decode().startswith("error: Temporal did not answer (unimplemented: ")
    assert told.count(b"\n") == 1


@pytest.fixture
def patience(temporal: WorkflowEnvironment, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second of it, for commands that find this server and these books."""
    monkeypatch.setattr(house, "_UPDATE_PATIENCE", timedelta(seconds=0.5))
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.client.service_client.config.target_host)
    monkeypatch.setenv("LEASEFLOW_DATABASE_URL", database.url)


@pytest.mark.usefixtures("patience")
async def test_one_of_many_disbursements_that_does_not_answer_is_unknown_and_hides_no_other(
    temporal: WorkflowEnvironment,
) -> None:
    command = ApproveDisbursement(Actor("jiang.nan", (Role.DISBURSER,)))
    async with _unserved(temporal, "Disbursement", disbursement_workflow("SH-D1")):
        results = await disbursing.approve_all(["SH-D1", "SH-D2"], command)
    assert [(each.disbursement_id, each.state) for each in results] == [
        ("SH-D1", "unknown"),
        ("SH-D2", "refused"),
    ]
    assert "no worker answered" in results[0].sentence


@pytest.mark.usefixtures("patience")
async def test_one_of_many_approvals_that_does_not_answer_is_unknown_and_hides_no_other(
    temporal: WorkflowEnvironment,
) -> None:
    command = Approve(Actor("li.wei", (Role.OFFICER,)), "")
    async with _unserved(temporal, "Approval", approval_workflow("A1")):
        results = await deciding_many.approve_each(["A1", "A2"], command)
    assert [(each.approval_id, each.result) for each in results] == [("A1", "unknown"), ("A2", "refused")]
    assert "no worker answered" in results[0].sentence


@asynccontextmanager
async def _unserved(temporal: WorkflowEnvironment, kind: str, workflow_id: str) -> AsyncIterator[None]:
    """A workflow that no worker takes up."""
    handle = await temporal.client.start_workflow(kind, id=workflow_id, task_queue="nobody")
    yield
    await handle.terminate()
