"""A command that no worker answers: said as such, not as a fault of ours."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from cli import house
from models.errors import TimedOutError
from models.payments.messages import PaymentState

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
