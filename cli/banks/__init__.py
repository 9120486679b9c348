"""`leaseflow banks`: what stands in their files."""

from __future__ import annotations

import typer

from cli.banks.read import read

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Banks: read their files, profiles, statements. Example: leaseflow banks read statement.xml --json",
)


@app.callback()
def banks() -> None:
    """Files are read without any service running."""


app.command()(read)
