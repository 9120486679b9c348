"""See batches, their debits and files."""

from __future__ import annotations

from typing import Annotated

import typer

from activities.store.payments import debits, files
from cli.house import reading
from cli.output import Json, done, print_json, print_table
from models.money import Money
from models.payments.messages import ItemState

BatchId = Annotated[str, typer.Argument(metavar="BATCH", help="Your own id for it.")]


def list_batches(limit: Annotated[int, typer.Option(min=1)] = 50, as_json: Json = False) -> None:
    """Batches, newest first.

    Example: leaseflow batches list
    """
    with reading() as session:
        rows = debits.batches(session, limit=limit)
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    print_table(
        ("batch", "bank", "product", "day", "debits", "total", "state", "why"),
        [
            (
                row.batch_id,
                row.bank,
                row.product,
                row.collection_date,
                row.items,
                Money(row.total_minor, row.currency),
                row.state,
                row.sentence,
            )
            for row in rows
        ],
        right=["debits", "total"],
        empty="no batches",
    )


def show(batch_id: BatchId, as_json: Json = False) -> None:
    """One batch: counted by state, with its files.

    Example: leaseflow batches show D20261122
    """
    with reading() as session:
        row = debits.find_batch(session, batch_id)
        counted = debits.tallies(session, batch_id, row.currency)
        sent = files.of_batch(session, batch_id)
    if as_json:
        tallies = [{"state": t.state, "items": t.items, "total": str(t.total)} for t in counted]
        print_json(row.model_dump() | {"tallies": tallies, "files": [each.model_dump() for each in sent]})
        return
    done(f"batch/{batch_id} {row.state}: {row.sentence}")
    print_table(
        ("state", "debits", "total"),
        [
            *((t.state, t.items, t.total) for t in counted),
            ("in all", row.items, Money(row.total_minor, row.currency)),
        ],
        right=["debits", "total"],
        empty="",
    )
    print_table(
        ("file", "format", "debits", "state"),
        [(each.name, each.kind, each.items, each.state) for each in sent],
        right=["debits"],
        empty="no files yet",
    )


def items(
    batch_id: BatchId,
    state: Annotated[ItemState | None, typer.Option(help="Only in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1)] = 100,
    as_json: Json = False,
) -> None:
    """Debits of a batch, as they stand now.

    Example: leaseflow batches items D20261122 --state rejected
    """
    with reading() as session:
        debits.find_batch(session, batch_id)
        rows = debits.items(session, batch_id, state=state, limit=limit)
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    print_table(
        ("reference", "due", "debtor", "amount", "state", "code", "reason", "voucher"),
        [
            (
                row.reference,
                row.due_id,
                row.debtor_name,
                Money(row.amount_minor, row.currency),
                row.state,
                row.code,
                row.reason,
                row.return_voucher or row.voucher,
            )
            for row in rows
        ],
        right=["amount"],
        empty="no debits",
    )
