"""Who is away, and who decides in their name."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from activities.store.approval import absences, tasks
from activities.store.tables.approvals import AbsenceRow
from cli.approvals.sending import signal_people_changed
from cli.house import reading, who
from cli.output import As, DryRun, Json, changed, done, print_json, print_table
from models.approval.pools import Absence
from models.calendar import business_date
from models.errors import InvalidInputError
from models.people import Actor
from workers.settings import load_settings
from workers.temporal import connect

_DAY = ["%Y-%m-%d"]


def delegate(
    to: Annotated[str | None, typer.Option("--to", metavar="NAME", help="Who decides meanwhile.")] = None,
    first_day: Annotated[
        datetime | None, typer.Option("--from", formats=_DAY, help="First day away.")
    ] = None,
    last_day: Annotated[datetime | None, typer.Option("--until", formats=_DAY, help="Last day away.")] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the history.")] = "",
    absent: Annotated[
        str | None, typer.Option("--for", metavar="NAME", help="Somebody you manage; yourself otherwise.")
    ] = None,
    cancel: Annotated[
        int | None, typer.Option("--cancel", metavar="NUMBER", help="End this absence instead.")
    ] = None,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Enter an absence: your deputy decides in your name, and only meanwhile.

    Example: leaseflow approvals delegate --to zhang.min --from 2026-10-01 --until 2026-10-08
    --reason holiday --as li.wei
    """
    person = who(actor)
    if cancel is not None:
        _cancel(cancel, person, dry_run=dry_run, as_json=as_json)
        return
    if to is None or first_day is None or last_day is None or not reason.strip():
        raise InvalidInputError(
            "an absence needs --to, --from, --until and --reason", remedy="Or end one with --cancel NUMBER"
        )
    wish = Absence(absent or person.username, to, first_day.date(), last_day.date())
    now = datetime.now(UTC)
    with reading() as session:
        number = absences.enter(session, wish, actor=person, reason=reason, at=now, today=business_date(now))
        open_ones = tasks.concerned(session, [wish.username])
        if dry_run:
            session.rollback()
            done(f"would give {wish.deputy} what waits for {wish.username}: {len(open_ones)} approvals")
            return
    asyncio.run(_tell(open_ones))
    changed(
        f"absence/{number} {wish.first_day} to {wish.last_day}: {wish.deputy} decides for {wish.username}",
        {"absence_id": number, **_facts(wish), "reason": reason, "approvals": open_ones},
        as_json=as_json,
    )


def list_absences(as_json: Json = False) -> None:
    """Who is away now or will be, and who decides in their name.

    Example: leaseflow approvals absences
    """
    with reading() as session:
        rows = absences.from_day(session, business_date(datetime.now(UTC)))
    if as_json:
        print_json([{"absence_id": row.absence_id, **_facts(row), "reason": row.reason} for row in rows])
        return
    print_table(
        ("absence", "away", "deputy", "from", "until", "why"),
        [(row.absence_id, row.username, row.deputy, row.first_day, row.last_day, row.reason) for row in rows],
        empty="nobody is away",
    )


def _cancel(number: int, person: Actor, *, dry_run: bool, as_json: bool) -> None:
    with reading() as session:
        row = absences.cancel(session, number, actor=person, at=datetime.now(UTC))
        open_ones = tasks.concerned(session, [row.username, row.deputy])
        facts = {"absence_id": number, **_facts(row), "approvals": open_ones}
        if dry_run:
            told = f"would end absence/{number}: {row.deputy} decides no longer for {row.username}"
            session.rollback()
            done(f"{told}, {len(open_ones)} approvals")
            return
    asyncio.run(_tell(open_ones))
    changed(f"absence/{number} cancelled", facts, as_json=as_json)


async def _tell(approval_ids: list[str]) -> None:
    if approval_ids:
        await signal_people_changed(await connect(load_settings()), approval_ids)


def _facts(absence: Absence | AbsenceRow) -> dict[str, object]:
    return {
        "username": absence.username,
        "deputy": absence.deputy,
        "first_day": absence.first_day,
        "last_day": absence.last_day,
    }
