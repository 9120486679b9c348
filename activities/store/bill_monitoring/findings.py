"""Decisions about records, and the findings that follow from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlmodel import Session, col

from activities.store.database import enter_rows
from activities.store.tables.bills import (
    FindingRow,
    ListRow,
    MatchRow,
    RecordRow,
    ReviewItemRow,
    SettledIdentityRow,
)
from models.bill_monitoring.rules import Change
from models.bill_monitoring.workflow_ids import item_warning_workflow, warning_workflow

ENGINE = "leaseflow"
"""Who decided when no person did."""


def enter_matches(session: Session, rows: Sequence[MatchRow]) -> None:
    """Enter decisions; a person's decision is never replaced by the engine's."""
    statement = insert(MatchRow)
    changes = {
        column: statement.excluded[column]
        for column in ("decision", "customer_id", "relation", "score", "reason", "candidates", "decided_at")
    }
    enter_rows(
        session,
        statement.on_conflict_do_update(
            index_elements=["record_id"],
            set_=changes,
            where=text("record_match.decided_by = 'leaseflow'"),
        ),
        rows,
    )


def enter_decision(session: Session, row: MatchRow) -> None:
    """Enter a person's decision, which replaces whatever stood there."""
    values = row.model_dump()
    session.execute(
        insert(MatchRow)
        .values(values)
        .on_conflict_do_update(
            index_elements=["record_id"], set_={k: v for k, v in values.items() if k != "record_id"}
        )
    )


def decided_records(
    session: Session, list_ids: Sequence[str], decisions: Iterable[str]
) -> list[tuple[RecordRow, MatchRow]]:
    """Records of these lists with one of these decisions, or with doubts about their reading."""
    query = (
        select(RecordRow, MatchRow)
        .join(MatchRow, col(MatchRow.record_id) == col(RecordRow.record_id))
        .where(
            col(RecordRow.list_id).in_(list_ids),
            col(MatchRow.decision).in_(list(decisions)) | (col(RecordRow.doubts) != []),
        )
        .order_by(col(RecordRow.record_id))
    )
    return [(record, match) for record, match in session.execute(query)]


def decision_counts(session: Session, list_ids: Sequence[str]) -> dict[str, int]:
    rows = session.execute(
        text("""
            SELECT m.decision, count(*) AS records FROM record_match m JOIN overdue_record r USING (record_id)
            WHERE r.list_id = ANY(:ids) GROUP BY m.decision
        """),
        {"ids": list(list_ids)},
    )
    return {row.decision: row.records for row in rows}


# ---------------------------------------------------------------- what people settled


def settled_identities(session: Session, acceptor_keys: Iterable[str]) -> dict[str, SettledIdentityRow]:
    """The newest decision of a person about each acceptor."""
    query = (
        select(SettledIdentityRow)
        .where(col(SettledIdentityRow.acceptor_key).in_(list(acceptor_keys)))
        .order_by(col(SettledIdentityRow.settled_id))
    )
    return {row.acceptor_key: row for row in session.execute(query).scalars()}


# ---------------------------------------------------------------- findings


def standing_findings(session: Session, *, up_to: dt.date, besides: str) -> dict[tuple[str, str], FindingRow]:
    """What the house knew before a scan: by customer and acceptor, the newest finding that has not cleared.

    Args:
        session: the transaction.
        up_to: findings of later lists do not count (a list of the past may be scanned late).
        besides: the scan itself.
    """
    key = (col(FindingRow.customer_id), col(FindingRow.acceptor_key))
    query = (
        select(FindingRow)
        .where(col(FindingRow.list_date) <= up_to, col(FindingRow.scan_id) != besides)
        .ext(distinct_on(*key))
        .order_by(*key, col(FindingRow.list_date).desc(), col(FindingRow.found_at).desc())
    )
    rows = session.execute(query).scalars()
    return {(row.customer_id, row.acceptor_key): row for row in rows if row.change != Change.CLEARED}


def newer_list_is_known(session: Session, list_date: dt.date) -> bool:
    """Whether a list of a later date was processed: what an earlier one says is history then."""
    query = select(col(ListRow.list_id)).where(
        col(ListRow.list_date) > list_date, col(ListRow.scanned_by).is_not(None)
    )
    return session.execute(query.limit(1)).first() is not None


def enter_findings(session: Session, rows: Sequence[FindingRow]) -> None:
    """Enter findings; one that is entered already (a retried step) stays as it is."""
    enter_rows(session, insert(FindingRow).on_conflict_do_nothing(), rows)


def findings_of_scan(session: Session, scan_id: str) -> list[FindingRow]:
    query = select(FindingRow).where(col(FindingRow.scan_id) == scan_id).order_by(col(FindingRow.finding_id))
    return list(session.execute(query).scalars())


def findings_by_id(session: Session, finding_ids: Sequence[str]) -> list[FindingRow]:
    query = (
        select(FindingRow)
        .where(col(FindingRow.finding_id).in_(finding_ids))
        .order_by(col(FindingRow.finding_id))
    )
    return list(session.execute(query).scalars())


def find_findings(
    session: Session,
    *,
    list_date: dt.date | None = None,
    officer: str | None = None,
    customer_id: str | None = None,
    change: str | None = None,
    unacknowledged: bool = False,
    limit: int = 1_000,
) -> list[FindingRow]:
    """Findings by any of these, gravest first within the newest list."""
    query = select(FindingRow)
    for column, wanted in (
        (col(FindingRow.list_date), list_date),
        (col(FindingRow.officer), officer),
        (col(FindingRow.customer_id), customer_id),
        (col(FindingRow.change), change),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if unacknowledged:
        query = query.where(
            col(FindingRow.acknowledged_by).is_(None),
            col(FindingRow.change) != Change.UNCHANGED,
        )
    query = query.order_by(
        col(FindingRow.list_date).desc(),
        col(FindingRow.overdue_balance_minor).desc().nulls_last(),
    ).limit(limit)
    return list(session.execute(query).scalars())


def warning_of(session: Session, finding: FindingRow) -> str:
    """The workflow that warns of a finding: its scan's, or its own where it came of a review."""
    query = select(col(ReviewItemRow.item_id)).where(
        col(ReviewItemRow.scan_id) == finding.scan_id,
        col(ReviewItemRow.record_id) == finding.record_id,
        col(ReviewItemRow.settled_at).is_not(None),
    )
    item_id = session.execute(query).scalar_one_or_none()
    if item_id is not None:
        return item_warning_workflow(item_id)
    return warning_workflow(finding.scan_id, finding.officer)


def acknowledge(session: Session, finding_ids: Sequence[str], *, by: str, note: str, at: dt.datetime) -> None:
    """Enter that a person took note; the first acknowledgement stands."""
    session.execute(
        update(FindingRow)
        .where(col(FindingRow.finding_id).in_(finding_ids), col(FindingRow.acknowledged_by).is_(None))
        .values(acknowledged_by=by, acknowledged_at=at, acknowledgement_note=note or None)
    )
