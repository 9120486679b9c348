"""`leaseflow lease life` and `settle`: how a running lease stands on a day, and what leaving it costs."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.output import Json, print_json, print_table
from models.errors import InvalidInputError

if TYPE_CHECKING:
    from models.lease.servicing.changes import WhatChanged
    from models.lease.servicing.settlement import SettlementQuote
    from models.lease.servicing.state import InstalmentState, LifeState
    from models.lease.servicing.story import Story

app = typer.Typer(add_completion=False, no_args_is_help=True)

_File = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="A story of a lease in JSON; - reads standard input.")
]
_Schema = Annotated[bool, typer.Option("--schema", help="Print the JSON schema of FILE and stop.")]


@app.command()
def life(
    file: _File = None,
    *,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of", formats=["%Y-%m-%d"], help="The day to look at; else FILE's as_of or last event."
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without", metavar="ID", help="Show what changes when this event is reversed; repeatable."
        ),
    ] = None,
    schema: _Schema = False,
    as_json: Json = False,
) -> None:
    """Replay a lease: what is due, paid and open, what paid what, and the schedule as it now stands.

    Example: leaseflow lease life story.json --as-of 2026-03-10 --without P2
    """
    if schema:
        _print_schema()
        return
    from models.lease.servicing.replay import replay
    from models.lease.servicing.story import life_of

    story = _read(file)
    day = as_of.date() if as_of is not None else story.day()
    if without:
        _print_change(_change(story, without, day), as_json=as_json)
        return
    _print_state(replay(life_of(story), story.events, day), as_json=as_json)


@app.command()
def settle(
    file: _File = None,
    *,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="The day; else FILE's as_of or last event."),
    ] = None,
    schema: _Schema = False,
    as_json: Json = False,
) -> None:
    """Quote an early settlement, part by part, after everything that happened by that day.

    Example: leaseflow lease settle story.json --on 2026-03-10
    """
    if schema:
        _print_schema()
        return
    from models.lease.servicing.replay import quote
    from models.lease.servicing.story import life_of

    story = _read(file)
    told = quote(life_of(story), story.events, on.date() if on is not None else story.day())
    if as_json:
        print_json(told)
        return
    _print_quote(told)


def _read(file: Path | None) -> Story:
    from models.lease.servicing.story import read_story

    if file is None:
        raise InvalidInputError("FILE is not given", remedy="Name a JSON file, or - for standard input")
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"FILE {file} cannot be read: {error}", remedy="Check its name") from error
    try:
        given = json.loads(text, parse_float=str)
    except json.JSONDecodeError as error:
        raise InvalidInputError(f"FILE {file} is not JSON: {error}", remedy="See --schema") from error
    return read_story(given)


def _print_schema() -> None:
    from models.lease.servicing.story import Story

    print_json(Story.model_json_schema())


def _change(story: Story, without: list[str], day: date) -> WhatChanged:
    from models.lease.servicing.changes import what_changed
    from models.lease.servicing.events import Reversal
    from models.lease.servicing.story import life_of

    reversals = [Reversal(id=f"reversal of {each}", on=day, of=each) for each in without]
    return what_changed(life_of(story), story.events, [*story.events, *reversals], day)


def _print_state(state: LifeState, *, as_json: bool) -> None:
    if as_json:
        print_json(state)
        return
    _print_summary(state)
    _print_schedule(state)
    _print_allocations(state)


def _print_summary(state: LifeState) -> None:
    told: list[tuple[str, Any]] = [
        ("as of", state.as_of),
        ("status", state.status),
        ("outstanding principal", state.outstanding_principal),
        ("overdue", f"{state.overdue_total} ({state.days_past_due} days)"),
        ("accrued interest", state.accrued_interest),
        ("penalty open", state.penalty_open),
        ("credit", state.credit),
        ("received", state.received),
        ("next due", f"{state.next_due} {state.next_amount}" if state.next_due else "nothing"),
    ]
    for name, value in told:
        typer.echo(f"{name:22} {value}")
    typer.echo("")


def _print_schedule(state: LifeState) -> None:
    amounts = ("costs", "penalty", "interest", "principal", "open", "balance")
    print_table(
        ("no", "due", *amounts, "status"),
        [_schedule_row(row) for row in state.instalments],
        right=("no", *amounts),
        empty="no instalments",
    )


def _schedule_row(row: InstalmentState) -> tuple[object, ...]:
    return (
        row.number,
        row.due,
        row.costs.asked if row.costs.asked.minor else None,
        row.penalty.asked if row.penalty.asked.minor else None,
        row.interest.asked,
        row.principal.asked,
        row.total_open,
        row.balance,
        row.status,
    )


def _print_allocations(state: LifeState) -> None:
    typer.echo("")
    print_table(
        ("event", "on", "no", "due", "component", "amount"),
        [
            (each.event, each.on, each.instalment, each.due, each.component, each.amount)
            for each in state.allocations
        ],
        right=("no", "amount"),
        empty="nothing has been paid",
    )


def _print_change(change: WhatChanged, *, as_json: bool) -> None:
    if as_json:
        print_json(change)
        return
    print_table(
        ("event", "no", "due", "component", "change"),
        [(each.event, each.instalment, each.due, each.component, each.amount) for each in change.allocations],
        right=("no", "change"),
        empty="no allocation changes",
    )
    typer.echo(f"received {change.received}, credit {change.credit}, penalty asked {change.penalty_asked}")


def _print_quote(told: SettlementQuote) -> None:
    typer.echo(f"settlement on {told.on}: {told.total} (rebate of interest {told.rebate})\n")
    print_table(
        ("part", "amount", "how"),
        [(part.name, part.amount, part.formula) for part in told.parts],
        right=("amount",),
        empty="nothing is owed",
    )
