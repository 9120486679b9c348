"""Customers written to files for export."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from activities.adapters.tabular.customers import customer_rows
from models.bill_monitoring.customers import Customer, CustomerTable
from models.errors import InvalidInputError

_XLSX_ROWS: Final = 1_048_575
"""Rows that a worksheet holds besides its header."""


def write_customers(customers: Iterable[Customer], path: Path) -> int:
    """Write a customer file: XLSX when the path ends so, else CSV in UTF-8 with a mark for spreadsheets.

    The file appears whole or not at all.

    Returns:
        How many customers were written.

    Raises:
        InvalidInputError: more customers than a worksheet has rows.
    """
    table = CustomerTable.of(customers)
    with replacing(path) as draft:
        if path.suffix.lower() == ".xlsx":
            _write_xlsx(table, draft)
        else:
            _write_csv(table, draft)
    return len(table)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside the given one to write to; it takes the place of the given one when all went well."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _write_csv(table: CustomerTable, path: Path) -> None:
    header, getters = customer_rows(table)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([get(row) for get in getters] for row in range(len(table)))


def _write_xlsx(table: CustomerTable, path: Path) -> None:
    import xlsxwriter  # noqa: PLC0415 - only for XLSX

    if len(table) > _XLSX_ROWS:
        raise InvalidInputError(
            f"{len(table)} customers do not fit into a worksheet of {_XLSX_ROWS} rows",
            remedy="Export CSV instead",
        )
    header, getters = customer_rows(table)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        sheet = workbook.add_worksheet("customers")
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(header):
            sheet.write_string(0, column, heading)
        for row in range(len(table)):
            for column, get in enumerate(getters):
                sheet.write_string(row + 1, column, get(row))
