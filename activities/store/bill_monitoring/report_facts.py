"""What the report needs to know beyond its scan's findings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlmodel import Session, col

from activities.store.tables.bills import ListRow, RecordRow
from activities.store.tables.customers import CustomerRow
from activities.store.tables.house import StaffRow

# Lists that stand: processed to the end (or part of this very scan), not replaced by a correction.
_STANDING = """
    WITH known AS (
        SELECT list_id, list_date, corrects FROM overdue_list
        WHERE (scanned_by IS NOT NULL OR list_id = ANY(:ids)) AND list_date <= :newest
    ), standing AS (
        SELECT list_id, list_date FROM known k
        WHERE NOT EXISTS (SELECT 1 FROM known c WHERE c.corrects = k.list_id)
    )
"""


@dataclass(frozen=True, slots=True)
class ListTotals:
    """What an earlier list meant for the house."""

    list_date: dt.date
    customers: int
    overdue_minor: int


def list_titles(session: Session, list_ids: Sequence[str]) -> tuple[str, ...]:
    query = (
        select(col(ListRow.title)).where(col(ListRow.list_id).in_(list_ids)).order_by(col(ListRow.sequence))
    )
    return tuple(session.execute(query).scalars())


def list_dates(session: Session, list_ids: Sequence[str]) -> tuple[dt.date, ...]:
    """Dates of lists, newest first, each once."""
    query = (
        select(col(ListRow.list_date))
        .where(col(ListRow.list_id).in_(list_ids))
        .distinct()
        .order_by(col(ListRow.list_date).desc())
    )
    return tuple(session.execute(query).scalars())


def earlier_scan_of(session: Session, list_ids: Sequence[str], *, scan_id: str) -> bool:
    """Whether another scan processed one of these very lists before."""
    query = select(func.count()).where(
        col(ListRow.list_id).in_(list_ids),
        col(ListRow.scanned_by).is_not(None),
        col(ListRow.scanned_by) != scan_id,
    )
    return bool(session.execute(query).scalar_one())


def record_count(session: Session, list_ids: Sequence[str]) -> int:
    query = select(func.count()).where(col(RecordRow.list_id).in_(list_ids))
    return int(session.execute(query).scalar_one())


def processed_dates(session: Session, list_ids: Sequence[str], *, newest: dt.date) -> tuple[dt.date, ...]:
    """Dates of all lists that stand, newest first, this scan's lists among them."""
    rows = session.execute(
        text(_STANDING + "SELECT DISTINCT list_date FROM standing ORDER BY list_date DESC"),  # noqa: S608 - constants
        {"ids": list(list_ids), "newest": newest},
    )
    return tuple(rows.scalars())


def appearances(
    session: Session, acceptor_keys: Iterable[str], list_ids: Sequence[str], *, newest: dt.date
) -> dict[str, frozenset[dt.date]]:
    """Dates of the standing lists that name each acceptor."""
    rows = session.execute(
        text(
            _STANDING  # noqa: S608 - constants
            + """
            SELECT r.acceptor_key, array_agg(DISTINCT s.list_date)
            FROM overdue_record r JOIN standing s USING (list_id)
            WHERE r.acceptor_key = ANY(:keys) GROUP BY r.acceptor_key
            """
        ),
        {"ids": list(list_ids), "newest": newest, "keys": sorted(set(acceptor_keys))},
    )
    return {key: frozenset(dates) for key, dates in rows}


def earlier_totals(session: Session, *, before: dt.date) -> tuple[ListTotals, ...]:
    """Customers on each earlier list and their overdue balance, oldest first.

    Of several lists of one date the last known stands; the scan that processed it last counts.
    """
    rows = session.execute(
        text("""
            WITH standing AS (
                SELECT DISTINCT ON (list_date) list_date, scanned_by FROM overdue_list
                WHERE scanned_by IS NOT NULL AND list_date < :before
                ORDER BY list_date, sequence DESC
            )
            SELECT s.list_date, count(DISTINCT f.customer_id), coalesce(sum(f.overdue_balance_minor), 0)
            FROM standing s LEFT JOIN finding f ON f.scan_id = s.scanned_by AND f.change <> 'cleared'
            GROUP BY s.list_date ORDER BY s.list_date
        """),
        {"before": before},
    )
    return tuple(ListTotals(list_date, customers, int(overdue)) for list_date, customers, overdue in rows)


def customer_names(session: Session, customer_ids: Iterable[str]) -> dict[str, str]:
    query = select(col(CustomerRow.customer_id), col(CustomerRow.name)).where(
        col(CustomerRow.customer_id).in_(sorted(set(customer_ids)))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def staff_names(session: Session) -> dict[str, str]:
    """Full names by user name."""
    query = select(col(StaffRow.username), col(StaffRow.full_name))
    return {row[0]: row[1] for row in session.execute(query)}
