"""`leaseflow contracts`: contracts from drawing up to active; their papers, signatures and conditions."""

from __future__ import annotations

import typer

from cli.contracts.decisions import amend, cancel, confirm_condition, retry
from cli.contracts.look import download, list_contracts, show, sign_status
from cli.contracts.verify import verify

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Contracts: follow, download, verify, cancel, confirm conditions, amend.",
)
app.command("list")(list_contracts)
app.command()(show)
app.command("sign-status")(sign_status)
app.command()(download)
app.command()(verify)
app.command()(cancel)
app.command("confirm")(confirm_condition)
app.command()(amend)
app.command()(retry)
