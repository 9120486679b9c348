"""Files of overdue records to match: one record a row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from activities.adapters.tabular.amounts import parse_amount, parse_date
from activities.adapters.tabular.headers import Layout, named_columns
from activities.adapters.tabular.sheets import Sheet, read_sheet, read_sheet_file
from models.bill_monitoring.customers import RowError
from models.bill_monitoring.matching.results import RecordIdentity
from models.errors import InvalidInputError

LAYOUT: Final = Layout(
    "records",
    {
        "record_id": ("记录编号", "编号", "序号"),
        "name": ("企业名称", "承兑人名称", "承兑人", "名称", "单位名称"),
        "uscc": ("统一社会信用代码", "社会信用代码", "信用代码"),
        "overdue_balance": ("逾期余额",),
        "as_of": ("截止日期", "截至日期", "基准日"),
    },
    required=("record_id", "name"),
)


@dataclass(frozen=True, slots=True)
class RecordReading:
    """A file of records, read and checked: all of them, or none and every error."""

    records: tuple[RecordIdentity, ...]
    errors: tuple[RowError, ...] = ()
    warnings: tuple[RowError, ...] = ()


def read_records(path: Path) -> RecordReading:
    """Read and check a file of records (CSV or XLSX).

    Raises:
        InvalidInputError: the file cannot be read as a table, or its columns are wrong.
    """
    return _checked(read_sheet_file(path), filename=str(path))


def parse_records(content: bytes, *, filename: str) -> RecordReading:
    """Read and check the bytes of a file of records; see `read_records`."""
    return _checked(read_sheet(content, filename=filename), filename=filename)


def _checked(sheet: Sheet, *, filename: str) -> RecordReading:
    columns, warnings = named_columns(sheet, LAYOUT, filename=filename)
    blank = [""] * len(sheet.lines)
    rows = zip(
        sheet.lines,
        columns["record_id"],
        columns["name"],
        columns.get("uscc", blank),
        columns.get("overdue_balance", blank),
        columns.get("as_of", blank),
        strict=True,
    )
    errors = list(sheet.errors)
    seen: dict[str, int] = {}
    records = []
    for line, record_id, name, uscc, balance, as_of in rows:
        errors.extend(_errors_of(line, record_id, name or uscc, balance, as_of))
        if record_id and seen.setdefault(record_id, line) != line:
            reason = f"duplicate: first on line {seen[record_id]}"
            errors.append(RowError(line, "record_id", record_id, reason))
        records.append(RecordIdentity(record_id, name, uscc or None))
    errors.sort(key=lambda error: error.line)
    return RecordReading(() if errors else tuple(records), tuple(errors), tuple(warnings))


def _errors_of(line: int, record_id: str, identity: str, balance: str, as_of: str) -> list[RowError]:
    found = []
    if not record_id:
        found.append(RowError(line, "record_id", "", "missing"))
    if not identity:
        found.append(RowError(line, "name", "", "neither name nor code is given"))
    for column, value, parse in (("overdue_balance", balance, parse_amount), ("as_of", as_of, parse_date)):
        try:
            if value:
                parse(value)
        except InvalidInputError as error:
            found.append(RowError(line, column, value, error.message))
    return found
