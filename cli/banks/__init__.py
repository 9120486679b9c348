"""`leaseflow banks`: what stands in their files, what we know of them, what they say."""

from __future__ import annotations

from typing import Any, Final

import typer
from typer.core import TyperGroup

from cli.app import Entry, LazyCommand
from cli.banks.read import read

LATER: Final[dict[str, Entry]] = {
    "list": Entry("cli.banks.profiles", "Every bank, and how it is reached.", "list"),
    "show": Entry("cli.banks.profiles", "A bank's profile in force.", "show"),
    "try": Entry("cli.banks.trying", "Check that connections, keys and formats of a profile work.", "try"),
    "balance": Entry("cli.banks.asking", "Ask a bank for our balance, now.", "balance"),
    "fetch": Entry("cli.banks.asking", "Ask a bank for a day's statement lines.", "fetch"),
    "files": Entry("cli.banks.traffic", "Files that went to banks and came from them.", "files"),
    "file": Entry("cli.banks.traffic", "Write a kept file to disk.", "file"),
    "notices": Entry("cli.banks.traffic", "What banks told without being asked.", "notices"),
    "discrepancies": Entry(
        "cli.banks.traffic", "What banks said that does not fit what is known.", "discrepancies"
    ),
    "settle": Entry("cli.banks.traffic", "Say what was found out about a discrepancy.", "settle"),
}
"""Commands that need the house; `read` does not, and is not to wait until they are imported."""


class BankCommands(TyperGroup):
    """Knows the commands that need the house without importing them."""

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 - Typer keeps these types private
        super().__init__(**given)
        for name, entry in LATER.items():
            self.commands[name] = LazyCommand(name, entry)


app = typer.Typer(
    cls=BankCommands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Banks: read their files, profiles, statements. Example: leaseflow banks read statement.xml --json",
)


@app.callback()
def banks() -> None:
    """Files are read without any service running."""


app.command()(read)
