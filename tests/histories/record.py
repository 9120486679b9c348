"""Keep the history of a workflow that ran, so that later versions must replay it.

Example: python -m tests.histories.record 127.0.0.1:7233 bills-scan-2026-10-31 OverdueBillScan--site [RUN_ID]
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from temporalio.client import Client

HERE = Path(__file__).parent
OF_NO_MEANING = {
    "identity",
    "stackTrace",
    "sdkMetadata",
    "workerVersion",
    "binaryChecksum",
    "deploymentVersion",
}
"""Says where and by whom it was run; replaying does not look at it."""


def plain(value: Any) -> Any:
    """The history without what is particular to the machine that ran it."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items() if name not in OF_NO_MEANING}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


async def record(address: str, workflow_id: str, name: str, run_id: str | None = None) -> Path:
    client = await Client.connect(address)
    history = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
    target = HERE / f"{name}.json"
    target.write_text(json.dumps(plain(json.loads(history.to_json())), ensure_ascii=False, indent=1) + "\n")
    return target


if __name__ == "__main__":
    sys.stdout.write(f"{asyncio.run(record(*sys.argv[1:5]))}\n")
