"""`leaseflow`: the top of the command line. Commands are loaded only when they are called."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command as typer_command

from cli.output import tell_error

if TYPE_CHECKING:
    from models.errors import LeaseflowError


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command lives and what it is for."""

    module: str
    help: str
    function: str = ""
    """A command of the module's app; empty when the whole app is the command."""


COMMANDS: Final[dict[str, Entry]] = {
    "demo": Entry("cli.demo", "Start everything and run a monitoring cycle on a played exchange.", "demo"),
    "up": Entry("cli.stack", "Start the embedded stack.", "up"),
    "down": Entry("cli.stack", "Stop the embedded stack.", "down"),
    "status": Entry("cli.stack", "Show what runs, and where.", "status"),
    "reset": Entry("cli.stack", "Delete the embedded stack's data.", "reset"),
    "doctor": Entry("cli.doctor", "Check this machine, and say what mends what is missing.", "doctor"),
    "approvals": Entry("cli.approvals", "Approvals: your inbox, decide, delegate, follow."),
    "payments": Entry("cli.payments", "Payments: order, release, follow, settle contradictions."),
    "batches": Entry("cli.batches", "Debit batches: dues in, files out, answers in."),
    "bills": Entry("cli.bills", "Overdue bills: scan, findings, review, acknowledge, reports."),
    "receipts": Entry("cli.receipts", "Receipts: take, confirm, identify, refund; terminals."),
    "banks": Entry("cli.banks", "Banks: read their files, profiles, statements."),
    "disbursements": Entry(
        "cli.disbursements", "Disbursements: review list, lock, approve, stop, retry, watch."
    ),
    "contracts": Entry("cli.contracts", "Contracts: follow, download, verify, amend."),
    "customers": Entry("cli.customers", "Stock customers: import and export."),
    "lease": Entry("cli.lease", "Leases: quote, compare, apply, decide, look, screening, life."),
    "dealers": Entry("cli.dealers", "Dealers: rating, limit, status."),
    "blacklist": Entry("cli.blacklist", "The blacklist: add, lift, list, check."),
    "exposure": Entry("cli.exposure", "Limits of concentration: lessees, groups, related parties."),
    "ledger": Entry("cli.ledger", "The ledger: post, balance, statement, trial balance, verify, export."),
    "ocr": Entry("cli.ocr", "Read lists and bills from images, scans and PDFs."),
    "outbox": Entry("cli.outbox", "Messages to and from partner systems, in order."),
    "params": Entry("cli.params", "Parameters, with their history."),
    "people": Entry("cli.people", "The directory of people."),
    "schedules": Entry("cli.schedules", "What starts by itself."),
    "worker": Entry("cli.worker", "Run a worker process.", "worker"),
    "console": Entry("cli.worker", "Serve the pages that links in warnings lead to.", "console"),
    "setup": Entry("cli.worker", "Prepare a database and a Temporal namespace.", "setup"),
    "config": Entry("cli.config", "Settings, and where each comes from."),
}


class LazyCommand(TyperCommand):
    """Stands for a command in the list of commands; becomes the real one when it is called."""

    def __init__(self, name: str, entry: Entry) -> None:
        super().__init__(name, help=entry.help)
        self._entry = entry

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: Any = None,  # noqa: ANN401 - Typer keeps these types private
        **extra: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        return self.load().make_context(info_name, args, parent=parent, **extra)

    def load(self) -> Any:  # noqa: ANN401
        """The real command."""
        command: Any = typer_command(importlib.import_module(self._entry.module).app)
        # an app of one command is that command
        several = getattr(command, "commands", {})
        return several.get(self._entry.function, command)


class LazyGroup(TyperGroup):
    """A group that knows its commands without importing them: `leaseflow --help` is instant."""

    entries: ClassVar[Mapping[str, Entry]] = COMMANDS

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401
        del ctx
        return list(self.entries)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401
        del ctx
        entry = self.entries.get(cmd_name)
        return LazyCommand(cmd_name, entry) if entry else None


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The long processes of a finance-leasing house. Example: leaseflow demo --small",
)


@app.callback()
def top() -> None:
    """Flag > environment > leaseflow.toml > running stack > default; see leaseflow config show."""


def main() -> None:
    """Run a command; a named fact becomes one line on stderr and its exit code."""
    from models.errors import LeaseflowError

    try:
        app()
    except LeaseflowError as error:
        _leave(tell_error(error))
    except SystemExit as end:
        _leave(end.code)
    except Exception as error:
        if (unanswered := _unanswered(error)) is None:
            raise
        _leave(tell_error(unanswered))


def _unanswered(error: Exception) -> LeaseflowError | None:
    """A server that went away, or is too busy, while a command was speaking with it."""
    from temporalio.service import RPCError  # costs time, and only a command that failed needs it

    from models.errors import ServiceUnreachableError

    if not isinstance(error, RPCError):
        return None
    return ServiceUnreachableError(
        f"Temporal did not answer ({error.status.name.lower().replace('_', ' ')}: {error.message})",
        remedy="See leaseflow status, and whether the command took effect, before you repeat it",
    )


def _leave(code: str | int | None) -> NoReturn:
    """End the process.

    Temporal's threads may still be calling back while Python tears itself down, which aborts the
    process now and then (PyGILState_Release while finalizing): where they run, nothing is torn down.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    if "temporalio.bridge.temporal_sdk_bridge" in sys.modules and not isinstance(code, str):
        os._exit(code or 0)
    sys.exit(code)


if __name__ == "__main__":
    main()
