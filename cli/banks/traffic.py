"""What went to banks, what came from them, and what does not fit."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from activities.store import parameters
from activities.store.payments import discrepancies as discrepancy_store
from activities.store.payments import files as file_store
from activities.store.payments import notices as notice_store
from cli.house import one_of, reading, who
from cli.output import As, Json, done, not_blank, note, print_json, print_table
from models.calendar import SHANGHAI
from models.errors import InvalidInputError
from models.people import Role

app = typer.Typer(add_completion=False)

Bank = Annotated[str | None, typer.Argument(metavar="CODE", help="Of one bank only.")]
Limit = Annotated[int, typer.Option(min=1)]
Everything = Annotated[bool, typer.Option("--all", help="Settled ones, too.")]


@app.command()
def files(bank: Bank = None, limit: Limit = 100, as_json: Json = False) -> None:
    """Files that went to banks and came from them, newest first.

    Example: leaseflow banks files river
    """
    with reading() as session:
        one_of("bank", bank, parameters.bank_codes(session))
        rows = file_store.listed(session, bank=bank, limit=limit)
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    print_table(
        ("file", "bank", "way", "name", "kind", "state", "items", "remark", "made"),
        [
            (
                row.file_id,
                row.bank,
                row.way,
                row.name,
                row.kind,
                row.state,
                row.items,
                row.sentence,
                _local(row.made_at),
            )
            for row in rows
        ],
        right=["items"],
        empty="no file yet",
    )


@app.command()
def file(
    file_id: Annotated[str, typer.Argument(metavar="ID", help="As shown by banks files.")],
    out: Annotated[Path, typer.Option("--out", help="Where to write it; an existing file stays.")],
) -> None:
    """Write a file to disk as it was sent, or as it came.

    Example: leaseflow banks file river-1a2b3c4d --out statement.xml
    """
    with reading() as session:
        row = file_store.find(session, file_id)
        content = file_store.content(session, row)
    try:
        with out.open("xb") as target:
            target.write(content)
    except OSError as error:
        raise InvalidInputError(
            f"{out} cannot be written ({error.strerror})", remedy="Give another path"
        ) from error
    done(f"{row.name} of {row.bank}, {len(content)} bytes, written to {out}")


@app.command()
def notices(
    bank: Bank = None,
    untold: Annotated[bool, typer.Option("--untold", help="Only those not passed on yet.")] = False,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """What banks told without being asked, newest first.

    Example: leaseflow banks notices harbour
    """
    with reading() as session:
        one_of("bank", bank, parameters.bank_codes(session))
        rows = notice_store.listed(session, bank=bank, untold=untold, limit=limit)
    if as_json:
        print_json([row.model_dump(exclude={"fingerprint"}) for row in rows])
        return
    print_table(
        ("bank", "reference", "kind", "said", "state", "told", "taken"),
        [
            (
                row.bank,
                row.reference,
                row.kind,
                row.said.get("said", row.said.get("text")),
                row.state,
                "yes" if row.told_at else "no",
                _local(row.taken_at),
            )
            for row in rows
        ],
        empty="no bank told us anything yet",
    )


@app.command()
def discrepancies(everything: Everything = False, limit: Limit = 200, as_json: Json = False) -> None:
    """What banks said that does not fit what is known, oldest first.

    Example: leaseflow banks discrepancies
    """
    with reading() as session:
        rows = discrepancy_store.listed(session, unsettled=not everything, limit=limit)
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    print_table(
        ("number", "bank", "reference", "kind", "what", "settled by", "opened"),
        [
            (
                row.discrepancy_id,
                row.bank,
                row.reference,
                row.kind,
                row.sentence,
                row.settled_by,
                _local(row.opened_at),
            )
            for row in rows
        ],
        empty="nothing is open",
    )


@app.command()
def settle(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As shown by banks discrepancies.")],
    found: Annotated[
        str, typer.Option("--note", help="What was found out; kept with it.", callback=not_blank)
    ],
    actor: As = None,
) -> None:
    """Say what was found out about a discrepancy; it leaves the list of open ones.

    Example: leaseflow banks settle 7 --note "their test order, withdrawn" --as he.ting
    """
    person = who(actor)
    person.require(Role.TREASURER, to="settle discrepancies")
    with reading() as session:
        row = discrepancy_store.settle(session, number, by=person.username, note=found, at=datetime.now(UTC))
    done(f"discrepancy/{number} settled")
    note(f"{row.bank} {row.reference}: {row.sentence}")


def _local(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
