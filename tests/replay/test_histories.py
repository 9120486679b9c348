"""Histories recorded from running workflows still replay: a change of a command sequence must be patched."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from workers.registry import WORKFLOWS, workflow_runner

HISTORIES = sorted((Path(__file__).parents[1] / "histories").glob("*.json"))


def test_every_workflow_has_a_recorded_history() -> None:
    recorded = {path.stem.partition("--")[0] for path in HISTORIES}
    assert recorded == {workflow.__name__ for workflow in WORKFLOWS}


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
def test_history_replays(path: Path) -> None:
    asyncio.run(_replay(path.stem, path.read_text()))


async def _replay(name: str, history: str) -> None:
    replayer = Replayer(
        workflows=list(WORKFLOWS),
        data_converter=pydantic_data_converter,
        workflow_runner=workflow_runner(),
    )
    await replayer.replay_workflow(WorkflowHistory.from_json(name, history))


@pytest.mark.parametrize("seed", ["1"])
def test_histories_replay_under_another_hash_seed(seed: str) -> None:
    """Iterating a set of texts would give another order, and fail here."""
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST_XDIST")}
    outcome = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"{__file__}::test_history_replays"],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout
