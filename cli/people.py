"""`leaseflow people`: the directory of people."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path
from typing import Annotated

import typer

from activities.store import people
from activities.store.approval import tasks
from cli.approvals.sending import signal_people_changed
from cli.house import reading
from cli.output import Json, done, note, print_json, print_table
from models.errors import InvalidInputError, ServiceUnreachableError
from models.people import Role, StaffMember
from workers.settings import load_settings
from workers.temporal import connect

app = typer.Typer(add_completion=False, no_args_is_help=True, help="The directory of people.")

_COLUMNS = ["username", "full_name", "roles", "branch", "email", "manager", "dealer"]


@app.command("list")
def list_people(as_json: Json = False) -> None:
    """Everyone who can be named with --as.

    Example: leaseflow people list
    """
    with reading() as session:
        members = people.staff(session)
    if as_json:
        print_json([{**_row(member), "roles": list(member.roles)} for member in members])
        return
    print_table(_COLUMNS, [list(_row(member).values()) for member in members], empty="nobody yet")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help=f"CSV with the columns {','.join(_COLUMNS)}.")],
) -> None:
    """Add or update people, managers before those they manage; roles are separated by ;.

    Example: leaseflow people import staff.csv
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
    except OSError as error:
        raise InvalidInputError(
            f"{file} cannot be read ({error.strerror})", remedy="Check the path"
        ) from error
    members = [_member(row, line) for line, row in enumerate(rows, start=2)]
    with reading() as session:
        count = people.enter_staff(session, members)
        stuck = tasks.concerned(session, [])  # those that nobody may decide
    if stuck:
        _tell_approvals(stuck)
    done(f"{count} people imported from {file}")


def _tell_approvals(approval_ids: list[str]) -> None:
    """Have approvals that nobody may decide look for people anew; they do so at each service level anyway."""

    async def tell() -> None:
        try:
            client = await connect(load_settings())
        except ServiceUnreachableError as error:
            note(f"approvals that nobody may decide were not told: {error}")
            return
        await signal_people_changed(client, approval_ids)
        note(f"looking for people anew: {', '.join(approval_ids)}")

    asyncio.run(tell())


def _member(row: dict[str, str], line: int) -> StaffMember:
    missing = [column for column in _COLUMNS[:5] if not row.get(column)]
    if missing:
        raise InvalidInputError(f"line {line}: {missing[0]} is missing", remedy="Nothing was imported")
    try:
        roles = tuple(Role(role.strip()) for role in row["roles"].split(";"))
    except ValueError as error:
        known = ", ".join(role.value for role in Role)
        raise InvalidInputError(
            f"line {line}: roles {row['roles']!r}: {error}", remedy=f"Use of {known}; nothing was imported"
        ) from error
    return StaffMember(
        username=row["username"],
        full_name=row["full_name"],
        roles=roles,
        branch=row["branch"],
        email=row["email"],
        manager=row.get("manager") or None,
        dealer=row.get("dealer") or "",
    )


def _row(member: StaffMember) -> dict[str, object]:
    return {
        "username": member.username,
        "full_name": member.full_name,
        "roles": ";".join(member.roles),
        "branch": member.branch,
        "email": member.email,
        "manager": member.manager,
        "dealer": member.dealer,
    }
