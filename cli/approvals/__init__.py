"""`leaseflow approvals`: what waits for you, what you decide, who stands in for you."""

from __future__ import annotations

import typer

from cli.approvals.absences import delegate, list_absences
from cli.approvals.deciding_many import approve
from cli.approvals.decisions import reject, return_, withdraw
from cli.approvals.handling import comment, lock, reassign, tag, unlock
from cli.approvals.look import history, inbox, list_approvals, show
from cli.approvals.start import start

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Approvals: your inbox, lock, decide, return, delegate, follow.",
)
app.command()(inbox)
app.command("list")(list_approvals)
app.command()(show)
app.command()(history)
app.command()(lock)
app.command()(unlock)
app.command()(approve)
app.command()(reject)
app.command("return")(return_)
app.command()(withdraw)
app.command()(reassign)
app.command()(tag)
app.command()(comment)
app.command()(delegate)
app.command("absences")(list_absences)
app.command()(start)
