"""Look at findings and acknowledge warnings."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import datetime
from typing import Annotated

import typer

from activities.store.bill_monitoring import findings as finding_store
from cli.bills.views import finding_json, findings_table, named_findings
from cli.house import reading, send_update, who
from cli.output import As, Json, Yes, confirm, done, note, print_json
from models.bill_monitoring.messages import Acknowledged, Acknowledgement
from models.bill_monitoring.rules import Change
from models.errors import InvalidInputError, RefusedByRuleError
from models.people import Actor
from workers.settings import load_settings
from workers.temporal import connect

ListDate = Annotated[datetime | None, typer.Option("--list-date", formats=["%Y-%m-%d"])]


def findings(
    list_date: ListDate = None,
    officer: Annotated[str | None, typer.Option(help="Whose customers.")] = None,
    customer: Annotated[str | None, typer.Option(help="One customer's id.")] = None,
    change: Annotated[Change | None, typer.Option(help="What became of it.")] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Not yet acknowledged.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 200,
    as_json: Json = False,
) -> None:
    """Customers found on overdue lists, gravest first.

    Example: leaseflow bills findings --officer li.wei --open
    """
    with reading() as session:
        rows = finding_store.find_findings(
            session,
            list_date=list_date.date() if list_date else None,
            officer=officer,
            customer_id=customer,
            change=change,
            unacknowledged=open_only,
            limit=limit,
        )
        named = named_findings(session, rows)
    if as_json:
        print_json([finding_json(row, name) for row, name in named])
        return
    findings_table(named, empty="no findings")
    if len(named) == limit:
        note(f"only the first {limit} are shown; see --limit")


def ack(
    finding: Annotated[list[str] | None, typer.Argument(help="Finding ids; none with --all.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are open.")] = False,
    officer: Annotated[str | None, typer.Option(help="Whose, with --all; your own otherwise.")] = None,
    note_text: Annotated[str, typer.Option("--note", help="What you did about it.")] = "",
    actor: As = None,
    yes: Yes = False,
) -> None:
    """Acknowledge warnings, so that they do not go to your manager.

    Example: leaseflow bills ack 20261031-C000123-1a2b3c --note "called the lessee" --as li.wei
    """
    person = who(actor)
    wanted = _open_findings(officer or person.username, finding or [], everything=everything)
    if everything:
        confirm(f"Acknowledge {len(wanted)} findings?", yes=yes)
    asyncio.run(_acknowledge(person, wanted, note_text))


def _open_findings(officer: str, named: list[str], *, everything: bool) -> dict[str, str]:
    """Finding ids, each with the workflow of its warning."""
    if bool(named) == everything:
        raise InvalidInputError("name findings, or say --all", remedy="See leaseflow bills findings --open")
    with reading() as session:
        if everything:
            rows = finding_store.find_findings(session, officer=officer, unacknowledged=True)
            if not rows:
                raise RefusedByRuleError(f"{officer} has no open findings")
        else:
            rows = finding_store.findings_by_id(session, named)
            missing = sorted(set(named) - {row.finding_id for row in rows})
            if missing:
                raise RefusedByRuleError(
                    f"finding {missing[0]!r} is not known", remedy="See leaseflow bills findings"
                )
        return {row.finding_id: finding_store.warning_of(session, row) for row in rows}


async def _acknowledge(person: Actor, wanted: dict[str, str], text: str) -> None:
    client = await connect(load_settings())
    by_warning: dict[str, list[str]] = defaultdict(list)
    for finding_id, workflow_id in wanted.items():
        by_warning[workflow_id].append(finding_id)
    for workflow_id, findings_ in by_warning.items():
        command = Acknowledgement(person, tuple(findings_), text)
        answer = await send_update(client, workflow_id, "acknowledge", command, answer=Acknowledged)
        for finding_id in answer.finding_ids:
            done(f"finding/{finding_id} acknowledged by {person.username}")
        if answer.still_open:
            note(f"{answer.still_open} findings are still open in {workflow_id}")
