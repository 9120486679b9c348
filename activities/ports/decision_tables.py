"""Running decision tables."""

from __future__ import annotations

from typing import Protocol

from models.errors import InvalidInputError
from models.lease.screening.judging import CompiledTables
from models.lease.screening.tables import TableSet


class UncompilableTablesError(InvalidInputError):
    """Tables cannot be run, or would be dangerous to run; the message names table and row."""

    def __init__(self, name: str, faults: tuple[str, ...]) -> None:
        shown = "; ".join(faults[:5]) + (f"; and {len(faults) - 5} more" if len(faults) > 5 else "")  # noqa: PLR2004
        super().__init__(f"decision tables {name!r}: {shown}", remedy="Correct them; nothing was changed")


class DecisionTables(Protocol):
    """An engine for decision tables."""

    def compiled(self, tables: TableSet) -> CompiledTables:
        """Tables ready to be asked. Compiling takes milliseconds: keep what it gives."""
        ...

    def faults(self, tables: TableSet) -> tuple[str, ...]:
        """What is wrong with tables that are well formed, by table and row; empty when nothing is.

        Cells that do not compile or do not fit the type of their fact, which the engine would pass over
        without a word; and tables that would approve an application of which something that matters is
        unknown.
        """
        ...
