"""How commands speak: tables for people, JSON for machines, one line for errors, exit codes."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Annotated, TypeVar

import typer

from models.calendar import SHANGHAI
from models.errors import InvalidInputError, LeaseflowError, ServiceUnreachableError, TimedOutError
from models.money import Money

Answer = TypeVar("Answer")
Row = TypeVar("Row")

_NARROWEST = 4
"""So much room each other column keeps on a narrow terminal."""
_LONGEST = 30
"""What is longer (a hash, a sentence) may be broken there."""


def not_blank(param: typer.CallbackParam, value: str) -> str:
    """What was typed, which must be more than blanks.

    Raises:
        InvalidInputError: it is empty.
    """
    if not value.strip():
        raise InvalidInputError(f"{param.opts[0]} is empty", remedy="It is kept: say it in words")
    return value


Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
As = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help="Who gives the command.", envvar="LEASEFLOW_AS")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would happen and stop.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the history.", callback=not_blank)]


class ExitCode(IntEnum):
    """What scripts go by."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    UNREACHABLE = 3
    TIMED_OUT = 4


def tell_error(error: LeaseflowError) -> ExitCode:
    """One line on stderr, and the exit code that belongs to it.

    What other programs say in several lines, or with what terminals act upon, becomes blanks.
    """
    typer.secho(f"error: {' '.join(_shown(str(error)).split())}", fg="red", err=True)
    if isinstance(error, ServiceUnreachableError):
        return ExitCode.UNREACHABLE
    if isinstance(error, TimedOutError):
        return ExitCode.TIMED_OUT
    if isinstance(error, InvalidInputError):
        return ExitCode.USAGE
    return ExitCode.REFUSED


def print_json(value: object) -> None:
    """A value as JSON: money and decimals as strings, dates in ISO form."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[str] = (), empty: str
) -> None:
    """A table on stdout, folded to the terminal's width; ``empty`` when there is no row.

    A column that says nothing in any row is left out. Cells are shown as they are: what people typed in
    brackets is no markup, and what terminals act upon becomes blanks.
    """
    if not rows:
        typer.echo(empty)
        return
    from rich.console import Console
    from rich.table import Table

    told = [["" if cell is None else _shown(str(cell)) for cell in row] for row in rows]
    used = [at for at in range(len(columns)) if any(row[at] for row in told)]
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False, markup=False, emoji=False)
    whole = _kept_whole({at: [row[at] for row in told] for at in used if at == 0 or columns[at] in right})
    room = console.width - _NARROWEST * (len(used) - len(whole))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for at in used:
        table.add_column(
            columns[at],
            justify="right" if columns[at] in right else "left",
            overflow="fold",
            no_wrap=at in whole and sum(whole.values()) <= room,
        )
    for row in told:
        table.add_row(*(row[at] for at in used))
    console.print(table)


def house_time(value: object) -> object:
    """An instant as the clocks in the house show it, anything else as it is."""
    return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else value


def note(text: str) -> None:
    """Progress and asides, on stderr."""
    typer.echo(text, err=True)


def up_to(limit: int, rows: list[Row]) -> list[Row]:
    """As many as were asked for, of one more than that; says on stderr that there are others."""
    if len(rows) > limit:
        note(f"only {limit} are shown: --limit shows more")
    return rows[:limit]


def done(text: str) -> None:
    """What a command changed: ``finding/F1 acknowledged``."""
    typer.echo(text)


def changed(sentence: str, facts: Mapping[str, object], *, as_json: bool) -> None:
    """What a command changed, for people or for machines."""
    if as_json:
        print_json(facts)
    else:
        done(sentence)


def confirm(question: str, *, yes: bool) -> None:
    """Ask before a bulk or destructive act, unless ``--yes``."""
    if not yes and not typer.confirm(question):
        raise typer.Exit(ExitCode.REFUSED)


def run_async(work: Callable[[], Awaitable[Answer]]) -> Answer:
    """Run asynchronous work from a command."""

    async def main() -> Answer:
        return await work()

    return asyncio.run(main())


def _kept_whole(cells: Mapping[int, Sequence[str]]) -> dict[int, int]:
    """Columns that are not broken while there is room, and how wide they are.

    Ids are copied, and half an amount is another amount.
    """
    from rich.cells import cell_len

    longest = {at: max(map(cell_len, column)) + 2 for at, column in cells.items()}
    return {at: width for at, width in longest.items() if width <= _LONGEST}


def _shown(text: str) -> str:
    return "".join(each if each.isprintable() or each == "\n" else " " for each in text)


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | Money):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        # not asdict, which takes amounts apart
        return {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    return str(value)
