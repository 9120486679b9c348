"""A CSV or XLSX file as columns of text, whoever saved it and however."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from models.bill_monitoring.customers import RowError
from models.errors import InvalidInputError

_CHUNK: Final = 50_000
_SEPARATORS: Final = ",;\t"
_XLSX_SIGNATURE: Final = b"PK\x03\x04"
_ENCODINGS: Final = ("utf-8-sig", "gb18030")
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_LONGEST_CELL: Final = 1_000_000


@dataclass(slots=True)
class Sheet:
    """Columns of stripped text under the names of the header, and the line where each row begins."""

    header: list[str]
    columns: list[list[str]]
    lines: list[int] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    """Rows with too few or too many cells; they are not in the columns."""


def read_sheet(content: bytes, *, filename: str) -> Sheet:
    """Read the first sheet of a file.

    Args:
        content: the file's bytes.
        filename: for messages only; the kind is told by the content.

    Raises:
        InvalidInputError: the file is empty, of another kind, corrupt, or of no known encoding.
    """
    if not content.strip():
        raise InvalidInputError(f"{filename} is empty", remedy="Give a CSV or XLSX file with a header row")
    rows = (
        _xlsx_rows(content, filename) if content.startswith(_XLSX_SIGNATURE) else _csv_rows(content, filename)
    )
    header: list[str] = []
    for _, first in rows:
        header = [cell.strip() for cell in first]
        if any(header):
            break
    while header and not header[-1]:
        header.pop()
    if not header:
        raise InvalidInputError(
            f"{filename} has no header row", remedy="Put the column names in the first row"
        )
    return _columns(header, rows)


def read_sheet_file(path: Path) -> Sheet:
    """Read the first sheet of a file on disk.

    Raises:
        InvalidInputError: the file cannot be opened, or see `read_sheet`.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInputError(
            f"{path} cannot be read ({error.strerror})", remedy="Check the path and its permissions"
        ) from error
    return read_sheet(content, filename=str(path))


def _columns(header: list[str], rows: Iterator[tuple[int, list[str]]]) -> Sheet:
    width = len(header)
    sheet = Sheet(header, [[] for _ in header])
    while chunk := list(islice(rows, _CHUNK)):
        if any(len(cells) != width for _, cells in chunk):
            chunk = list(_well_formed(chunk, sheet))
        sheet.lines.extend([line for line, _ in chunk])
        for column, values in zip(
            sheet.columns, zip(*[cells for _, cells in chunk], strict=True), strict=False
        ):
            column.extend([value.strip() for value in values])
    return sheet


def _well_formed(chunk: Sequence[tuple[int, list[str]]], sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """The rows as wide as the header; empty ones are passed over, others noted as errors."""
    width = len(sheet.header)
    for line, cells in chunk:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            yield line, cells[:width]
        elif len(cells) == width:
            yield line, cells
        else:
            reason = f"the row has {len(cells)} cells, the header {width}"
            sheet.errors.append(RowError(line, "row", "", reason))


def _csv_rows(content: bytes, filename: str) -> Iterator[tuple[int, list[str]]]:
    text = io.StringIO(_decode(content, filename), newline="")
    first = text.readline()
    text.seek(0)
    separator = max(_SEPARATORS, key=first.count)
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(text, delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise InvalidInputError(
            f"{filename} line {line}: not readable as CSV ({error})",
            remedy="Check the quotation marks of that row",
        ) from error


def _decode(content: bytes, filename: str) -> str:
    if content.startswith(_UTF16_MARKS):
        return content.decode("utf-16", errors="replace")
    if b"\0" not in content:
        for encoding in _ENCODINGS:
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise InvalidInputError(
        f"{filename} is neither XLSX nor text in UTF-8 or GBK", remedy="Save it as CSV (UTF-8) or XLSX"
    )


def _xlsx_rows(content: bytes, filename: str) -> Iterator[tuple[int, list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - heavy, and only for XLSX

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = workbook.get_sheet_by_index(0)
        rows: Iterable[Sequence[object]] = sheet.iter_rows()
    except (CalamineError, zipfile.BadZipFile) as error:
        raise InvalidInputError(
            f"{filename} is not a readable XLSX workbook ({error})",
            remedy="Open it in a spreadsheet and save it again",
        ) from error
    for line, cells in enumerate(rows, start=1):
        yield line, [cell if isinstance(cell, str) else _as_text(cell) for cell in cells]


def _as_text(cell: object) -> str:
    """A spreadsheet's value as a person sees it: whole numbers without a point, 15 digits as Excel keeps."""
    if isinstance(cell, float):
        return format(int(cell), "d") if cell.is_integer() and abs(cell) < 1e15 else format(cell, ".15g")  # noqa: PLR2004
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return "" if cell is None else str(cell)
