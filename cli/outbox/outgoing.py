"""Commands on what goes out to partner systems."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from temporalio.client import WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy

from activities.store.forwarding import comparison, outbox, partners
from cli.house import first_cause, reading, web_link, who
from cli.outbox.views import (
    Key,
    Keys,
    Limit,
    OfPartner,
    OutgoingState,
    Partner,
    Skip,
    checked,
    of_partner,
    outgoing,
    read_body,
    redrive_letters,
    send_command,
    show_one,
    show_outgoing,
)
from cli.output import As, DryRun, Json, Reason, Yes, done, note, print_json, print_table
from models.calendar import business_date
from models.errors import RefusedByRuleError
from models.forwarding.messages import ConsistencyOrder, ConsistencyOutcome, PauseFlow, Redrive
from models.forwarding.workflow_ids import check_workflow, outbox_workflow
from workers.settings import load_settings
from workers.temporal import connect
from workflows.queues import Queue

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Messages to and from partner systems, in order."
)

State = Annotated[OutgoingState | None, typer.Option(help="Only in this state.")]


@app.command("list")
def list_messages(
    partner: OfPartner = None, state: State = None, limit: Limit = 100, as_json: Json = False
) -> None:
    """Messages for partner systems, in the order in which they were put.

    Example: leaseflow outbox list --partner finance --state waiting
    """
    with reading() as session:
        of_partner(session, partner)
        rows = outbox.list_messages(session, partner=partner, states=[state] if state else (), limit=limit)
    show_outgoing(rows, as_json=as_json, empty="the outbox is empty")


@app.command()
def dead(partner: OfPartner = None, limit: Limit = 100, as_json: Json = False) -> None:
    """Dead letters of the outbox: what partners refused too often.

    Example: leaseflow outbox dead
    """
    with reading() as session:
        of_partner(session, partner)
        rows = outbox.list_messages(session, partner=partner, states=(outbox.DEAD,), limit=limit)
    show_outgoing(rows, as_json=as_json, empty="there are no dead letters")


@app.command()
def show(partner: Partner, key: Key, as_json: Json = False) -> None:
    """One message with its body.

    Example: leaseflow outbox show finance 2026-11/000123
    """
    with reading() as session:
        show_one(outgoing(outbox.find(session, partner, key), whole=True), as_json=as_json)


@app.command()
def put(
    partner: Partner,
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="One of the partner's outgoing topics.")],
    key: Key,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON object; - reads standard input.")],
    ordering_key: Annotated[str, typer.Option(help="What must stay in order among itself.")] = "",
    dry_run: DryRun = False,
    actor: As = None,
) -> None:
    """Put a message by hand.

    Example: leaseflow outbox put finance notes N-1 note.json --as ops
    """
    person = who(actor)
    body = read_body(file)
    with reading() as session:
        new = outbox.put(session, partner=partner, topic=topic, key=key, body=body, ordering_key=ordering_key)
        if dry_run:
            session.rollback()
            done(f"outbox/{partner}/{key} would be {'put' if new else 'known already'} (nothing was changed)")
            return
        partners.note_event(
            session, partner, f"put {key}", by=person.username, reason="", at=datetime.now(UTC)
        )
    done(f"outbox/{partner}/{key} {'put' if new else 'was put before'}")


@app.command()
def pause(partner: Partner, reason: Reason, actor: As = None) -> None:
    """Deliver nothing more to a partner until somebody resumes.

    Example: leaseflow outbox pause finance --reason "month end" --as ops
    """
    _say(partner, "pause", PauseFlow(who(actor), reason))


@app.command()
def resume(
    partner: Partner,
    reason: Annotated[str, typer.Option(help="Why; kept in the history.")] = "",
    actor: As = None,
) -> None:
    """Go on delivering.

    Example: leaseflow outbox resume finance --as ops
    """
    _say(partner, "resume", PauseFlow(who(actor), reason))


@app.command()
def redrive(
    partner: Partner,
    reason: Reason,
    keys: Keys = None,
    skip: Skip = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    actor: As = None,
) -> None:
    """Deliver dead letters again, in their old place.

    Example: leaseflow outbox redrive finance 2026-11/000123 --reason "account opened" --as song.lin
    """
    person = who(actor)
    with reading() as session:
        partners.profile_of(session, partner)
        rows = outbox.list_messages(session, partner=partner, states=(outbox.DEAD,), limit=100_000)
    meant = [row.key for row in rows if not keys or row.key in keys]
    redrive_letters(
        outbox_workflow(partner),
        meant,
        Redrive(person, tuple(keys or ()), skip, reason),
        dry_run=dry_run,
        yes=yes,
    )


@app.command()
def check(
    partner: Annotated[str, typer.Argument(metavar="[PARTNER]", help="Every partner without.")] = "",
    day: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Today if not given.")] = None,
    as_json: Json = False,
) -> None:
    """Compare a day's messages with the partner's books; what is missing there is delivered again.

    Example: leaseflow outbox check finance --day 2026-11-20
    """
    wanted = day.date() if day else business_date(datetime.now(UTC))
    with reading() as session:
        of_partner(session, partner or None)
    outcome = asyncio.run(_compare(ConsistencyOrder(partner, wanted)))
    with reading() as session:
        rows = [row for each in outcome.days for row in comparison.newest(session, each.partner, wanted)]
    if as_json:
        print_json({"sentence": outcome.sentence, "checks": [checked(row) for row in rows]})
        return
    print_table(
        ("partner", "day", "topic", "ours", "theirs", "redriven", "differences"),
        [
            (
                row.partner,
                row.day,
                row.topic,
                row.our_count,
                row.their_count,
                row.redriven,
                "\n".join(f"{each['key']} {each['kind']}" for each in row.differences[:20]),
            )
            for row in rows
        ],
        right=["ours", "theirs", "redriven"],
        empty="nothing was exchanged on that day",
    )
    done(outcome.sentence)


def _say(partner: str, update: str, command: PauseFlow) -> None:
    with reading() as session:
        partners.profile_of(session, partner)
    done(f"outbox/{send_command(outbox_workflow(partner), update, command, str)}")


async def _compare(order: ConsistencyOrder) -> ConsistencyOutcome:
    settings = load_settings()
    client = await connect(settings)
    day = order.day or business_date(datetime.now(UTC))
    workflow_id = check_workflow(order.partner or "all", day)
    handle = await client.start_workflow(
        "ConsistencyCheck",
        order,
        id=workflow_id,
        task_queue=Queue.ENGINE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        result_type=ConsistencyOutcome,
        static_summary=f"compare {day} with {order.partner or 'every partner'}",
    )
    note(web_link(settings, client, workflow_id))
    try:
        outcome: ConsistencyOutcome = await handle.result()
    except WorkflowFailureError as error:
        raise RefusedByRuleError(first_cause(error)) from error
    return outcome
