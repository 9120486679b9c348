"""`leaseflow demo`: the whole of it on a played exchange, from nothing to a report."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from temporalio.client import WorkflowFailureError

from activities.store import documents
from activities.store.bill_monitoring import scans
from cli.bills.progress import follow
from cli.bills.scan import scan_failure, start
from cli.bills.views import show_findings_of
from cli.house import reading, web_link
from cli.output import done, note
from cli.stack import down, start_detached
from models.bill_monitoring.messages import ScanOrder, ScanOutcome
from models.bill_monitoring.workflow_ids import scan_workflow
from models.calendar import business_date
from workers.settings import Settings, load_settings
from workers.stack.state import read_state
from workers.temporal import connect

app = typer.Typer(add_completion=False)

_SEED = 20_251_231


@dataclass(frozen=True, slots=True)
class Size:
    """How much of an outside world is played."""

    acceptors: int
    customers: int

    @property
    def exchange_options(self) -> tuple[str, ...]:
        return (f"--seed={_SEED}", f"--acceptors={self.acceptors}")


FULL = Size(acceptors=4_200, customers=100_000)
SMALL = Size(acceptors=300, customers=10_000)


@app.command()
def demo(
    small: Annotated[
        bool, typer.Option("--small", help="300 acceptors and 10,000 customers: a minute.")
    ] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Stop the stack in the end.")] = False,
) -> None:
    """Start the stack, play an exchange, scan its newest list; run again to see only what changed.

    Example: leaseflow demo --small
    """
    size = SMALL if small else FULL
    home = _home(load_settings().home.absolute(), small=small)
    os.environ["LEASEFLOW_HOME"] = str(home)
    began = time.monotonic()
    started_here = read_state(home) is None
    try:
        if started_here:
            note(f"starting the stack in {home}")
            start_detached(home, [f"--exchange-option={option}" for option in size.exchange_options])
        settings = load_settings()
        first = not (home / "demo.json").exists()
        _prepare(settings, home, size, first=first)
        outcome = asyncio.run(_scan(settings))
    except BaseException:
        if started_here:
            down()
        raise
    (home / "demo.json").write_text(json.dumps({"acceptors": size.acceptors}))
    _tell(settings, home, outcome, seconds=time.monotonic() - began)
    if stop:
        down()
    else:
        _say_how_to_go_on(home, small=small)


def _home(home: Path, *, small: bool) -> Path:
    """The small world has a home of its own: its lists are not those of the full one."""
    return home / "small" if small else home


def _prepare(settings: Settings, home: Path, size: Size, *, first: bool) -> None:
    """Customers before the first run; a newer list before any other."""
    if not first:
        note("the exchange publishes its next list")
        _ask_exchange(settings, "publish", {"next": True})
        return
    file = home / "customers.csv"
    note(f"writing a customer file of {size.customers:,} customers")
    _run(
        "sandbox.exchange",
        "customers",
        *size.exchange_options,
        f"--customers={size.customers}",
        f"--out={file}",
    )
    _run("cli.app", "customers", "import", str(file), "--as", "risk.desk")
    politeness = ("crawl.delay_seconds=0", "--reason=the exchange is played on this machine")
    _run("cli.app", "params", "set", *politeness, "--as", "risk.desk")


async def _scan(settings: Settings) -> ScanOutcome:
    client = await connect(settings)
    workflow_id = scan_workflow(business_date(datetime.now(UTC)))
    handle = await start(client, ScanOrder(), workflow_id)
    note(f"scanning; watch it at {web_link(settings, client, workflow_id)}")
    try:
        return await follow(handle)
    except WorkflowFailureError as error:
        raise await scan_failure(error) from error


def _tell(settings: Settings, home: Path, outcome: ScanOutcome, *, seconds: float) -> None:
    show_findings_of(settings, outcome)
    folder = home / "reports"
    folder.mkdir(exist_ok=True)
    with reading(settings) as session:
        kept = [row for row in scans.reports(session) if row.scan_id == outcome.scan_id]
        for row in kept:
            for form, sha256 in (
                ("html", row.html_sha256),
                ("pdf", row.pdf_sha256),
                ("xlsx", row.xlsx_sha256),
            ):
                if sha256 is not None:
                    path = folder / f"overdue-bills-{row.list_date}.{form}"
                    path.write_bytes(documents.fetch(session, sha256).content)
                    done(f"report           {path}")
    mailbox = settings.webhook_url.partition("/hooks")[0] if settings.webhook_url else ""
    done(f"web UI           {settings.temporal_ui_url}/namespaces/default/workflows")
    done(f"exchange site    {settings.exchange_url}")
    done(f"mails sent       {mailbox}/messages")
    done(f"took             {seconds:.0f} s in all")


def _say_how_to_go_on(home: Path, *, small: bool) -> None:
    there = f"export LEASEFLOW_HOME={home}; " if small else ""
    done(
        f"\nThe stack goes on running. Look around:  {there}./run status; ./run bills findings; "
        "./run bills review list"
    )
    done(f"Run the demo again to see only what changed.  Stop it:  {there}./run down")


def _ask_exchange(settings: Settings, what: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own loopback address
        f"{settings.exchange_url}/admin/{what}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        answer.read()


def _run(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], check=True, stdout=sys.stderr)
