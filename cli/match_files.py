"""Match a file of overdue records against a file of customers, without any service running."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.errors import InvalidInputError

if TYPE_CHECKING:
    from models.bill_monitoring.customers import RowError
    from models.bill_monitoring.matching.parameters import MatchParameters
    from models.bill_monitoring.matching.results import MatchResult

REFUSED = 1
"""Exit code: the content of a file was refused."""

_SHOWN_ERRORS = 1_000


class FilesRefusedError(InvalidInputError):
    """Rows of the files are wrong; ``problems`` has one line for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(
            f"{len(problems)} rows refused", remedy="Mend them and try again; nothing was matched"
        )
        self.problems = problems


def match_files(
    customers: Path, records: Path, parameters: MatchParameters | None = None
) -> tuple[list[MatchResult], list[str]]:
    """Match every record of one file against the customers of another.

    Returns:
        Results in the order of the records, and warnings in words.

    Raises:
        FilesRefusedError: some rows are wrong; all of them are named.
        InvalidInputError: a file cannot be read, or its columns are wrong.
    """
    from activities.adapters.tabular.customers import read_customers
    from activities.adapters.tabular.records import read_records
    from models.bill_monitoring.matching.index import match_all
    from models.bill_monitoring.matching.parameters import MatchParameters

    known, asked = read_customers(customers), read_records(records)
    problems = [*_told(customers, known.errors), *_told(records, asked.errors)]
    if problems:
        raise FilesRefusedError(problems)
    gc.freeze()  # the rows live to the end of the command: the collector need not look through them again
    warnings = [*_told(customers, known.warnings), *_told(records, asked.warnings)]
    return match_all(known.customers, asked.records, parameters or MatchParameters()), warnings


def as_json(result: MatchResult) -> dict[str, Any]:
    """A result in the stable shape of the command's output."""
    return {
        "record_id": result.record_id,
        "decision": result.decision.value,
        "match_id": result.match_id,
        "relation": result.relation.value,
        "related_id": result.related_id,
        "score": result.score,
        "reason": result.reason,
        "candidates": [
            {"customer_id": c.customer_id, "name": c.name, "score": c.score, "reason": c.reason}
            for c in result.candidates
        ],
    }


def match_command(
    customers: Annotated[
        Path,
        typer.Option(
            help="Customer file, CSV or XLSX: customer_id,name,uscc,region,former_names,parent_customer_id."
        ),
    ],
    records: Annotated[
        Path, typer.Option(help="Records, CSV or XLSX: record_id,name,uscc,overdue_balance,as_of.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Write the results here instead of standard output.")
    ] = None,
) -> None:
    """Match overdue records against customers, both from files; one JSON line per record.

    Example: leaseflow bills match --customers customers.csv --records overdue.csv --out matches.jsonl
    """
    try:
        results, warnings = match_files(customers, records)
        _complain(warnings, "warning")
        _emit((json.dumps(as_json(result), ensure_ascii=False) for result in results), out)
    except FilesRefusedError as error:
        _complain(error.problems, "error")
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(REFUSED) from error
    except InvalidInputError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(REFUSED) from error


def _told(path: Path, errors: Iterable[RowError]) -> Iterator[str]:
    return (f"{path.name} {error}" for error in errors)


def _complain(lines: list[str], kind: str) -> None:
    for line in lines[:_SHOWN_ERRORS]:
        typer.echo(f"{kind}: {line}", err=True)
    if len(lines) > _SHOWN_ERRORS:
        typer.echo(f"{kind}: and {len(lines) - _SHOWN_ERRORS} more", err=True)


def _emit(lines: Iterable[str], out: Path | None) -> None:
    """Write lines to standard output, or to a file that appears whole or not at all."""
    if out is None:
        sys.stdout.writelines(f"{line}\n" for line in lines)
        return
    from activities.adapters.tabular.writing import replacing

    try:
        with replacing(out) as draft, draft.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise InvalidInputError(
            f"{out} cannot be written ({error.strerror})", remedy="Check that the directory exists"
        ) from error


if __name__ == "__main__":
    typer.run(match_command)
