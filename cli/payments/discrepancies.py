"""What banks said that does not fit what is known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from activities.store.payments import discrepancies
from cli.house import reading, who
from cli.output import As, Json, done, print_json, print_table
from models.calendar import SHANGHAI
from models.people import Role

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="What banks said that does not fit what is known."
)


@app.command("list")
def list_discrepancies(
    everything: Annotated[bool, typer.Option("--all", help="Settled ones, too.")] = False,
    limit: Annotated[int, typer.Option(min=1)] = 200,
    as_json: Json = False,
) -> None:
    """Open discrepancies, oldest first.

    Example: leaseflow payments discrepancies list
    """
    with reading() as session:
        rows = discrepancies.listed(session, unsettled=not everything, limit=limit)
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    print_table(
        ("no", "bank", "reference", "kind", "what", "since", "settled by"),
        [
            (
                row.discrepancy_id,
                row.bank,
                row.reference,
                row.kind,
                row.sentence,
                f"{row.opened_at.astimezone(SHANGHAI):%m-%d %H:%M}",
                row.settled_by,
            )
            for row in rows
        ],
        empty="no discrepancies",
    )


@app.command()
def settle(
    number: Annotated[int, typer.Argument(metavar="NO", help="As shown by list.")],
    reason: Annotated[str, typer.Option(help="What was found out, and done about it.")],
    actor: As = None,
) -> None:
    """Note that a discrepancy was looked into. Money is moved by payments or manual vouchers only.

    Example: leaseflow payments discrepancies settle 3 --reason "they reversed it" --as he.ting
    """
    person = who(actor)
    person.require(Role.TREASURER, Role.ACCOUNTANT, to="settle discrepancies")
    with reading() as session:
        discrepancies.settle(session, number, by=person.username, note=reason, at=datetime.now(UTC))
    done(f"discrepancy/{number} settled")
