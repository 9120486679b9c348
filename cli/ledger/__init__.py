"""`leaseflow ledger`: the books."""

from __future__ import annotations

import typer

from cli.ledger import accounts, audit, export, look, post

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="The ledger: post, balance, statement, trial balance, verify, export.",
)

app.command("post")(post.post_command)
app.command()(post.reverse)
app.command()(look.balance)
app.command()(look.statement)
app.command("trial-balance")(look.trial_balance)
app.command()(look.holds)
app.add_typer(accounts.app, name="accounts")
app.command("close-month")(audit.close_month)
app.command()(audit.seal)
app.command()(audit.verify)
app.command()(export.export)
