"""Readings and records between Python and the database."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import TypeAdapter

from activities.store.tables.bills import RecordRow
from models.bill_monitoring.names import normalise_name
from models.bill_monitoring.reading import DocumentReading, ReadRecord, RowLocator
from models.identifiers import is_valid_uscc
from models.money import Money

_READING = TypeAdapter(DocumentReading)
_LOCATOR = TypeAdapter(RowLocator)


def to_json(reading: DocumentReading) -> dict[str, Any]:
    data: dict[str, Any] = _READING.dump_python(reading, mode="json")
    return data


def from_json(data: dict[str, Any]) -> DocumentReading:
    return _READING.validate_python(data)


def acceptor_key(name: str, uscc: str | None) -> str:
    """Who the same acceptor is on every list: the valid code, or else the normalised name."""
    return uscc if uscc and is_valid_uscc(uscc) else normalise_name(name)


def minor(money: Money | None) -> int | None:
    return money.minor if money else None


def money(minor_units: int | None) -> Money | None:
    return Money(minor_units) if minor_units is not None else None


def record_row(
    read: ReadRecord, *, list_id: str, list_date: dt.date, part: str, row_no: int, origin: str
) -> RecordRow:
    """A record as it is entered."""
    name = read.name or ""
    return RecordRow(
        record_id=f"{list_id}/{part}/{row_no}",
        list_id=list_id,
        list_date=list_date,
        part=part,
        row_no=row_no,
        name=name,
        uscc=read.uscc,
        acceptor_key=acceptor_key(name, read.uscc),
        overdue_balance_minor=minor(read.overdue_balance),
        cumulative_overdue_minor=minor(read.cumulative_overdue),
        as_of=read.date,
        origin=origin,
        confidence={field.value: round(value, 4) for field, value in read.confidence.items()} or None,
        repaired=[field.value for field in read.repaired],
        doubts=list(read.review),
        locator=_LOCATOR.dump_python(read.locator, mode="json") if read.locator else None,
    )


def read_record(row: RecordRow) -> ReadRecord:
    """A record as the reading desk needs it to go on reading."""
    return ReadRecord(
        name=row.name,
        uscc=row.uscc,
        overdue_balance=money(row.overdue_balance_minor),
        cumulative_overdue=money(row.cumulative_overdue_minor),
        date=row.as_of,
        uscc_valid=is_valid_uscc(row.uscc) if row.uscc else None,
        review=tuple(row.doubts),
        locator=_LOCATOR.validate_python(row.locator) if row.locator else None,
    )
