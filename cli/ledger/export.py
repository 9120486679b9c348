"""Journals for other systems."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from activities.store.ledger import reports
from cli.house import reading
from cli.ledger.options import From, To, span
from cli.output import note
from models.errors import InvalidInputError


class Format(StrEnum):
    """What the file is for."""

    CSV = "csv"
    BEANCOUNT = "beancount"
    SAP = "sap"


def export(
    out: Annotated[Path, typer.Option("--out", help="The file to write.")],
    form: Annotated[Format, typer.Option("--format", help="What the file is for.")] = Format.CSV,
    first: From = None,
    last: To = None,
) -> None:
    """Write the journals of a time as CSV, as beancount text or as the finance system's voucher file.

    Example: leaseflow ledger export --format sap --from 2026-11-01 --to 2026-11-30 --out november.txt
    """
    from activities.adapters.ledger_exports import WRITERS

    try:
        with reading() as session, out.open("w", encoding="utf-8", newline="") as file:
            for piece in WRITERS[form](reports.journals(session, **span(first, last))):
                file.write(piece)
    except OSError as error:
        raise InvalidInputError(
            f"{out} cannot be written ({error.strerror})", remedy="Check the path"
        ) from error
    note(f"{out} written")
