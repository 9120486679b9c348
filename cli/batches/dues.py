"""What is to be collected."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from activities.adapters.tabular.dues import read_dues
from activities.store.payments import debits
from cli.house import reading, who
from cli.output import As, DryRun, Json, done, print_json, print_table
from models.money import Money
from models.people import Role


def import_dues(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or XLSX; see the guide for its columns.")],
    bank: Annotated[str, typer.Option(help="Bank that collects.")] = "river",
    product: Annotated[str, typer.Option(help="As in params show payments.")] = "rent",
    dry_run: DryRun = False,
    actor: As = None,
) -> None:
    """Enter what is to be collected. A due that is known already stays as it is.

    Example: leaseflow batches import dues.csv --bank river --as luo.dan
    """
    person = who(actor)
    person.require(Role.CASHIER, Role.TREASURER, to="enter dues")
    dues = read_dues(path, bank=bank, product=product)
    total = Money(sum(due.amount.minor for due in dues))
    if dry_run:
        done(f"{len(dues)} dues of {total} are in order (nothing was entered)")
        return
    with reading() as session:
        entered = debits.enter_dues(session, dues, at=datetime.now(UTC))
    done(f"{entered} dues entered, {len(dues) - entered} known already; {total} in the file")


def dues(
    state: Annotated[str | None, typer.Option(help="open, in-batch, collected, routed.")] = "open",
    limit: Annotated[int, typer.Option(min=1)] = 100,
    as_json: Json = False,
) -> None:
    """What is to be collected; with --state routed, what a person must look at.

    Example: leaseflow batches dues --state routed
    """
    with reading() as session:
        rows = debits.dues(session, state=state, limit=limit)
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    print_table(
        ("due", "debtor", "amount", "due date", "next try", "tries", "state", "why"),
        [
            (
                row.due_id,
                row.debtor_name,
                Money(row.amount_minor, row.currency),
                row.due_date,
                row.next_try,
                row.tries,
                row.state,
                row.sentence,
            )
            for row in rows
        ],
        right=["amount", "tries"],
        empty="nothing",
    )
