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
    "apply": Entry("cli.lease.apply", "Apply: one form, or a file of thousands.", "apply"),
    "check": Entry("cli.lease.checking", "Every fault of a form.", "check"),
    "form": Entry("cli.lease.checking", "A form to begin with.", "form"),
    "list": Entry("cli.lease.look", "Applications, newest first.", "list"),
    "show": Entry("cli.lease.look", "One application, with everything about it.", "show"),
    "history": Entry("cli.lease.look", "How an application came to where it is.", "history"),
    "offer": Entry("cli.lease.look", "What the house offers, and what it changed.", "offer"),
    "plan": Entry("cli.lease.look", "What falls due when.", "plan"),
    "screening": Entry("cli.lease.screening", "What pre-approval knew, and which rules spoke.", "screening"),
    "revise": Entry("cli.lease.decide", "Write the form of a draft anew.", "revise"),
    "submit": Entry("cli.lease.decide", "Hand a draft in.", "submit"),
    "accept": Entry("cli.lease.decide", "Take the offer for the applicant.", "accept"),
    "decline": Entry("cli.lease.decide", "Turn the offer down.", "decline"),
    "documents": Entry("cli.lease.documents", "Documents: add, look, confirm, compare faces."),
    "retry": Entry("cli.lease.decide", "Do again what failed, once its cause is mended.", "retry"),
    "withdraw": Entry("cli.lease.decide", "Take the application back.", "withdraw"),
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
