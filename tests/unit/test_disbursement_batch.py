"""A batch of approvals tells what became of each, also when one does not answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from temporalio.service import RPCError, RPCStatusCode

from cli.disbursements import batch
from models.errors import RefusedByRuleError, TimedOutError
from models.lease.disbursement.messages import ApproveDisbursement
from models.people import SYSTEM

ANSWERS = {
    "D1": TimedOutError("no worker answered"),
    "D2": RPCError("connection lost", RPCStatusCode.UNAVAILABLE, b""),
    "D3": RefusedByRuleError("somebody else has locked it"),
}


async def _connected(_: object) -> None: ...


async def _answer(_: object, disbursement_id: str, *__: Any) -> None:
    raise ANSWERS[disbursement_id]


def test_one_that_does_not_answer_is_unknown_and_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "connect", _connected)
    monkeypatch.setattr(batch, "update_one", _answer)
    results = asyncio.run(batch.approve_all(list(ANSWERS), ApproveDisbursement(SYSTEM, "")))
    assert [(each.disbursement_id, each.state) for each in results] == [
        ("D1", "unknown"),
        ("D2", "unknown"),
        ("D3", "refused"),
    ]
