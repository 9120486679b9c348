"""Statements as tables: read by the reader of bank files; what a workbook says of itself."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Final

from activities.adapters.bank_files.encodings import decode
from activities.adapters.bank_files.reading import read_bank_file
from activities.adapters.bank_files.tables.rows import Row, separated_rows, workbook_rows
from activities.ports.reading import UnreadableDocumentError
from models.bill_monitoring.printed_text import TextLine
from models.bill_monitoring.reading import Box
from models.lease.documents.paper import PlacedLine, WorkbookFacts
from models.payments.bank_files.errors import UnreadableBankFileError
from models.payments.bank_files.statements import BankFile

_MOST_CELLS: Final = 20_000
_CELL: Final = (100, 20)
"""Width and height that a cell is given, so that neighbours stand beside each other."""
_CORE: Final = "docProps/core.xml"
_APP: Final = "docProps/app.xml"
_LARGEST_PART: Final = 1_000_000
"""Bytes, unpacked; properties are a few hundred."""
_REMEDY: Final = "Save it again, or add the bank's PDF"


def read_statement(content: bytes) -> BankFile | None:
    """The statement in a table; None if no profile of a bank fits, so that it is another table."""
    try:
        file = read_bank_file(content)
    except UnreadableBankFileError:
        return None
    return file if any(statement.entries for statement in file.statements) else None


def printed_cells(content: bytes, *, is_workbook: bool) -> tuple[PlacedLine, ...]:
    """The cells of a table as pieces of text, so that anchors and habits can be looked for.

    Raises:
        UnreadableDocumentError: it is broken.
    """
    try:
        rows = workbook_rows(content) if is_workbook else _text_rows(content)
    except UnreadableBankFileError as error:
        raise UnreadableDocumentError(error.message, remedy=error.remedy) from error
    cells = [
        _placed(text, column, number)
        for number, row in enumerate(rows)
        for column, text in enumerate(row.cells)
        if text
    ]
    return tuple(cells[:_MOST_CELLS])


def workbook_facts(content: bytes) -> WorkbookFacts:
    """Who saved an XLSX workbook, when, with what.

    Raises:
        UnreadableDocumentError: what it says of itself is broken, or too large to be that.
    """
    from lxml import etree  # noqa: PLC0415 - only for workbooks

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    said: dict[str, str] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for part in (_CORE, _APP):
                if part in archive.namelist():
                    if archive.getinfo(part).file_size > _LARGEST_PART:
                        raise UnreadableDocumentError(f"the workbook's {part} is too large", remedy=_REMEDY)
                    for element in etree.fromstring(archive.read(part), parser).iter():
                        if isinstance(element.tag, str):
                            said[etree.QName(element).localname] = (element.text or "").strip()
    except (etree.XMLSyntaxError, zipfile.BadZipFile) as error:
        raise UnreadableDocumentError(
            f"the workbook's properties are broken: {error}", remedy=_REMEDY
        ) from error
    return WorkbookFacts(
        application=said.get("Application", ""),
        created=_instant(said.get("created", "")),
        modified=_instant(said.get("modified", "")),
        last_modified_by=said.get("lastModifiedBy", ""),
    )


def _text_rows(content: bytes) -> list[Row]:
    text = decode(content).text
    delimiter = max(",\t;|", key=text.count)
    return separated_rows(text, delimiter)


def _placed(text: str, column: int, row: int) -> PlacedLine:
    width, height = _CELL
    box = Box(column * width, row * height, (column + 1) * width - 10, (row + 1) * height - 4)
    return PlacedLine(TextLine(text, 1.0), box)


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    # one that names no zone could not be compared with one that does
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
