"""`leaseflow outbox`: messages between us and partner systems, out and in."""

from __future__ import annotations

from cli.outbox.incoming import inbox_app
from cli.outbox.outgoing import app

app.add_typer(inbox_app, name="inbox")

__all__ = ["app"]
