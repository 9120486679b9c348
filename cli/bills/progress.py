"""Live progress of a scan: a line that renews itself on a terminal, a line a step elsewhere."""

from __future__ import annotations

import asyncio
import sys

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from temporalio.client import WorkflowHandle, WorkflowQueryFailedError
from temporalio.service import RPCError

from models.bill_monitoring.messages import ScanOutcome, ScanState, ScanStatus

_LOOK_SECONDS = 0.5


async def follow(handle: WorkflowHandle[object, ScanOutcome]) -> ScanOutcome:
    """Show a scan's progress until it ends, and give its outcome."""
    ended = asyncio.ensure_future(handle.result())
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(24), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        said = ""
        while not ended.done():
            await asyncio.wait([ended], timeout=_LOOK_SECONDS)
            status = await _status(handle)
            if status is None or ended.done():
                continue
            progress = status.progress
            total = progress.documents + progress.files - progress.files_fetched
            bar.update(
                task, description=sentence(status), total=total or None, completed=progress.documents_read
            )
            if not sys.stderr.isatty() and sentence(status) != said:
                said = sentence(status)
                console.print(said, highlight=False, soft_wrap=True)
    return ended.result()


def sentence(status: ScanStatus) -> str:
    """What a scan is doing, in one line."""
    progress = status.progress
    if status.waiting_for:
        return f"waiting for {status.waiting_for}"
    if status.state is ScanState.CRAWLING:
        return (
            f"crawling: {progress.files_fetched}/{progress.files} files, {progress.pages} table pages, "
            f"{progress.documents_read}/{progress.documents} documents read"
        )
    if status.state is ScanState.READING:
        return f"reading: {progress.documents_read}/{progress.documents} documents, {progress.rows} rows"
    if status.state is ScanState.MATCHING:
        return f"matching {progress.rows} rows, fetching the amounts of those that concern customers"
    return str(status.state)


async def _status(handle: WorkflowHandle[object, ScanOutcome]) -> ScanStatus | None:
    try:
        status: ScanStatus = await handle.query("status", result_type=ScanStatus)
    except (RPCError, WorkflowQueryFailedError):
        return None  # no worker is free to answer just now; the next look will tell
    return status
