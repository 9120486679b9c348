"""Commands on what partner systems sent."""

from __future__ import annotations

from typing import Annotated

import typer

from activities.store.forwarding import inbox, partners
from cli.house import reading, who
from cli.outbox.views import (
    IncomingState,
    Key,
    Keys,
    Limit,
    OfPartner,
    Partner,
    Skip,
    clock,
    incoming,
    of_partner,
    redrive_letters,
    show_one,
)
from cli.output import As, DryRun, Json, Reason, Yes, print_json, print_table
from models.forwarding.messages import Redrive
from models.forwarding.workflow_ids import inbox_workflow

inbox_app = typer.Typer(add_completion=False, no_args_is_help=True, help="What partner systems sent.")


@inbox_app.command("list")
def listincoming(
    partner: OfPartner = None,
    state: Annotated[IncomingState | None, typer.Option(help="Only in this state.")] = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """Messages that partners sent, in the order in which they came.

    Example: leaseflow outbox inbox list --state dead
    """
    with reading() as session:
        of_partner(session, partner)
        rows = inbox.list_messages(session, partner=partner, states=[state] if state else (), limit=limit)
    if as_json:
        print_json([incoming(row) for row in rows])
        return
    print_table(
        ("message", "partner", "topic", "state", "outcome", "received"),
        [
            (
                row.message_id,
                row.partner,
                row.topic,
                row.state,
                row.last_error or row.outcome,
                clock(row.received_at),
            )
            for row in rows
        ],
        empty="the inbox is empty",
    )


@inbox_app.command("show")
def showincoming(partner: Partner, message: Key, as_json: Json = False) -> None:
    """One message that a partner sent, with its body.

    Example: leaseflow outbox inbox show finance taken/2026-11/000123
    """
    with reading() as session:
        show_one(incoming(inbox.find(session, partner, message), whole=True), as_json=as_json)


@inbox_app.command()
def conflicts(partner: OfPartner = None, as_json: Json = False) -> None:
    """Message ids that came twice with different bodies; the first one stands.

    Example: leaseflow outbox inbox conflicts
    """
    with reading() as session:
        of_partner(session, partner)
        rows = inbox.discrepancies(session, partner=partner)
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    print_table(
        ("message", "partner", "kept", "came", "when"),
        [
            (row.message_id, row.partner, row.kept_sha256[:12], row.sha256[:12], clock(row.came_at))
            for row in rows
        ],
        empty="no id came with two bodies",
    )


@inbox_app.command("redrive")
def redriveincoming(
    partner: Partner,
    reason: Reason,
    keys: Keys = None,
    skip: Skip = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    actor: As = None,
) -> None:
    """Handle dead letters again, in their old place.

    Example: leaseflow outbox inbox redrive finance --reason "handler mended" --yes --as ops
    """
    person = who(actor)
    with reading() as session:
        partners.profile_of(session, partner)
        rows = inbox.list_messages(session, partner=partner, states=(inbox.DEAD,), limit=100_000)
    meant = [row.message_id for row in rows if not keys or row.message_id in keys]
    redrive_letters(
        inbox_workflow(partner),
        meant,
        Redrive(person, tuple(keys or ()), skip, reason),
        dry_run=dry_run,
        yes=yes,
    )
