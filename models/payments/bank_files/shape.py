"""A bank file as JSON: field names are a promise to scripts and are only added to.

Amounts are decimal strings with their currency's digits, dates ISO, a missing value is null.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from models.payments.bank_files.amounts import plain
from models.payments.bank_files.statements import BankFile, Statement, StatementEntry, Totals

_STATEMENT_FIRST: Final = ("account", "id", "currency", "opening", "closing")
_NAMES: Final[dict[tuple[type[Any], tuple[str, ...]], tuple[str, ...]]] = {}
_COUNTS: Final = frozenset({"entries", "credit_entries", "debit_entries"})


def as_json(file: BankFile) -> dict[str, Any]:
    """The answer of ``leaseflow banks read --json``."""
    return {
        **_head(file),
        "statements": [
            {**_statement(statement), "entries": [_entry(entry) for entry in statement.entries]}
            for statement in file.statements
        ],
        **_tail(file),
    }


def json_text(file: BankFile, /, **more: str) -> Iterator[str]:
    """The same as text, piece by piece: a large statement is never in memory as a whole once more.

    Args:
        file: what was read.
        more: further fields of the outermost object.
    """
    yield json.dumps(_head(file), ensure_ascii=False)[:-1]
    yield ', "statements": ['
    for number, statement in enumerate(file.statements):
        yield ",\n" if number else "\n"
        yield json.dumps(_statement(statement), ensure_ascii=False)[:-1]
        yield ', "entries": ['
        for index, entry in enumerate(statement.entries):
            yield ",\n" if index else "\n"
            yield json.dumps(_entry(entry), ensure_ascii=False)
        yield "]}"
    yield "],\n"
    yield json.dumps({**_tail(file), **more}, ensure_ascii=False)[1:]
    yield "\n"


def _head(file: BankFile) -> dict[str, Any]:
    return {"format": file.format, "version": file.version}


def _tail(file: BankFile) -> dict[str, Any]:
    return {
        "payments": [_record(payment, payment.currency) for payment in file.payments],
        "statuses": [_record(status, status.currency) for status in file.statuses],
        "totals": {"declared": _totals(file.declared), "computed": _totals(file.computed)},
        "flags": [_record(flag, None) for flag in file.flags],
        "message": file.message,
        "message_id": file.message_id,
        "created": file.created,
        "profile": file.profile,
        "encoding": file.encoding,
    }


def _statement(statement: Statement) -> dict[str, Any]:
    currency = statement.currency
    first = {name: _value(getattr(statement, name), currency) for name in _STATEMENT_FIRST}
    others = _record(statement, currency, without=(*_STATEMENT_FIRST, "entries", "declared"))
    return {**first, **others, "declared": _totals(statement.declared)}


def _entry(entry: StatementEntry) -> dict[str, Any]:
    answer = _record(entry, entry.currency, without=("details",))
    answer["details"] = [
        {
            **_record(detail, detail.currency, without=("original_amount",)),
            "original_amount": _value(detail.original_amount, detail.original_currency),
        }
        for detail in entry.details
    ]
    return answer


def _totals(totals: Totals) -> dict[str, Any]:
    return {
        name: getattr(totals, name) if name in _COUNTS else _value(getattr(totals, name), totals.currency)
        for name in _names(Totals)
    }


def _record(value: Any, currency: str | None, *, without: tuple[str, ...] = ()) -> dict[str, Any]:  # noqa: ANN401 - any of our dataclasses
    return {
        name: _value(getattr(value, name), currency, exact=name == "exchange_rate")
        for name in _names(type(value), without)
    }


def _names(kind: type[Any], without: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Names of a dataclass's fields, remembered: this is asked for every entry."""
    key = (kind, without)
    if key not in _NAMES:
        _NAMES[key] = tuple(field.name for field in fields(kind) if field.name not in without)
    return _NAMES[key]


def _value(value: object, currency: str | None, *, exact: bool = False) -> object:
    if value is None or type(value) is str:
        return value
    if isinstance(value, Decimal):
        return f"{value:f}" if exact else plain(value, currency)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_value(item, currency) for item in value]
    if is_dataclass(value):
        return _record(value, getattr(value, "currency", None))
    return str(value) if isinstance(value, str) else value
