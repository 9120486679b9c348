"""`leaseflow exposure`: what is outstanding with lessees, groups and related parties, and what may be."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from activities.store import parameters
from activities.store.lease import exposure as store
from cli.files import read_rows
from cli.house import reading, who
from cli.output import As, DryRun, Json, changed, print_json, print_table
from models.calendar import business_date
from models.errors import InvalidInputError
from models.identifiers import is_valid_uscc, resident_id_fault
from models.lease.screening.exposure import Relation, standings
from models.parameters.registry import LEASE_EXPOSURE
from models.people import Role

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Limits of concentration. Example: leaseflow exposure show 5233021213NGJ0279Q",
)
groups = typer.Typer(add_completion=False, no_args_is_help=True, help="Who belongs together.")
app.add_typer(groups, name="groups")

_COLUMNS = ["identifier", "name", "group", "related", "note"]
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}


@app.command()
def show(
    identifier: Annotated[str, typer.Argument(help="USCC or resident identity number of a lessee.")],
    as_json: Json = False,
) -> None:
    """Every limit that holds for a lessee: outstanding and promised, limit, room.

    Example: leaseflow exposure show 5233021213NGJ0279Q
    """
    now = datetime.now(UTC)
    _require_identifier(identifier, business_date(now))
    with reading() as session:
        rules = parameters.in_force(session, LEASE_EXPOSURE, now).value
        relation = store.relation(session, identifier)
        limits = standings(rules, relation, store.outstanding(session, relation))
    if as_json:
        print_json(
            {
                "identifier": identifier,
                "group": relation.group,
                "related": relation.related,
                "limits": [
                    {
                        "limit": each.name,
                        "outstanding": each.outstanding,
                        "at_most": each.limit,
                        "room": each.room,
                    }
                    for each in limits
                ],
            }
        )
        return
    print_table(
        ("limit", "outstanding", "at most", "room"),
        [(each.name, each.outstanding, each.limit, each.room) for each in limits],
        right=["outstanding", "at most", "room"],
        empty="",
    )


def _require_identifier(identifier: str, today: date) -> None:
    """Nobody's number would be told the whole limit as room."""
    if not is_valid_uscc(identifier) and resident_id_fault(identifier, today=today):
        raise InvalidInputError(
            f"identifier {identifier!r} is neither a unified social credit code nor a resident id",
            remedy="Check its 18 characters",
        )


@groups.command("list")
def list_groups(as_json: Json = False) -> None:
    """Everybody who belongs to a group or is related to the house.

    Example: leaseflow exposure groups list
    """
    with reading() as session:
        found = store.relations(session)
    if as_json:
        print_json([_row(each) for each in found])
        return
    print_table(_COLUMNS, [list(_row(each).values()) for each in found], empty="nobody is recorded")


@groups.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help=f"CSV with the columns {','.join(_COLUMNS)}.")],
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Record groups and related parties (yes or no), all of the file or nothing.

    Example: leaseflow exposure groups import groups.csv --as risk.desk
    """
    rows = read_rows(file, ["identifier"])
    records = [_record(row, line) for line, row in enumerate(rows, start=2)]
    person = who(actor)
    person.require(Role.RISK, Role.MANAGER, to="record groups and related parties")
    with reading() as session:
        count = store.enter_relations(session, records, by=person.username)
        if dry_run:
            session.rollback()
    verb = "would be recorded" if dry_run else "recorded"
    changed(f"{count} customers of {file} {verb}", {"recorded": count, "dry_run": dry_run}, as_json=as_json)


def _record(row: dict[str, str], line: int) -> Relation:
    identifier, related = (row.get("identifier") or "").strip(), (row.get("related") or "").strip().lower()
    if not identifier:
        raise InvalidInputError(f"line {line}: identifier is missing", remedy="Nothing was imported")
    if related not in _YES:
        raise InvalidInputError(
            f"line {line}: related {related!r} is neither yes nor no", remedy="Nothing was imported"
        )
    return Relation(
        identifier=identifier.upper(),
        group=(row.get("group") or "").strip(),
        related=_YES[related],
        name=row.get("name") or "",
        note=row.get("note") or "",
    )


def _row(relation: Relation) -> dict[str, object]:
    return {
        "identifier": relation.identifier,
        "name": relation.name,
        "group": relation.group,
        "related": relation.related,
        "note": relation.note,
    }
