"""`leaseflow lease`: leases from quote to contract. A sub-command's module is loaded when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

import typer

from cli.app import Entry, LazyGroup

COMMANDS: Final[dict[str, Entry]] = {
    "quote": Entry("cli.lease.quote", "What falls due when, and what it yields.", "quote"),
    "compare": Entry("cli.lease.compare", "Two quotes side by side.", "compare"),
    "life": Entry("cli.lease.life", "How a running lease stands on a day.", "life"),
    "settle": Entry("cli.lease.life", "What settling a lease early costs.", "settle"),
}
"""One line for each command: its module (which has an ``app``), its help, its name in the module's app."""


class LeaseGroup(LazyGroup):
    """The commands under ``leaseflow lease``."""

    entries: ClassVar[Mapping[str, Entry]] = COMMANDS


app = typer.Typer(
    cls=LeaseGroup,
    add_completion=False,
    no_args_is_help=True,
    help="Leases: quote, compare, apply, decide, look. Example: leaseflow lease quote --amount 100000 "
    "--instalments 36 --rate 8.88%",
)


@app.callback()
def lease() -> None:
    """Leases, from a quote to a contract that is ready to be serviced."""
