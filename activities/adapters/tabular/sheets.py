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
from typing import Final, Protocol

from activities.adapters.collector import collector_paused
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
    is_xlsx = content.startswith(_XLSX_SIGNATURE)
    source: _Source = _XlsxSource(content, filename) if is_xlsx else _CsvSource(content, filename)
    with collector_paused():
        return _columns(source, filename)


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


class _Source(Protocol):
    """Rows of cells, one after another, and the line that was read last."""

    @property
    def rows(self) -> Iterator[list[str]]: ...
    @property
    def line(self) -> int: ...


def _columns(source: _Source, filename: str) -> Sheet:
    header = next((cells for cells in source.rows if any(cell.strip() for cell in cells)), None)
    if header is None:
        raise InvalidInputError(
            f"{filename} has no header row", remedy="Put the column names in the first row"
        )
    header = [cell.strip() for cell in header]
    while not header[-1]:
        header.pop()
    sheet = Sheet(header, [[] for _ in header])
    first = source.line + 1
    while chunk := list(islice(source.rows, _CHUNK)):
        lines = _lines(chunk, first, source.line)
        first = source.line + 1
        if set(map(len, chunk)) != {len(header)}:
            numbered = list(_well_formed(zip(lines, chunk, strict=True), sheet))
            lines, chunk = [line for line, _ in numbered], [cells for _, cells in numbered]
        sheet.lines.extend(lines)
        for column, values in zip(sheet.columns, zip(*chunk, strict=True), strict=False):
            column.extend(_stripped(values))
    return sheet


def _lines(chunk: Sequence[Sequence[str]], first: int, last: int) -> Sequence[int]:
    """The line where each row begins; a cell may hold line breaks."""
    if last - first + 1 == len(chunk):
        return range(first, last + 1)
    lines = []
    for cells in chunk:
        lines.append(first)
        first += 1 + sum(cell.count("\n") for cell in cells)
    return lines


def _stripped(values: Sequence[str]) -> Sequence[str]:
    """Cells without blanks around them; most columns have none at all, which one look tells."""
    joined = "".join(values)
    if not joined or (len(joined.split(maxsplit=1)) == 1 and joined == joined.strip()):
        return values
    return [value.strip() for value in values]


def _well_formed(chunk: Iterable[tuple[int, list[str]]], sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
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


class _CsvSource:
    """Rows of a CSV text, whatever separates its cells."""

    def __init__(self, content: bytes, filename: str) -> None:
        text = io.StringIO(_decode(content, filename), newline="")
        first = text.readline()
        text.seek(0)
        csv.field_size_limit(_LONGEST_CELL)
        self._reader = csv.reader(text, delimiter=max(_SEPARATORS, key=first.count), strict=True)
        self._filename = filename
        self.rows = self._read()

    @property
    def line(self) -> int:
        return self._reader.line_num

    def _read(self) -> Iterator[list[str]]:
        try:
            yield from self._reader
        except csv.Error as error:
            raise InvalidInputError(
                f"{self._filename} line {self.line}: not readable as CSV ({error})",
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


class _XlsxSource:
    """Rows of a workbook's first sheet."""

    def __init__(self, content: bytes, filename: str) -> None:
        from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only for XLSX

        try:
            sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
            self._cells: Iterable[Sequence[object]] = sheet.iter_rows()
        except (CalamineError, zipfile.BadZipFile) as error:
            raise InvalidInputError(
                f"{filename} is not a readable XLSX workbook ({error})",
                remedy="Open it in a spreadsheet and save it again",
            ) from error
        self.line = sheet.start[0] if sheet.start else 0
        self.rows = self._read()

    def _read(self) -> Iterator[list[str]]:
        for cells in self._cells:
            self.line += 1
            yield [cell if isinstance(cell, str) else _as_text(cell) for cell in cells]


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
