"""`leaseflow customers`: the stock customers, from and to files."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from cli.output import As, DryRun, ExitCode, Json, Yes, confirm, done, note, print_json

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Stock customers: import and export.")

_SHOWN = 50


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV (UTF-8 or GBK) or XLSX.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="The file is complete: retire customers that it lacks.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Take over a customer file, all of it or nothing; wrong rows are listed by line and reason.

    Example: leaseflow customers import customers.csv --as risk.desk
    """
    from activities.adapters.tabular.customers import parse_customers
    from activities.store.customers import import_customers
    from cli.house import reading, who
    from models.errors import InvalidInputError

    if not file.is_file():
        raise InvalidInputError(f"{file} does not exist", remedy="Check the path")
    content = file.read_bytes()
    checked = parse_customers(content, filename=file.name)
    for warning in checked.warnings[:_SHOWN]:
        note(f"warning: {warning}")
    if checked.errors:
        for error in checked.errors[:_SHOWN]:
            note(f"error: {error}")
        note(f"error: {len(checked.errors)} rows of {file} are wrong; nothing was imported")
        raise typer.Exit(ExitCode.REFUSED)
    if dry_run:
        done(f"{len(checked.customers)} customers would be imported")
        return
    person = who(actor)
    if replace:
        confirm(f"Retire every customer that {file} does not name?", yes=yes)
    with reading() as session:
        entry = import_customers(
            session,
            checked.customers,
            filename=file.name,
            sha256=hashlib.sha256(content).hexdigest(),
            imported_by=person.username,
            retire_missing=replace,
        )
    if as_json:
        print_json({"import_id": entry.import_id, "customers": entry.customers, "sha256": entry.sha256})
    else:
        done(f"customer-import/{entry.import_id} {entry.customers} customers imported from {file}")


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="CSV or XLSX, by its ending.")],
) -> None:
    """Write every customer in stock to a file.

    Example: leaseflow customers export customers.xlsx
    """
    from activities.adapters.tabular.writing import write_customers
    from activities.store.customers import customers_in_stock
    from cli.house import reading

    with reading() as session:
        count = write_customers(customers_in_stock(session), out)
    done(f"{count} customers written to {out}")
