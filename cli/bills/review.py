"""Settle what the engine would not decide by itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from activities.store import documents
from activities.store.bill_monitoring import lists, reviews
from activities.store.bill_monitoring.readings import money
from activities.store.tables.bills import MatchRow, RecordRow, ReviewItemRow
from cli.house import reading, send_update, who
from cli.output import As, Json, done, note, print_json, print_table
from models.bill_monitoring.messages import ReviewDecision, ReviewResolution, ReviewResolved
from models.bill_monitoring.workflow_ids import review_workflow
from models.people import Actor
from workers.settings import load_settings
from workers.temporal import connect

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Settle doubtful records: confirm, correct or reject."
)

Item = Annotated[str, typer.Argument(metavar="ITEM", help="As shown by review list.")]
Items = Annotated[list[str], typer.Argument(metavar="ITEM...", help="As shown by review list.")]
Note = Annotated[str, typer.Option("--note", help="Why.")]


@app.command("list")
def list_items(
    scan: Annotated[str | None, typer.Option(help="Of one scan only.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Settled ones, too.")] = False,
    limit: Annotated[int, typer.Option(min=1)] = 100,
    as_json: Json = False,
) -> None:
    """Doubtful records, oldest first.

    Example: leaseflow bills review list
    """
    with reading() as session:
        rows = reviews.items(session, scan_id=scan, unsettled=not everything, limit=limit)
    if as_json:
        print_json([_json(*row) for row in rows])
        return
    print_table(
        ("item", "kind", "name as read", "code as read", "proposed", "question"),
        [
            (item.item_id, item.kind, record.name, record.uscc, item.proposed_customer_id, item.question)
            for item, record, _match in rows
        ],
        empty="nothing waits for review",
    )


@app.command()
def show(
    item: Item,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the page or file it was read from here.")
    ] = None,
    as_json: Json = False,
) -> None:
    """One item with its candidates, and the evidence that it was read from.

    Example: leaseflow bills review show 20261031-1a2b3c4d --out page.png
    """
    with reading() as session:
        row = reviews.item_for_settling(session, item)
        part = lists.kept_parts(session, row[1].list_id)[row[1].part]
        if out is not None:
            out.write_bytes(documents.fetch(session, part.sha256).content)
            note(f"{part.filename} written to {out}")
    body = _json(*row) | {"evidence": {"filename": part.filename, "sha256": part.sha256}}
    if as_json:
        print_json(body)
        return
    for name, value in body.items():
        if name != "candidates":
            done(f"{name:<22} {value if value is not None else '-'}")
    print_table(
        ("candidate", "name", "score", "reason"),
        [(c["customer_id"], c["name"], c["score"], c["reason"]) for c in row[2].candidates],
        right=["score"],
        empty="no customer comes near",
    )


@app.command()
def confirm(items: Items, text: Note = "", actor: As = None) -> None:
    """What was read, and the proposed customer, are right.

    Example: leaseflow bills review confirm 20261031-1a2b3c4d --as risk.desk
    """
    person = who(actor)
    _settle([ReviewResolution(person, item, ReviewDecision.CONFIRM, note=text) for item in items])


@app.command()
def reject(items: Items, text: Note = "", actor: As = None) -> None:
    """The record concerns none of our customers.

    Example: leaseflow bills review reject 20261031-1a2b3c4d --note "another firm" --as risk.desk
    """
    person = who(actor)
    _settle([ReviewResolution(person, item, ReviewDecision.REJECT, note=text) for item in items])


@app.command()
def correct(
    item: Item,
    customer: Annotated[str | None, typer.Option(help="The customer it concerns.")] = None,
    name: Annotated[str | None, typer.Option(help="The name as printed.")] = None,
    uscc: Annotated[str | None, typer.Option(help="The code as printed.")] = None,
    overdue_balance: Annotated[str | None, typer.Option(metavar="YUAN")] = None,
    cumulative_overdue: Annotated[str | None, typer.Option(metavar="YUAN")] = None,
    text: Note = "",
    actor: As = None,
) -> None:
    """Say what is really printed, or which customer is meant.

    Example: leaseflow bills review correct 20261031-1a2b3c4d --overdue-balance 1200000.00 --as risk.desk
    """
    person: Actor = who(actor)
    resolution = ReviewResolution(
        person,
        item,
        ReviewDecision.CORRECT,
        customer_id=customer,
        name=name,
        uscc=uscc,
        overdue_balance=overdue_balance,
        cumulative_overdue=cumulative_overdue,
        note=text,
    )
    _settle([resolution])


def _settle(resolutions: list[ReviewResolution]) -> None:
    with reading() as session:
        scans = {r.item_id: reviews.item_for_settling(session, r.item_id)[0].scan_id for r in resolutions}
    asyncio.run(_send(resolutions, scans))


async def _send(resolutions: list[ReviewResolution], scans: dict[str, str]) -> None:
    client = await connect(load_settings())
    for resolution in resolutions:
        workflow_id = review_workflow(scans[resolution.item_id])
        answer = await send_update(client, workflow_id, "resolve", resolution, answer=ReviewResolved)
        done(f"review/{answer.item_id} {answer.sentence}")


def _json(item: ReviewItemRow, record: RecordRow, match: MatchRow) -> dict[str, Any]:
    overdue, cumulative = money(record.overdue_balance_minor), money(record.cumulative_overdue_minor)
    return {
        "item_id": item.item_id,
        "scan_id": item.scan_id,
        "kind": item.kind,
        "question": item.question,
        "record_id": record.record_id,
        "name": record.name,
        "uscc": record.uscc,
        "overdue_balance": str(overdue) if overdue is not None else None,
        "cumulative_overdue": str(cumulative) if cumulative is not None else None,
        "list_date": record.list_date,
        "origin": record.origin,
        "proposed_customer_id": item.proposed_customer_id,
        "candidates": match.candidates,
        "opened_at": item.opened_at,
        "decision": item.decision,
        "settled_by": item.settled_by,
        "settled_at": item.settled_at,
    }
