"""`leaseflow lease documents`: add, look, confirm, correct, settle, compare faces."""

from __future__ import annotations

import typer

from cli.lease.document_looks import download, queue, show, show_list, verify, versions
from cli.lease.document_words import add, classify, confirm, face, settle

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Documents of an application: licences, cards, invoices, statements. "
    "Example: leaseflow lease documents add L2026-0001 licence.pdf id.jpg --as alice",
)

app.command()(add)
app.command("list")(show_list)
app.command()(show)
app.command()(versions)
app.command()(download)
app.command()(verify)
app.command()(queue)
app.command()(classify)
app.command()(confirm)
app.command()(settle)
app.command()(face)
