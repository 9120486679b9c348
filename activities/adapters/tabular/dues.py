"""Files of dues: what is to be collected, checked row by row before anything is entered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from activities.adapters.tabular.amounts import parse_amount, parse_date
from activities.adapters.tabular.headers import Layout, named_columns
from activities.adapters.tabular.sheets import read_sheet_file
from models.errors import InvalidInputError
from models.money import Money
from models.payments.account_numbers import account_number_fault
from models.payments.banking import BankAccount
from models.payments.debits import DebitDue

_LAYOUT: Final = Layout(
    "dues",
    {
        "due_id": ("应收编号", "期次编号", "单号"),
        "business_reference": ("合同编号", "合同号"),
        "debtor_name": ("付款人", "承租人", "户名"),
        "debtor_account": ("付款账号", "账号", "扣款账号"),
        "debtor_bank": ("付款行号", "开户行行号", "联行号"),
        "mandate": ("协议号", "授权编号"),
        "mandate_signed": ("签约日期", "授权日期"),
        "amount": ("金额", "应收金额", "扣款金额"),
        "due_date": ("应收日期", "到期日", "扣款日期"),
        "branch": ("机构", "分公司"),
    },
    required=(
        "due_id",
        "business_reference",
        "debtor_name",
        "debtor_account",
        "mandate",
        "amount",
        "due_date",
    ),
)
_SHOWN: Final = 20


def read_dues(path: Path, *, bank: str, product: str) -> list[DebitDue]:
    """The dues of a CSV or XLSX file, all of them sound.

    Raises:
        InvalidInputError: the file cannot be read, its columns are wrong, or rows are; names each of
            the first rows with line, field, value and reason.
    """
    sheet = read_sheet_file(path)
    columns, _ = named_columns(sheet, _LAYOUT, filename=str(path))
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    faults = [f"line {error.line}: {error.column} {error.value!r}: {error.reason}" for error in sheet.errors]
    seen: dict[str, int] = {}
    dues = []
    for line, row in zip(sheet.lines, rows, strict=True):
        found = [*_faults(row), *_repeated(row["due_id"], line, seen)]
        faults += [f"line {line}: {fault}" for fault in found]
        if not found:
            dues.append(_due(row, bank, product))
    if faults:
        raise InvalidInputError(
            f"{path}: {_shortened(faults)}", remedy="Correct the file; nothing was entered"
        )
    return dues


def _faults(row: dict[str, str]) -> Iterator[str]:
    for name in _LAYOUT.required:
        if not row[name].strip():
            yield f"{name} is missing"
    account = row["debtor_account"].replace(" ", "")
    if account and (fault := account_number_fault(account)):
        yield f"debtor_account {account!r}: {fault}"
    for name in ("due_date", "mandate_signed"):
        if row.get(name) and _day(row[name]) is None:
            yield f"{name} {row[name]!r} is not a date; write it like 2026-11-30"
    if row["amount"] and (_amount(row["amount"]) is None):
        yield f"amount {row['amount']!r} is not a positive amount with at most two decimals"


def _repeated(due_id: str, line: int, seen: dict[str, int]) -> Sequence[str]:
    first = seen.setdefault(due_id, line)
    return () if first == line else (f"due_id {due_id!r} stands on line {first} already",)


def _due(row: dict[str, str], bank: str, product: str) -> DebitDue:
    day, amount = _day(row["due_date"]), _amount(row["amount"])
    if day is None or amount is None:
        raise ValueError(f"row was not checked: {row}")
    return DebitDue(
        due_id=row["due_id"],
        bank=bank,
        product=product,
        business_reference=row["business_reference"],
        debtor=BankAccount(
            row["debtor_account"].replace(" ", ""), row["debtor_name"], row.get("debtor_bank", "")
        ),
        mandate=row["mandate"],
        mandate_signed=_day(row.get("mandate_signed", "")) or day,
        amount=amount,
        due_date=day,
        branch=row.get("branch") or "HQ",
    )


def _day(text: str) -> date | None:
    try:
        return parse_date(text.strip())
    except InvalidInputError:
        return None


def _amount(text: str) -> Money | None:
    try:
        amount = parse_amount(text.strip())
    except InvalidInputError:
        return None
    return amount if amount.minor > 0 else None


def _shortened(faults: Sequence[str]) -> str:
    more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
    return "; ".join(faults[:_SHOWN]) + more
