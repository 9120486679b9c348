"""Files that go to banks and come from them; their content is a kept document."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from activities.store import documents
from activities.store.tables.debits import BankFileRow
from models.errors import InvalidInputError


class Way(StrEnum):
    """Which way a file goes."""

    OUT = "out"
    IN = "in"


class FileState(StrEnum):
    """Where a file stands."""

    MADE = "made"
    SENDING = "sending"
    """About to be delivered; found again in this state, it may have arrived."""
    SENT = "sent"
    KEPT = "kept"
    """Fetched from the bank, not applied yet."""
    APPLIED = "applied"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class OrderFile:
    """An order file as it was written."""

    name: str
    kind: str
    content: bytes
    message_id: str
    batch_id: str
    items: int
    total_minor: int


def enter_order_file(session: Session, bank: str, file: OrderFile, *, at: datetime) -> BankFileRow:
    """Keep a file that is to be sent."""
    row = BankFileRow(
        file_id=file.message_id,
        bank=bank,
        way=Way.OUT,
        name=file.name,
        sha256=documents.keep(session, file.content, media_type="application/octet-stream"),
        kind=file.kind,
        message_id=file.message_id,
        batch_id=file.batch_id,
        state=FileState.MADE,
        items=file.items,
        total_minor=file.total_minor,
        made_at=at,
    )
    session.add(row)
    session.flush()
    return row


def enter_arrival(
    session: Session, bank: str, name: str, content: bytes, *, at: datetime
) -> tuple[str, bool]:
    """Keep a file that a bank had for us; gives its id, and whether its content is new.

    The id is made of what it holds: a bank that gives the same name to another file, or another name
    to the same, is understood either way.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    file_id = f"{bank}-{sha256[:24]}"
    if session.get(BankFileRow, file_id) is not None:
        return file_id, False
    documents.keep(session, content, media_type="application/octet-stream")
    session.add(
        BankFileRow(
            file_id=file_id,
            bank=bank,
            way=Way.IN,
            name=name,
            sha256=sha256,
            kind="",
            state=FileState.KEPT,
            made_at=at,
        )
    )
    session.flush()
    return file_id, True


def last_arrival(session: Session, bank: str, name: str) -> BankFileRow | None:
    """The file that a bank gave us last under a name; None when there was none."""
    query = (
        select(BankFileRow)
        .where(col(BankFileRow.bank) == bank, col(BankFileRow.way) == Way.IN, col(BankFileRow.name) == name)
        .order_by(col(BankFileRow.made_at).desc())
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def find(session: Session, file_id: str, *, lock: bool = False) -> BankFileRow:
    """A file.

    Raises:
        InvalidInputError: there is none of this id.
    """
    row = session.get(BankFileRow, file_id, with_for_update=lock)
    if row is None:
        raise InvalidInputError(f"file {file_id!r} is not known", remedy="See leaseflow banks files")
    return row


def content(session: Session, row: BankFileRow) -> bytes:
    return documents.fetch(session, row.sha256).content


def end(
    session: Session,
    row: BankFileRow,
    state: FileState,
    *,
    at: datetime,
    sentence: str = "",
    outcome: dict[str, Any] | None = None,
) -> None:
    """A file was sent, applied, or could not be read."""
    row.state, row.sentence, row.outcome, row.ended_at = state, sentence, outcome, at
    session.add(row)


def of_batch(session: Session, batch_id: str) -> list[BankFileRow]:
    """The order files of a batch, in their order."""
    rows = session.execute(
        select(BankFileRow)
        .where(col(BankFileRow.batch_id) == batch_id, col(BankFileRow.way) == Way.OUT)
        # the tenth stands behind the ninth, not behind the first
        .order_by(func.length(col(BankFileRow.file_id)), col(BankFileRow.file_id))
    )
    return list(rows.scalars())


def listed(session: Session, *, bank: str | None, limit: int) -> list[BankFileRow]:
    """Files, newest first."""
    query = select(BankFileRow).order_by(col(BankFileRow.made_at).desc(), col(BankFileRow.file_id))
    if bank is not None:
        query = query.where(col(BankFileRow.bank) == bank)
    return list(session.execute(query.limit(limit)).scalars())
