"""Card terminals: register, open, close and reconcile, block."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.payments.receipts.terminals import block as block_terminal
from activities.store.payments import terminals
from cli.house import reading, send_update, web_link, who
from cli.output import As, Json, Reason, changed, done, note, print_json, print_table
from models.calendar import SHANGHAI, business_date
from models.errors import InvalidInputError, RefusedByRuleError
from models.money import Money
from models.payments.messages import CloseTerminalDay, DecideDifference, Reconciled, TerminalDayOrder
from models.payments.receipts.acquirer_file import read_items
from models.payments.receipts.errors import TerminalStateError
from models.payments.receipts.terminals import LEADS_TO, CardTotal, Decision, TerminalState
from models.payments.receipts.workflow_ids import terminal_day_workflow
from models.people import Role
from workers.settings import load_settings
from workers.temporal import connect
from workflows.queues import Queue

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Card terminals: register, open, close, block."
)

Terminal = Annotated[str, typer.Argument(metavar="TERMINAL", help="As shown by terminals list.")]
Day = Annotated[
    datetime | None, typer.Option("--day", formats=["%Y-%m-%d"], help="The one it is open for otherwise.")
]


@app.command("list")
def list_terminals(
    branch: Annotated[str | None, typer.Option(help="Of this branch.")] = None,
    state: Annotated[TerminalState | None, typer.Option(help="In this state.")] = None,
    as_json: Json = False,
) -> None:
    """Terminals and where they stand.

    Example: leaseflow receipts terminals list --state open
    """
    with reading() as session:
        rows = terminals.listed(session, branch=branch, state=state)
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    print_table(
        ("terminal", "merchant", "branch", "state", "day", "why"),
        [(row.terminal, row.merchant_no, row.branch, row.state, row.day, row.sentence) for row in rows],
        empty="no terminals",
    )


@app.command()
def show(terminal: Terminal, day: Day = None, as_json: Json = False) -> None:
    """One terminal with its history, and the differences of a day.

    Example: leaseflow receipts terminals show T-0001
    """
    with reading() as session:
        row = terminals.find(session, terminal)
        wanted = day.date() if day else row.day
        found = terminals.differences(session, terminal, wanted) if wanted else ()
        history = terminals.events(session, terminal)
    if as_json:
        past = [{"at": e.at, "state": e.state, "by": e.by, "sentence": e.sentence} for e in history]
        print_json(row.model_dump() | {"differences": list(found), "history": past})
        return
    done(f"terminal/{terminal} {row.state}: {row.sentence}")
    for event in history:
        done(f"{event.at.astimezone(SHANGHAI):%m-%d %H:%M}  {event.state} by {event.by}: {event.sentence}")
    print_table(
        ("number", "kind", "difference", "decision"),
        [(each.number, each.kind, each.sentence, each.decision or "open") for each in found],
        empty="no differences",
    )


@app.command()
def register(
    terminal: Terminal,
    merchant: Annotated[str, typer.Option(help="Merchant number at the acquirer.")],
    branch: Annotated[str, typer.Option(help="Where it stands.")] = "HQ",
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Make a terminal known.

    Example: leaseflow receipts terminals register T-0001 --merchant 898310059994321 --as he.ting
    """
    person = who(actor)
    person.require(Role.TREASURER, Role.OPERATOR, to="register terminals")
    at = datetime.now(UTC)
    with reading() as session:
        row = terminals.register(
            session, terminal, merchant_no=merchant, branch=branch, by=person.username, at=at
        )
    changed(f"terminal/{terminal} {row.state}", {"terminal": terminal, "state": row.state}, as_json=as_json)


@app.command("open")
def open_(terminal: Terminal, day: Day = None, actor: As = None, as_json: Json = False) -> None:
    """Open a terminal for a day, today unless told otherwise.

    Example: leaseflow receipts terminals open T-0001 --as luo.dan
    """
    person = who(actor)
    person.require(Role.CASHIER, Role.TREASURER, to="open terminals")
    wanted = day.date() if day else business_date(datetime.now(UTC))
    with reading() as session:
        row = terminals.find(session, terminal)
    if TerminalState.OPEN not in LEADS_TO[TerminalState(row.state)]:
        raise TerminalStateError(terminal, row.state, TerminalState.OPEN)
    asyncio.run(_open(TerminalDayOrder(terminal, wanted, person), as_json=as_json))


@app.command()
def close(
    terminal: Terminal,
    file: Annotated[
        Path | None, typer.Option("--file", help="The acquirer's list: trace_no, amount, card_type, fee.")
    ] = None,
    totals: Annotated[
        list[str] | None,
        typer.Option("--total", metavar="[TYPE=]COUNT:YUAN", help="As the terminal prints them."),
    ] = None,
    day: Day = None,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Close a terminal's day and reconcile it; again with --file where totals differed.

    Example: leaseflow receipts terminals close T-0001 --total 12:34500.00 --as luo.dan
    """
    person = who(actor)
    if (file is None) == (not totals):
        raise InvalidInputError("nothing to compare with", remedy="Give either --file or --total")
    items = None
    if file is not None:
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                items = read_items(lines)
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInputError(
                f"{file} cannot be read ({error.strerror if isinstance(error, OSError) else 'not UTF-8'})",
                remedy="Check the path, and save it as CSV (UTF-8)",
            ) from error
    command = CloseTerminalDay(person, tuple(_total(text) for text in totals or ()), items)
    asyncio.run(_say(terminal, _day_of(terminal, day), "close", command, as_json=as_json))


@app.command()
def decide(
    terminal: Terminal,
    number: Annotated[int, typer.Argument(metavar="DIFFERENCE", help="As shown by terminals show.")],
    decision: Annotated[Decision, typer.Argument(help="What becomes of it.")],
    reason: Reason,
    day: Day = None,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Decide on a difference: our slip stands, our slip is cancelled, or nothing of ours changes.

    Example: leaseflow receipts terminals decide T-0001 1 cancel --reason "payment failed" --as he.ting
    """
    command = DecideDifference(who(actor), number, decision, reason)
    asyncio.run(_say(terminal, _day_of(terminal, day), "decide", command, as_json=as_json))


@app.command()
def block(terminal: Terminal, reason: Reason, actor: As = None, as_json: Json = False) -> None:
    """Block a terminal: it takes no receipts.

    Example: leaseflow receipts terminals block T-0001 --reason "seal is broken" --as he.ting
    """
    _block(terminal, reason, actor, blocked=True, as_json=as_json)


@app.command()
def unblock(terminal: Terminal, reason: Reason, actor: As = None, as_json: Json = False) -> None:
    """Unblock a terminal; it is closed until it is opened again.

    Example: leaseflow receipts terminals unblock T-0001 --reason "seal renewed" --as he.ting
    """
    _block(terminal, reason, actor, blocked=False, as_json=as_json)


def _block(terminal: str, reason: str, actor: str | None, *, blocked: bool, as_json: bool) -> None:
    person = who(actor)
    person.require(Role.TREASURER, Role.OPERATOR, to="block terminals")
    at = datetime.now(UTC)
    with reading() as session:
        state = block_terminal(session, terminal, blocked=blocked, reason=reason, by=person.username, at=at)
    changed(f"terminal/{terminal} {state}", {"terminal": terminal, "state": state}, as_json=as_json)


def _total(text: str) -> CardTotal:
    card_type, _, rest = text.rpartition("=")
    count, colon, amount = rest.partition(":")
    if not colon or not count.isdecimal():
        raise InvalidInputError(
            f"--total {text!r} is no total", remedy="Write 12:34500.00 or debit=12:34500.00"
        )
    return CardTotal(int(count), Money.of(amount), card_type)


def _day_of(terminal: str, day: datetime | None) -> date:
    if day is not None:
        return day.date()
    with reading() as session:
        known = terminals.find(session, terminal).day
    if known is None:
        raise RefusedByRuleError(
            f"terminal {terminal} was never open", remedy=f"leaseflow receipts terminals open {terminal}"
        )
    return known


async def _open(order: TerminalDayOrder, *, as_json: bool) -> None:
    settings = load_settings()
    client = await connect(settings)
    workflow_id = terminal_day_workflow(order.terminal, order.day)
    try:
        await client.start_workflow(
            "TerminalDay",
            order,
            id=workflow_id,
            task_queue=Queue.ENGINE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            static_summary=f"terminal {order.terminal} on {order.day}",
        )
    except WorkflowAlreadyStartedError as error:
        raise RefusedByRuleError(f"terminal {order.terminal} had its day {order.day} already") from error
    link = web_link(settings, client, workflow_id)
    facts = {"terminal": order.terminal, "state": TerminalState.OPEN, "day": order.day, "web": link}
    changed(f"terminal/{order.terminal} open for {order.day}\n{link}", facts, as_json=as_json)


async def _say(terminal: str, day: date, update: str, command: object, *, as_json: bool) -> None:
    client: Client = await connect(load_settings())
    workflow_id = terminal_day_workflow(terminal, day)
    answer = await send_update(client, workflow_id, update, command, answer=Reconciled)
    still_open = [each for each in answer.differences if each.decision is None]
    if as_json:
        print_json({"matched": len(answer.matched), "differences": list(answer.differences)})
        return
    counts = f"{len(answer.matched)} receipts confirmed, {len(still_open)} differences open"
    done(f"terminal/{terminal} {day}: {counts}")
    for each in still_open:
        note(f"{each.number} {each.kind}: {each.sentence}")
