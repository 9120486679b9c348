"""`leaseflow disbursements`: money for what is leased, from review to voucher."""

from __future__ import annotations

import typer

from cli.disbursements import batch, commands, watch
from cli.disbursements.look import list_disbursements, show

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Disbursements: review, lock, approve, stop for fraud, order anew, watch.",
)

app.command("list")(list_disbursements)
app.command()(show)
app.command()(commands.lock)
app.command()(commands.unlock)
app.command()(batch.approve)
app.command()(commands.reject)
app.command()(commands.stop)
app.command()(commands.clear)
app.command()(commands.retry)
app.command()(commands.cancel)
app.command()(watch.watch)
