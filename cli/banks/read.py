"""`leaseflow banks read`: bank files as tables for people, as JSON for machines."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import ExitCode, Json
from models.errors import InvalidInputError

if TYPE_CHECKING:
    from models.payments.bank_files.profiles import FileProfile
    from models.payments.bank_files.statements import BankFile

Files = Annotated[
    list[Path], typer.Argument(help="camt, pain, MT940/942, CSV, fixed-width or workbook files.")
]
Profile = Annotated[
    str | None,
    typer.Option("--profile", metavar="NAME|FILE", help="A shipped profile, or the path of one in TOML."),
]


def read(files: Files, profile: Profile = None, as_json: Json = False) -> None:
    """Read bank files without any service running; the format is told by the content.

    One file gives one JSON object, several give a list. A broken file is told on stderr, the others are read.

    Example: leaseflow banks read statement.xml --json
    """
    chosen = _profile(profile) if profile else None
    for file in files:
        if not file.is_file():
            raise InvalidInputError(f"{file} does not exist or is no file", remedy="Check the path")
    gc.freeze()  # what was imported lives to the end: the collector need not look through it again
    read_files = [(file, _read(file, chosen)) for file in files]
    good = [(file, found) for file, found in read_files if found is not None]
    if as_json:
        _print_json(good, several=len(files) > 1)
    else:
        from cli.banks.views import print_bank_file

        for file, found in good:
            print_bank_file(file.name, found)
    if len(good) < len(files):
        raise typer.Exit(ExitCode.REFUSED)


def _profile(name: str) -> FileProfile:
    from activities.adapters.bank_files.profiles import find_profile

    return find_profile(name)


def _read(file: Path, profile: FileProfile | None) -> BankFile | None:
    """The content of a file; None when it is broken, which one line on stderr tells."""
    from activities.adapters.bank_files.reading import read_bank_file
    from models.payments.bank_files.errors import UnreadableBankFileError

    try:
        return read_bank_file(file.read_bytes(), profile=profile)
    except UnreadableBankFileError as error:
        where = f"{file}:{error.line}" if error.line else str(file)
        remedy = f". {error.remedy}" if error.remedy else ""
        typer.secho(f"error: {where}: {error.reason}{remedy}", fg="red", err=True)
    except OSError as error:
        typer.secho(f"error: {file} cannot be read ({error.strerror})", fg="red", err=True)
    return None


def _print_json(good: list[tuple[Path, BankFile]], *, several: bool) -> None:
    from models.payments.bank_files.shape import json_text

    out = sys.stdout
    out.write("[" if several else "")
    for number, (file, found) in enumerate(good):
        out.write(",\n" if number else "")
        out.writelines(json_text(found, file=str(file)))
    out.write("]\n" if several else "")
