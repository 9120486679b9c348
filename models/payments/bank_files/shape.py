"""A bank file as JSON: field names are a promise to scripts and are only added to.

Amounts are decimal strings with their currency's digits, dates ISO, a missing value is null.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, Final

from models.payments.bank_files.amounts import plain
from models.payments.bank_files.statements import BankFile, Statement, StatementEntry, Totals

_STATEMENT_FIRST: Final = ("account", "id", "currency", "opening", "closing")
_COUNTS: Final = frozenset({"entries", "credit_entries", "debit_entries"})


def as_json(file: BankFile) -> dict[str, Any]:
    """The answer of ``leaseflow banks read --json``."""
    return {
        "format": file.format,
        "version": file.version,
        "statements": [_statement(statement) for statement in file.statements],
        "payments": [_record(payment, payment.currency) for payment in file.payments],
        "statuses": [_record(status, status.currency) for status in file.statuses],
        "totals": {"declared": _totals(file.declared), "computed": _totals(file.computed)},
        "flags": [
            {"code": f.code.value, "message": f.message, "line": f.line, "path": f.path} for f in file.flags
        ],
        "message": file.message,
        "message_id": file.message_id,
        "created": file.created,
        "profile": file.profile,
        "encoding": file.encoding,
    }


def _statement(statement: Statement) -> dict[str, Any]:
    currency = statement.currency
    first = {name: _value(getattr(statement, name), currency) for name in _STATEMENT_FIRST}
    return {
        **first,
        "entries": [_entry(entry) for entry in statement.entries],
        **_record(statement, currency, without={*_STATEMENT_FIRST, "entries", "declared", "balances"}),
        "balances": [_record(balance, balance.currency) for balance in statement.balances],
        "declared": _totals(statement.declared),
    }


def _entry(entry: StatementEntry) -> dict[str, Any]:
    answer = _record(entry, entry.currency, without={"details", "charges"})
    answer["charges"] = [_record(charge, charge.currency) for charge in entry.charges]
    answer["details"] = [
        {
            **_record(detail, detail.currency, without={"charges", "original_amount"}),
            "original_amount": _value(detail.original_amount, detail.original_currency),
            "charges": [_record(charge, charge.currency) for charge in detail.charges],
        }
        for detail in entry.details
    ]
    return answer


def _totals(totals: Totals) -> dict[str, Any]:
    currency = totals.currency
    return {
        field.name: value if field.name in _COUNTS else _value(value, currency)
        for field in fields(totals)
        for value in (getattr(totals, field.name),)
    }


def _record(value: Any, currency: str | None, *, without: Iterable[str] = ()) -> dict[str, Any]:  # noqa: ANN401 - any of our dataclasses
    left_out = set(without)
    return {
        field.name: _value(getattr(value, field.name), currency, exact=field.name == "exchange_rate")
        for field in fields(value)
        if field.name not in left_out
    }


def _value(value: object, currency: str | None, *, exact: bool = False) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}" if exact else plain(value, currency)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return (
            [_value(item, currency) for item in value]
            if not value or not hasattr(value[0], "__dataclass_fields__")
            else [_record(item, currency) for item in value]
        )
    return str(value) if isinstance(value, str) else value
