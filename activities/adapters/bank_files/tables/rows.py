"""Rows of cells out of separated values, workbooks and fixed-width lines."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from models.payments.bank_files.errors import UnreadableBankFileError
from models.payments.bank_files.profiles import Column, FieldName

_LONGEST_CELL: Final = 1_000_000
_EXACT_FLOAT: Final = 1e15


@dataclass(frozen=True, slots=True)
class Row:
    """Cells without blanks around them, and the line where the row begins."""

    cells: tuple[str, ...]
    line: int

    def text(self) -> str:
        """The row as one line, for expressions to search."""
        return ",".join(self.cells).rstrip(",")

    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(self.cells)


def separated_rows(text: str, delimiter: str, *, most: int | None = None) -> list[Row]:
    """Rows of separated values; quotation marks inside of cells are taken as they are.

    Raises:
        UnreadableBankFileError: a quotation mark swallows the rest of the file.
    """
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[Row] = []
    before = 0
    try:
        for cells in reader:
            rows.append(Row(tuple(_clean(cell) for cell in cells), before + 1))
            before = reader.line_num
            if most is not None and len(rows) >= most:
                break
    except csv.Error as error:
        raise UnreadableBankFileError(
            f"not readable as a table ({error})", line=before + 1, remedy="Check the quotation marks there"
        ) from error
    return rows


def workbook_rows(content: bytes) -> list[Row]:
    """Rows of the first sheet of an XLSX or XLS workbook.

    Raises:
        UnreadableBankFileError: the workbook is corrupt, or has a password.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only for workbooks

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        first = (sheet.start[0] if sheet.start else 0) + 1
        return [
            Row(tuple(_clean(_as_text(cell)) for cell in cells), number)
            for number, cells in enumerate(sheet.iter_rows(), first)
        ]
    except (CalamineError, zipfile.BadZipFile) as error:
        raise UnreadableBankFileError(
            f"the file is no readable workbook ({error})", line=1, remedy="Save it as XLSX or CSV again"
        ) from error


def fixed_rows(text: str, columns: Mapping[FieldName, Column], encoding: str, *, in_bytes: bool) -> list[Row]:
    """Rows of fixed-width lines, cut where the columns of a profile say.

    Args:
        text: the file.
        columns: with start and width, in the order of the cells.
        encoding: in which widths are counted when ``in_bytes``.
        in_bytes: widths count bytes, as Chinese banks do, instead of characters.
    """
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        cells: list[str] = []
        for column in columns.values():
            start, width = (column.start or 1) - 1, column.width or 0
            if in_bytes:
                piece = line.encode(encoding, "replace")[start : start + width].decode(encoding, "replace")
            else:
                piece = line[start : start + width]
            cells.append(_clean(piece))
        rows.append(Row(tuple(cells), number))
    return rows


def _clean(cell: str) -> str:
    """A cell without the blanks, tabs and marks that exports put against spreadsheets' habits."""
    plain = cell.replace("\ufeff", "").replace("\u00a0", " ").strip().strip("`").strip()
    if plain.startswith('="') and plain.endswith('"'):
        plain = plain[2:-1].strip()
    return plain


def _as_text(cell: object) -> str:
    """A spreadsheet's value as a person sees it."""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < _EXACT_FLOAT
        return format(int(cell), "d") if whole else format(cell, ".15g")
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != time(0) else cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return "" if cell is None else str(cell)
