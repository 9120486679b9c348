"""A whole cycle, from the scan's order to its completion, on an embedded stack of its own."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from temporalio.client import Client

from activities.store import documents
from activities.store.bill_monitoring import findings, lists
from activities.store.bill_monitoring.readings import read_record
from activities.store.database import Database
from activities.store.tables.bills import ListPartRow, RecordRow
from benchmarks.bills_history import Turn, turns
from benchmarks.bills_truth import Verdict, judge
from benchmarks.bills_watch import StackWatch
from benchmarks.bills_world import PlayedWorld
from benchmarks.stack import leaseflow, running_stack
from cli.bills.scan import start
from models.bill_monitoring.matching.results import Decision
from models.bill_monitoring.messages import DocumentPart, ScanOrder, ScanOutcome, ScanState
from models.bill_monitoring.reading import ReadRecord
from workers.settings import Settings, load_settings
from workers.setup import open_database
from workers.stack.state import read_state
from workers.temporal import connect


@dataclass(frozen=True, slots=True)
class Reading:
    """One document that the cycle read, and the rows of it that were read to the end afterwards."""

    filename: str
    content: bytes
    completed: tuple[ReadRecord, ...]
    """The first row of the document among them, as the desk asks for it."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a cycle had to do whatever engine does it: the site's answers fetched, the documents read."""

    requests: tuple[str, ...]
    """Paths with their queries, in order."""
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Cycle:
    """A cycle as it was measured."""

    seconds: float
    load: float
    """The machine's load average when the scan was ordered."""
    turns: list[Turn]
    watch: StackWatch
    verdict: Verdict
    work: Work


def run_cycle(world: PlayedWorld, *, drawn: Path, ocr_processes: int) -> Cycle:
    """Measure one cycle, and leave nothing behind.

    Args:
        world: what is scanned.
        drawn: folder with the world's files, drawn beforehand.
        ocr_processes: how many read side by side.

    Raises:
        RuntimeError: the scan did not complete.
    """
    world.draw(drawn)
    with tempfile.TemporaryDirectory(prefix="leaseflow-cycle-") as folder:
        home = Path(folder)
        truth = world.write_customers(home / "customers.csv")
        options = [f"--exchange-option={option}" for option in (*world.options, f"--data={drawn}")]
        with running_stack(home, *options, LEASEFLOW_OCR_PROCESSES=str(ocr_processes)):
            leaseflow(home, "customers", "import", str(home / "customers.csv"), "--as", "risk.desk")
            leaseflow(
                home, "params", "set", "crawl.delay_seconds=0", "--reason=benchmark", "--as", "risk.desk"
            )
            return asyncio.run(_measure(home, truth["records"]))


async def _measure(home: Path, truth: list[dict[str, Any]]) -> Cycle:
    settings = load_settings(home=home)
    client = await connect(settings)
    load = os.getloadavg()[0]
    with StackWatch(read_state(home) or {}) as watch:
        began = time.perf_counter()
        handle = await start(client, ScanOrder(), "bills-scan-benchmark")
        outcome = await handle.result()
        seconds = time.perf_counter() - began
    if outcome.state is not ScanState.COMPLETED:
        raise RuntimeError(f"the scan ended as {outcome.state}")
    found = await _history(client)
    database = open_database(settings, pool_size=1)
    try:
        with database.transaction() as session:
            verdict = judge(session, truth, outcome.scan_id, outcome.list_ids)
        work = Work(_requests(settings), _readings(database, outcome))
    finally:
        database.close()
    return Cycle(seconds, load, found, watch, verdict, work)


async def _history(client: Client) -> list[Turn]:
    history = await client.get_workflow_handle("bills-scan-benchmark").fetch_history()
    return turns(history.events)


def _requests(settings: Settings) -> tuple[str, ...]:
    """What the cycle asked of the site behind its door, by the site's own books."""
    url = f"{settings.exchange_url}/admin/log?account={settings.exchange_username}"
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - our own loopback address
        entries = json.load(answer)["entries"]
    return tuple(
        entry["path"] + (f"?{entry['query']}" if entry["query"] else "")
        for entry in entries
        if entry["method"] == "GET" and entry["client"] == "program"
    )


def _readings(database: Database, outcome: ScanOutcome) -> tuple[Reading, ...]:
    found = []
    with database.transaction() as session:
        concerned: dict[tuple[str, str], list[ReadRecord]] = {}
        pairs = findings.decided_records(session, outcome.list_ids, [Decision.MATCH, Decision.REVIEW])
        for record, match in pairs:
            if record.locator is not None and match.decision != Decision.NONE:
                rows = concerned.setdefault((record.list_id, record.part), [])
                rows.append(_unread(record))
        for list_id in outcome.list_ids:
            for part, row in sorted(lists.kept_parts(session, list_id).items()):
                if _was_read(row):
                    content = documents.fetch(session, row.sha256).content
                    wanted = concerned.get((list_id, part), [])
                    document = DocumentPart(list_id, part, row.sha256, row.filename)
                    guide = lists.first_record(session, document) if wanted else None
                    if guide is not None and (first := _unread(guide)) not in wanted:
                        wanted.append(first)
                    found.append(Reading(row.filename, content, tuple(wanted)))
    return tuple(found)


def _unread(record: RecordRow) -> ReadRecord:
    """A record as it was after the first reading."""
    return replace(read_record(record), overdue_balance=None, cumulative_overdue=None)


def _was_read(row: ListPartRow) -> bool:
    return row.kind in ("file", "picture")
