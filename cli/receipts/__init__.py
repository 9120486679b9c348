"""`leaseflow receipts`: money that comes in, by any channel, and what becomes of it."""

from __future__ import annotations

import typer

from cli.receipts import commands, method, refund, taking, terminals, views

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Receipts: take, confirm, bounce, identify, refund; terminals and payment methods.",
)

app.command()(taking.take)
app.command("list")(views.list_receipts)
app.command()(views.show)
app.command()(views.status)
app.command()(commands.confirm)
app.command()(commands.bounce)
app.command()(commands.cancel)
app.command()(commands.reverse)
app.command()(commands.identify)
app.command("change-method")(taking.change_method)
app.command()(refund.refund)
app.add_typer(terminals.app, name="terminals")
app.add_typer(method.app, name="method")
