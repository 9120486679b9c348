"""`leaseflow batches`: bulk debits."""

from __future__ import annotations

import typer

from cli.batches.dues import dues, import_dues
from cli.batches.look import items, list_batches, show
from cli.batches.run import approve, build, close, follow, found

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Debit batches: dues in, files out, answers in."
)
app.command("import")(import_dues)
app.command()(dues)
app.command()(build)
app.command()(approve)
app.command()(follow)
app.command("list")(list_batches)
app.command()(show)
app.command()(items)
app.command()(found)
app.command()(close)
