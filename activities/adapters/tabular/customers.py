"""Customer files: read and check up to a million rows, or write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from activities.adapters.tabular.amounts import parse_amount
from activities.adapters.tabular.codes import check_codes
from activities.adapters.tabular.headers import Layout, named_columns
from activities.adapters.tabular.sheets import Sheet, read_sheet, read_sheet_file
from models.bill_monitoring.customers import CustomerReading, CustomerTable, RowError
from models.errors import InvalidInputError
from models.money import Money

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "customer_id": ("客户编号", "客户号", "客户代码", "客户ID"),
    "name": ("客户名称", "企业名称", "公司名称", "名称", "单位名称"),
    "uscc": ("统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码"),
    "region": ("地区", "所在地区", "注册地", "区域"),
    "former_names": ("曾用名", "曾用名称", "former_name", "历史名称"),
    "parent_customer_id": ("上级客户编号", "母公司客户编号", "总公司客户编号", "parent_id"),
}
OPTIONAL_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "officer": ("客户经理", "管户经理", "负责人"),
    "exposure": ("敞口余额", "敞口", "风险敞口", "风险敞口余额"),
}
_SEPARATORS: Final = re.compile(r"[;；|｜、]")
_ABSENT: Final = frozenset({"-", "--", "—", "/", "无", "N/A", "NULL"})


def read_customers(path: Path) -> CustomerReading:
    """Read and check a customer file (CSV or XLSX).

    Raises:
        InvalidInputError: the file cannot be read as a table, or its columns are wrong.
    """
    return _checked(read_sheet_file(path), filename=str(path))


def parse_customers(content: bytes, *, filename: str) -> CustomerReading:
    """Read and check the bytes of a customer file; see `read_customers`."""
    return _checked(read_sheet(content, filename=filename), filename=filename)


def _checked(sheet: Sheet, *, filename: str) -> CustomerReading:
    present = set(sheet.header)
    columns, warnings = named_columns(sheet, _layout(present), filename=filename)
    blank = [""] * len(sheet.lines)
    errors = list(sheet.errors)
    table = CustomerTable(
        customer_ids=_unique(columns["customer_id"], sheet.lines, errors),
        names=_filled(columns["name"], sheet.lines, errors),
        usccs=_codes(columns.get("uscc", blank), sheet.lines, errors, warnings),
        regions=_optional(columns.get("region", blank)),
        former_names=_former_names(columns.get("former_names", blank)),
        parent_customer_ids=_optional(columns.get("parent_customer_id", blank)),
        officers=_optional(columns.get("officer", blank)),
        exposures=_amounts(columns.get("exposure", blank), sheet.lines, errors),
    )
    _check_parents(table, sheet.lines, errors)
    errors.sort(key=lambda error: error.line)
    return CustomerReading(CustomerTable() if errors else table, tuple(errors), tuple(warnings))


def _layout(present: set[str]) -> Layout:
    """Officer and exposure may be missing without another column being taken for them."""
    optional = {name: others for name, others in OPTIONAL_COLUMNS.items() if present & {name, *others}}
    return Layout("customers", {**COLUMNS, **optional}, required=("customer_id", "name"))


def _unique(ids: list[str], lines: Sequence[int], errors: list[RowError]) -> list[str]:
    if "" in ids or len(set(ids)) < len(ids):
        first_seen: dict[str, int] = {}
        for customer_id, line in zip(ids, lines, strict=True):
            if not customer_id:
                errors.append(RowError(line, "customer_id", "", "missing"))
            elif customer_id in first_seen:
                reason = f"duplicate: first on line {first_seen[customer_id]}"
                errors.append(RowError(line, "customer_id", customer_id, reason))
            else:
                first_seen[customer_id] = line
    return ids


def _filled(names: list[str], lines: Sequence[int], errors: list[RowError]) -> list[str]:
    if "" in names:
        errors.extend(
            RowError(lines[row], "name", "", "missing") for row, name in enumerate(names) if not name
        )
    return names


def _codes(
    codes: list[str], lines: Sequence[int], errors: list[RowError], warnings: list[RowError]
) -> list[str | None]:
    cleaned = [None if not code or code in _ABSENT else code for code in codes]
    checked, refused, doubtful = check_codes(cleaned)
    errors.extend(RowError(lines[row], "uscc", codes[row], reason) for row, reason in refused)
    warnings.extend(
        RowError(lines[row], "uscc", codes[row], "fails its check digit (GB 32100); kept as it is")
        for row in doubtful
    )
    return checked


def _optional(values: list[str]) -> list[str | None]:
    if not any(values):
        return [None] * len(values)
    shared: dict[str, str] = {}
    return [shared.setdefault(value, value) if value and value not in _ABSENT else None for value in values]


def _former_names(values: list[str]) -> list[tuple[str, ...]]:
    none: tuple[str, ...] = ()
    return [
        tuple(name for part in _SEPARATORS.split(value) if (name := part.strip()) and name not in _ABSENT)
        if value
        else none
        for value in values
    ]


def _amounts(values: list[str], lines: Sequence[int], errors: list[RowError]) -> list[Money | None]:
    if not any(values):
        return [None] * len(values)
    parsed: list[Money | None] = []
    for row, value in enumerate(values):
        try:
            parsed.append(parse_amount(value) if value else None)
        except InvalidInputError as error:
            parsed.append(None)
            errors.append(RowError(lines[row], "exposure", value, error.message))
    return parsed


def _check_parents(table: CustomerTable, lines: Sequence[int], errors: list[RowError]) -> None:
    wanted = {parent for parent in table.parent_customer_ids if parent}
    unknown = wanted.difference(table.customer_ids) if wanted else wanted
    for row, parent in enumerate(table.parent_customer_ids):
        if parent is None:
            continue
        if parent in unknown:
            errors.append(RowError(lines[row], "parent_customer_id", parent, "no such customer in this file"))
        elif parent == table.customer_ids[row]:
            errors.append(
                RowError(lines[row], "parent_customer_id", parent, "a customer cannot be its own parent")
            )


def customer_rows(table: CustomerTable) -> tuple[list[str], list[Callable[[int], str]]]:
    """The header of an exported customer file, and for each column what a row holds."""
    getters: dict[str, Callable[[int], str]] = {
        "customer_id": lambda row: table.customer_ids[row],
        "name": lambda row: table.names[row],
        "uscc": lambda row: table.usccs[row] or "",
        "region": lambda row: table.regions[row] or "",
        "former_names": lambda row: ";".join(table.former_names[row]),
        "parent_customer_id": lambda row: table.parent_customer_ids[row] or "",
        "officer": lambda row: table.officers[row] or "",
        "exposure": lambda row: "" if table.exposures[row] is None else str(table.exposures[row]),
    }
    return list(getters), list(getters.values())
