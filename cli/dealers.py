"""`leaseflow dealers`: dealers with rating, limit and status, as pre-approval checks them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from activities.store.lease import dealers as store
from activities.store.lease import exposure
from cli.files import read_rows
from cli.house import reading, who
from cli.output import As, DryRun, Json, Reason, changed, house_time, print_json, print_table
from models.errors import InvalidInputError
from models.lease.screening.dealers import Dealer, DealerStatus
from models.money import Money
from models.people import Actor, Role

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Dealers: add, list, show, rate, limit, suspend. Example: leaseflow dealers list",
)

_COLUMNS = ["code", "name", "identifier", "rating", "limit", "status"]

Code = Annotated[str, typer.Argument(help="Code of the dealer: D001.")]


@app.command("list")
def list_dealers(
    status: Annotated[DealerStatus | None, typer.Option(help="Only these.")] = None, as_json: Json = False
) -> None:
    """Every dealer, by code.

    Example: leaseflow dealers list --status suspended
    """
    with reading() as session:
        found = store.dealers(session, status)
    if as_json:
        print_json([_row(each) for each in found])
        return
    print_table(
        _COLUMNS, [list(_row(each).values()) for each in found], right=["limit"], empty="no dealer is known"
    )


@app.command()
def show(code: Code, as_json: Json = False) -> None:
    """One dealer: what is outstanding, and what was changed, newest first.

    Example: leaseflow dealers show D001
    """
    with reading() as session:
        dealer = store.dealer(session, code)
        outstanding = exposure.outstanding_of_dealer(session, code)
        events = store.events(session, code)
    facts = _row(dealer) | {"outstanding": outstanding, "room": dealer.limit - outstanding}
    history = [
        {"at": each.at, "by": each.by, "change": each.change, "reason": each.reason} for each in events
    ]
    if as_json:
        print_json(facts | {"history": history})
        return
    print_table(("", ""), list(facts.items()), empty="")
    rows = [[house_time(value) for value in each.values()] for each in history]
    print_table(("at", "by", "change", "reason"), rows, empty="")


@app.command()
def add(
    code: Code,
    name: Annotated[str, typer.Option(help="As registered.")],
    identifier: Annotated[str, typer.Option(help="Unified social credit code.")],
    reason: Reason,
    rating: Annotated[str, typer.Option(help="A (best) to D.")] = "C",
    limit: Annotated[str, typer.Option(help="Outstanding at most, in yuan.")] = "0",
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Enter a dealer.

    Example: leaseflow dealers add D009 --name 杭州西湖汽车有限公司 --identifier 91310115MA1K4QQ99W
    --rating B --limit 2000000 --reason "visited" --as gao.ling
    """
    dealer = Dealer(code, name, identifier.upper(), rating.upper(), Money.of(limit))
    with reading() as session:
        if store.find_dealer(session, code) is not None:
            raise InvalidInputError(
                f"dealer {code!r} exists", remedy="Use set-status, set-limit or set-rating to change it"
            )
    _enter([dealer], actor, reason, dry_run=dry_run, as_json=as_json, what=f"dealer/{code} entered")


@app.command("set-status")
def set_status(
    code: Code,
    status: DealerStatus,
    reason: Reason,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Suspend a dealer, let it back, or end with it. Running applications stop before their next step.

    Example: leaseflow dealers set-status D002 suspended --reason "complaints" --as gao.ling
    """
    _change(code, actor, reason, dry_run=dry_run, as_json=as_json, status=status)


@app.command("set-limit")
def set_limit(
    code: Code,
    limit: Annotated[str, typer.Argument(help="Outstanding at most, in yuan.")],
    reason: Reason,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Change what may be outstanding of applications that come through a dealer.

    Example: leaseflow dealers set-limit D002 30000000 --reason "annual review" --as gao.ling
    """
    _change(code, actor, reason, dry_run=dry_run, as_json=as_json, limit=Money.of(limit))


@app.command("set-rating")
def set_rating(
    code: Code,
    rating: Annotated[str, typer.Argument(help="A (best) to D.")],
    reason: Reason,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Rate a dealer anew.

    Example: leaseflow dealers set-rating D002 C --reason "late registrations" --as gao.ling
    """
    _change(code, actor, reason, dry_run=dry_run, as_json=as_json, rating=rating.upper())


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help=f"CSV with the columns {','.join(_COLUMNS)}.")],
    reason: Reason,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Add or change dealers from a file, all of it or nothing.

    Example: leaseflow dealers import dealers.csv --reason "taken over" --as gao.ling
    """
    rows = read_rows(file, _COLUMNS[:5])
    records = [_record(row, line) for line, row in enumerate(rows, start=2)]
    what = f"{len(records)} dealers of {file}"
    _enter(records, actor, reason, dry_run=dry_run, as_json=as_json, what=what)


def _change(
    code: str, actor: str | None, reason: str, *, dry_run: bool, as_json: bool, **changes: object
) -> None:
    with reading() as session:
        dealer = replace(store.dealer(session, code), **changes)  # type: ignore[arg-type]
    told = ", ".join(f"{name} {value}" for name, value in changes.items())
    _enter([dealer], actor, reason, dry_run=dry_run, as_json=as_json, what=f"dealer/{code} {told}")


def _enter(
    records: list[Dealer], actor: str | None, reason: str, *, dry_run: bool, as_json: bool, what: str
) -> None:
    person: Actor = who(actor)
    person.require(Role.RISK, Role.MANAGER, to="change dealers")
    with reading() as session:
        count = store.enter(session, records, by=person.username, reason=reason)
        if dry_run:
            session.rollback()
    sentence = what if count else f"{what}: nothing changes"
    if dry_run:
        sentence = f"would be entered: {sentence}"
    changed(
        sentence,
        {"changed": count, "dry_run": dry_run, "dealers": [_row(each) for each in records]},
        as_json=as_json,
    )


def _record(row: dict[str, str], line: int) -> Dealer:
    missing = [column for column in _COLUMNS[:5] if not row.get(column)]
    if missing:
        raise InvalidInputError(f"line {line}: {missing[0]} is missing", remedy="Nothing was imported")
    try:
        status = DealerStatus(row.get("status") or DealerStatus.ACTIVE)
    except ValueError:
        known = ", ".join(DealerStatus)
        raise InvalidInputError(
            f"line {line}: status {row['status']!r}", remedy=f"Use one of {known}; nothing was imported"
        ) from None
    return Dealer(row["code"], row["name"], row["identifier"], row["rating"], Money.of(row["limit"]), status)


def _row(dealer: Dealer) -> dict[str, object]:
    return {
        "code": dealer.code,
        "name": dealer.name,
        "identifier": dealer.identifier,
        "rating": dealer.rating,
        "limit": dealer.limit,
        "status": dealer.status.value,
    }
