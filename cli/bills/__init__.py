"""`leaseflow bills`: overdue-bill monitoring."""

from __future__ import annotations

import typer

from cli.bills import archive, findings, review, scan
from cli.match_files import match_command

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Overdue bills: scan, findings, review, acknowledge, reports.",
)

app.command()(scan.scan)
app.command()(scan.upload)
app.command()(scan.challenge)
app.command()(findings.findings)
app.command()(findings.ack)
app.add_typer(review.app, name="review")
app.command()(archive.history)
app.command()(archive.lists)
app.command()(archive.scans)
app.command()(archive.report)
app.command("match")(match_command)
