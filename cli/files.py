"""Files that commands read and write: what is wrong with one is told by its name, with a remedy."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from models.errors import InvalidInputError


def write_file(path: Path, content: bytes, *, force: bool = True) -> None:
    """Write a file whole.

    Args:
        path: of the file.
        content: all of it.
        force: overwrite one that is there.

    Raises:
        InvalidInputError: it is there already, or cannot be written.
    """
    if path.exists() and not force:
        raise InvalidInputError(f"file {str(path)!r} exists", remedy="Name another, or add --force")
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InvalidInputError(
            f"file {str(path)!r} cannot be written ({error.strerror})", remedy="Name another place"
        ) from error


def read_rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV file, as UTF-8 or as spreadsheets of the mainland save it (GB 18030).

    Args:
        path: of the file.
        columns: that its first line must name; others are passed over.

    Raises:
        InvalidInputError: it cannot be read, or lacks a column.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInputError(
            f"{path} cannot be read ({error.strerror})", remedy="Check the path"
        ) from error
    try:
        reader = csv.DictReader(io.StringIO(_text(content), newline=""))
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise InvalidInputError(
                f"{path} has no column {missing[0]}",
                remedy=f"Its first line must name {','.join(columns)}; nothing was imported",
            )
        return [{name: value or "" for name, value in row.items() if name} for row in reader]
    except (csv.Error, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{path} is no CSV file: {error}", remedy="Save it as CSV UTF-8") from error


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")
