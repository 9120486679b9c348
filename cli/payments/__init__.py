"""`leaseflow payments`: single payments out and in, from order to voucher."""

from __future__ import annotations

import typer

from cli.payments.decisions import cancel, release, resolve, returned
from cli.payments.look import list_payments, show
from cli.payments.order import order

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Payments: order, release, follow, cancel, settle what a bank contradicts.",
)
app.command()(order)
app.command("list")(list_payments)
app.command()(show)
app.command()(release)
app.command()(cancel)
app.command()(resolve)
app.command("return")(returned)
