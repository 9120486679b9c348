"""Start scans, bring files, answer captchas."""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.service import RPCError

from activities.store import documents
from activities.store.bill_monitoring import scans
from activities.store.tables.bills import UploadRow
from cli.bills.progress import follow
from cli.bills.views import show_findings_of
from cli.house import reading, send_update, web_link, who
from cli.output import As, ExitCode, Json, done, note, print_json
from models.bill_monitoring.messages import (
    ChallengeAnswer,
    ScanOrder,
    ScanOutcome,
    ScanState,
    ScanStatus,
)
from models.bill_monitoring.workflow_ids import scan_workflow, upload_workflow
from models.calendar import business_date
from models.errors import InvalidInputError, RefusedByRuleError
from models.people import SYSTEM
from workers.settings import Settings, load_settings
from workers.temporal import connect
from workflows.queues import Queue

Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Follow the scan to its end.")]
_READABLE = {".pdf", ".zip", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"}


def scan(
    list_date: Annotated[
        datetime | None,
        typer.Option("--list-date", formats=["%Y-%m-%d"], help="A past list; the newest one otherwise."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Match and assess a scanned list again, from kept evidence.")
    ] = False,
    wait: Wait = True,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Scan the exchange's overdue list: crawl, read, match, compare, report, warn.

    Example: leaseflow bills scan --list-date 2026-09-30
    """
    wanted = list_date.date() if list_date else None
    ordered_by = who(actor) if actor else SYSTEM
    order = ScanOrder(list_date=wanted, force=force, ordered_by=ordered_by)
    key = wanted or business_date(datetime.now(UTC))
    asyncio.run(_run(order, scan_workflow(key), wait=wait, as_json=as_json))


def upload(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE_OR_DIR...", help="Lists as PDF, image or ZIP.")
    ],
    list_date: Annotated[
        datetime,
        typer.Option("--list-date", formats=["%Y-%m-%d"], help="The date the lists are drawn up for."),
    ],
    complete: Annotated[
        bool, typer.Option("--complete", help="The files are the whole list: who is not on it has cleared.")
    ] = False,
    wait: Wait = True,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Bring list files in place of the exchange's site, and scan them.

    Example: leaseflow bills upload lists/*.pdf --list-date 2026-10-31 --as risk.desk
    """
    person = who(actor)
    row = _keep_upload(_files(paths), list_date.date(), person.username)
    order = ScanOrder(
        list_date=list_date.date(),
        source="upload",
        upload_id=row.upload_id,
        partial=not complete,
        ordered_by=person,
    )
    note(f"upload/{row.upload_id} kept, {len(row.files)} files")
    asyncio.run(_run(order, upload_workflow(row.upload_id), wait=wait, as_json=as_json))


def challenge(
    workflow_id: Annotated[str, typer.Argument(help="The scan that waits, as shown in the web UI.")],
    answer: Annotated[
        str | None, typer.Option("--answer", help="What the picture says, or the code.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the picture here.")] = None,
    actor: As = None,
) -> None:
    """See the captcha or code that the exchange asks for, and answer it.

    Example: leaseflow bills challenge bills-scan-2026-11-22 --answer 7KQ4 --as ops
    """
    asyncio.run(_challenge(workflow_id, answer, out, actor))


async def start(client: Client, order: ScanOrder, workflow_id: str) -> WorkflowHandle[object, ScanOutcome]:
    """Start a scan, or join the one that is running under this id."""
    return await client.start_workflow(
        "OverdueBillScan",
        order,
        id=workflow_id,
        task_queue=Queue.ENGINE,
        result_type=ScanOutcome,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        static_summary=f"overdue-bill scan, {order.list_date or 'newest list'}",
    )


async def scan_failure(error: WorkflowFailureError) -> RefusedByRuleError:
    """Why a scan failed, in one sentence."""
    fact: BaseException | None = error.cause
    if isinstance(fact, ActivityError):
        fact = fact.cause
    return RefusedByRuleError(fact.message if isinstance(fact, ApplicationError) else str(fact))


async def _run(order: ScanOrder, workflow_id: str, *, wait: bool, as_json: bool) -> None:
    settings = load_settings()
    client = await connect(settings)
    handle = await start(client, order, workflow_id)
    link = web_link(settings, client, workflow_id)
    if not wait:
        _started(workflow_id, link, as_json=as_json)
        return
    note(f"{workflow_id} started: {link}")
    try:
        outcome = await follow(handle)
    except WorkflowFailureError as error:
        raise await scan_failure(error) from error
    _finished(settings, outcome, as_json=as_json)


def _started(workflow_id: str, link: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"workflow_id": workflow_id, "web": link})
    else:
        done(f"{workflow_id} started\n{link}")


def _finished(settings: Settings, outcome: ScanOutcome, *, as_json: bool) -> None:
    if as_json:
        print_json(outcome)
    elif outcome.state is ScanState.NOTHING_NEW:
        done(f"scan/{outcome.scan_id} nothing new: every published list of that date is scanned already")
    else:
        show_findings_of(settings, outcome)


def _files(paths: list[Path]) -> list[Path]:
    """The readable files named, directories opened.

    Raises:
        InvalidInputError: a path does not exist, or no readable file is left.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise InvalidInputError(f"{path} does not exist", remedy="Check the path")
        members = sorted(path.iterdir()) if path.is_dir() else [path]
        found.extend(m for m in members if m.suffix.lower() in _READABLE)
    if not found:
        raise InvalidInputError(
            "no readable file among those named", remedy=f"Bring one of {', '.join(sorted(_READABLE))}"
        )
    return found


def _keep_upload(files: list[Path], list_date: date, by: str) -> UploadRow:
    contents = [(file.name, file.read_bytes()) for file in files]
    digest = hashlib.sha256()
    for _name, content in contents:
        digest.update(hashlib.sha256(content).digest())
    # the same files for the same date are the same upload, however often they are brought
    upload_id = f"{list_date:%Y%m%d}-{digest.hexdigest()[:8]}"
    with reading() as session:
        row = UploadRow(
            upload_id=upload_id,
            list_date=list_date,
            files=[
                {
                    "filename": name,
                    "sha256": documents.keep(
                        session,
                        content,
                        media_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
                    ),
                }
                for name, content in contents
            ],
            uploaded_by=by,
            uploaded_at=datetime.now(UTC),
        )
        scans.enter_upload(session, row)
    return row


async def _challenge(workflow_id: str, answer: str | None, out: Path | None, actor: str | None) -> None:
    client = await connect(load_settings())
    handle = client.get_workflow_handle(workflow_id)
    try:
        status = await handle.query("status", result_type=ScanStatus)
    except RPCError as error:
        raise RefusedByRuleError(
            f"{workflow_id} does not answer ({error.message})", remedy="See leaseflow bills scans"
        ) from error
    asked = status.challenge
    if asked is None:
        note(f"{workflow_id} asks nothing of a person")
        raise typer.Exit(ExitCode.REFUSED)
    if answer is None:
        target = out or Path(f"{workflow_id}-{asked.kind}.png")
        with reading() as session:
            target.write_bytes(documents.fetch(session, asked.picture_sha256).content)
        done(f"{asked.kind.replace('_', ' ')}: look at {target}, then answer with --answer TEXT --as NAME")
        return
    command = ChallengeAnswer(who(actor), answer, asked.challenge_id)
    done(await send_update(client, workflow_id, "answer_challenge", command, answer=str))
