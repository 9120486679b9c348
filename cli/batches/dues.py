"""What is to be collected."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from activities.adapters.tabular.dues import read_dues
from activities.payments.checking import Rules
from activities.store.payments import debits
from cli.house import reading, who
from cli.output import As, DryRun, Json, changed, done, print_json, print_table
from models.errors import InvalidInputError
from models.money import Money
from models.payments.banking import Direction
from models.people import Role


class DueState(StrEnum):
    """Where a due stands."""

    OPEN = "open"
    IN_BATCH = "in-batch"
    COLLECTED = "collected"
    ROUTED = "routed"
    WITHDRAWN = "withdrawn"


def import_dues(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or XLSX; see the guide for its columns.")],
    bank: Annotated[str, typer.Option(help="Bank that collects.")] = "river",
    product: Annotated[str, typer.Option(help="As in params show payments.")] = "rent",
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Enter what is to be collected. A due that is known already stays as it is.

    Example: leaseflow batches import dues.csv --bank river --as luo.dan
    """
    person = who(actor)
    person.require(Role.CASHIER, Role.TREASURER, to="enter dues")
    check_collected(bank, product)
    dues = read_dues(path, bank=bank, product=product)
    total = Money(sum(due.amount.minor for due in dues))
    if dry_run:
        done(f"{len(dues)} dues of {total} are in order (nothing was entered)")
        return
    with reading() as session:
        entered = debits.enter_dues(session, dues, at=datetime.now(UTC))
    known = len(dues) - entered
    changed(
        f"{entered} dues entered, {known} known already; {total} in the file",
        {"entered": entered, "known": known, "total": total},
        as_json=as_json,
    )


def check_collected(bank: str, product: str) -> None:
    """Nothing is gathered for a bank that has no profile, or for a product that goes out.

    Raises:
        UnknownBankError: the bank has no profile.
        InvalidInputError: the product is not one that is collected.
    """
    with reading() as session:
        rules = Rules.in_force(session, bank, datetime.now(UTC))
    products = rules.parameters.products.items()
    collected = [name for name, each in products if each.direction is Direction.COLLECTION]
    if product not in collected:
        raise InvalidInputError(
            f"product {product!r} is not collected", remedy=f"Use one of {', '.join(collected)}"
        )


def dues(
    state: Annotated[DueState | None, typer.Option(help="Only in this state.")] = DueState.OPEN,
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
