"""Published lists, their kept parts, and the records read from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.bill_monitoring.readings import from_json, to_json
from activities.store.database import enter_rows
from activities.store.tables.bills import ListPartRow, ListRow, ReadingRow, RecordRow
from models.bill_monitoring.messages import DocumentPart
from models.bill_monitoring.reading import DocumentReading


def enter_list(session: Session, row: ListRow) -> None:
    """Enter a list that was seen published; what is known of it already stays."""
    values = row.model_dump(exclude={"sequence", "scanned_by"})
    session.execute(insert(ListRow).values(values).on_conflict_do_nothing())


def scanned_lists(session: Session, list_ids: Iterable[str]) -> frozenset[str]:
    """Which of these lists have been processed to the end."""
    query = select(col(ListRow.list_id)).where(
        col(ListRow.list_id).in_(list(list_ids)),
        col(ListRow.scanned_by).is_not(None),
    )
    return frozenset(session.execute(query).scalars())


def lists(session: Session) -> list[tuple[ListRow, int]]:
    """All known lists with the number of their records, newest first."""
    query = (
        select(ListRow, func.count(col(RecordRow.record_id)))
        .outerjoin(RecordRow, col(RecordRow.list_id) == col(ListRow.list_id))
        .group_by(col(ListRow.list_id))
        .order_by(col(ListRow.list_date).desc(), col(ListRow.sequence).desc())
    )
    return [(row, count) for row, count in session.execute(query)]


def list_before(session: Session, list_ids: Sequence[str]) -> tuple[str, ...]:
    """The lists that the house processed last before these: what these are compared with.

    Those are the lists of the newest processed date that is not later; of one date the later known
    (a correction) stands for the earlier, which it replaces.
    """
    rows = session.execute(
        text("""
            WITH mine AS (
                SELECT max(list_date) AS list_date FROM overdue_list WHERE list_id = ANY(:ids)
            ), earlier AS (
                SELECT o.list_id, o.list_date, o.scanned_by
                FROM overdue_list o, mine
                WHERE o.scanned_by IS NOT NULL AND o.list_id <> ALL(:ids) AND o.list_date <= mine.list_date
                  AND NOT EXISTS (
                      SELECT 1 FROM overdue_list c WHERE c.corrects = o.list_id
                       AND c.scanned_by IS NOT NULL AND c.list_id <> ALL(:ids)
                  )
            )
            SELECT list_id FROM earlier WHERE list_date = (SELECT max(list_date) FROM earlier)
            ORDER BY list_id
        """),
        {"ids": list(list_ids)},
    )
    return tuple(row.list_id for row in rows)


# ---------------------------------------------------------------- parts


def keep_part(session: Session, part: ListPartRow) -> None:
    """Enter a page or file as kept; the first one kept stays the evidence."""
    session.execute(insert(ListPartRow).values(part.model_dump()).on_conflict_do_nothing())


def kept_parts(session: Session, list_id: str) -> dict[str, ListPartRow]:
    rows = session.execute(select(ListPartRow).where(col(ListPartRow.list_id) == list_id)).scalars()
    return {row.part: row for row in rows}


def unread_documents(session: Session, list_id: str) -> tuple[DocumentPart, ...]:
    """Kept parts that the reading desk has still to read."""
    rows = session.execute(
        select(ListPartRow)
        .where(col(ListPartRow.list_id) == list_id, col(ListPartRow.rows).is_(None))
        .order_by(col(ListPartRow.part))
    ).scalars()
    return tuple(DocumentPart(row.list_id, row.part, row.sha256, row.filename) for row in rows)


def note_part_read(session: Session, document: DocumentPart, *, rows: int, problem: str | None) -> None:
    session.execute(
        update(ListPartRow)
        .where(col(ListPartRow.list_id) == document.list_id, col(ListPartRow.part) == document.part)
        .values(rows=rows, problem=problem)
    )


def problems(session: Session, list_ids: Sequence[str]) -> list[ListPartRow]:
    """Parts that could not be read, with the reason."""
    query = (
        select(ListPartRow)
        .where(col(ListPartRow.list_id).in_(list_ids), col(ListPartRow.problem).is_not(None))
        .order_by(col(ListPartRow.list_id), col(ListPartRow.part))
    )
    return list(session.execute(query).scalars())


# ---------------------------------------------------------------- readings


def earlier_reading(session: Session, sha256: str, reader: str) -> DocumentReading | None:
    row = session.get(ReadingRow, (sha256, reader))
    return from_json(row.reading) if row else None


def keep_reading(
    session: Session, sha256: str, reader: str, reading: DocumentReading, *, at: dt.datetime
) -> None:
    session.execute(
        insert(ReadingRow)
        .values(sha256=sha256, reader=reader, reading=to_json(reading), read_at=at)
        .on_conflict_do_nothing()
    )


# ---------------------------------------------------------------- records


def enter_records(session: Session, rows: Sequence[RecordRow]) -> None:
    """Enter records of a part; a part entered before keeps its records."""
    enter_rows(session, insert(RecordRow).on_conflict_do_nothing(), rows)


def records(session: Session, list_ids: Sequence[str]) -> list[RecordRow]:
    query = (
        select(RecordRow)
        .where(col(RecordRow.list_id).in_(list_ids))
        .order_by(col(RecordRow.list_id), col(RecordRow.part), col(RecordRow.row_no))
    )
    return list(session.execute(query).scalars())


def records_by_id(session: Session, record_ids: Sequence[str]) -> list[RecordRow]:
    query = select(RecordRow).where(col(RecordRow.record_id).in_(record_ids))
    return list(session.execute(query).scalars())


def first_record(session: Session, document: DocumentPart) -> RecordRow | None:
    """The first record of a document, None when it gave none."""
    query = (
        select(RecordRow)
        .where(col(RecordRow.list_id) == document.list_id, col(RecordRow.part) == document.part)
        .order_by(col(RecordRow.row_no))
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def acceptor_history(session: Session, *, acceptor_key: str | None, name: str | None) -> list[RecordRow]:
    """Every appearance of an acceptor on processed lists, newest first.

    Args:
        session: the transaction.
        acceptor_key: a valid USCC (or the key of a record without one).
        name: part of the printed name.
    """
    query = (
        select(RecordRow)
        .join(ListRow, col(ListRow.list_id) == col(RecordRow.list_id))
        .where(col(ListRow.scanned_by).is_not(None))
        .order_by(col(RecordRow.acceptor_key), col(RecordRow.list_date).desc(), col(ListRow.sequence).desc())
        .limit(1_000)
    )
    if acceptor_key is not None:
        query = query.where(col(RecordRow.acceptor_key) == acceptor_key)
    if name is not None:
        query = query.where(col(RecordRow.name).contains(name, autoescape=True))
    return list(session.execute(query).scalars())


def update_record(session: Session, row: RecordRow, **changes: object) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    session.add(row)
