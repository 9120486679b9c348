"""`leaseflow params`: parameters, their history, and how they are changed by four eyes."""

from __future__ import annotations

import typer

from cli.params import decisions, proposals, values

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Parameters, with their history. Example: leaseflow params show payments",
)

app.command("list")(values.list_sets)
app.command()(values.show)
app.command("set")(values.set_)
app.command()(values.history)
app.command()(values.diff)
app.command()(proposals.propose)
app.command("proposals")(proposals.list_proposals)
app.command()(proposals.preview)
app.command()(decisions.approve)
app.command()(decisions.reject)
app.command()(decisions.withdraw)
