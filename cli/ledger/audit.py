"""Close months, seal, verify."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from activities.store.ledger import periods
from activities.store.ledger.verification import verify as audit
from cli.house import reading, who
from cli.output import As, ExitCode, Json, Yes, confirm, done, note, print_json, print_table
from models.calendar import business_date
from models.errors import RefusedByRuleError
from models.people import Role


def close_month(
    month: Annotated[datetime, typer.Argument(formats=["%Y-%m"], help="Like 2026-10.")],
    actor: As = None,
    yes: Yes = False,
) -> None:
    """Close a month and all before it, for good: they take no more postings.

    Example: leaseflow ledger close-month 2026-10 --as song.lin --yes
    """
    person = who(actor)
    person.require(Role.ACCOUNTANT, to="close months")
    today = business_date(datetime.now(UTC))
    if month.date() >= today.replace(day=1):
        raise RefusedByRuleError(
            f"month {month:%Y-%m} is not over", remedy=f"Close it after {today:%Y-%m} ends"
        )
    confirm(f"Close {month:%Y-%m} and everything before it for good?", yes=yes)
    with reading() as session:
        closed = periods.close_month(session, month.date(), closed_by=person.username)
    done(f"month/{month:%Y-%m} closed" if closed else f"month/{month:%Y-%m} was closed before")


def seal() -> None:
    """Seal what is committed now, instead of waiting for the schedule.

    Example: leaseflow ledger seal
    """
    from activities.ledger.books import seal_everything
    from workers.settings import load_settings
    from workers.setup import open_database

    database = open_database(load_settings(), pool_size=1)
    try:
        sealed = seal_everything(database)
    finally:
        database.close()
    done(f"{sealed.journals} journals sealed in {sealed.blocks} blocks; head {sealed.head or 'none'}")


def verify(
    expect: Annotated[str | None, typer.Option(help="Hash of a block that was written down earlier.")] = None,
    as_json: Json = False,
) -> None:
    """Recompute every seal, balance, number and hold; names the first bad block and what differs.

    Example: leaseflow ledger verify --json
    """
    with reading() as session:
        seen = audit(session, expect=expect)
    if as_json:
        print_json({**asdict(seen), "clean": seen.clean})
    else:
        print_table(
            ("check", "block", "journal", "voucher", "what differs"),
            [(f.check, f.block, f.journal_id, f.voucher, f.what) for f in seen.faults],
            empty=f"clean: {seen.journals} journals, {seen.sealed} sealed in {seen.blocks} blocks",
        )
        note(f"head {seen.head or 'none'}; keep it elsewhere and give it back with --expect")
    if not seen.clean:
        raise typer.Exit(ExitCode.REFUSED)
