"""How findings and scans look, to people and to programs."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from activities.store.bill_monitoring import findings as finding_store
from activities.store.bill_monitoring import scans
from activities.store.bill_monitoring.readings import money
from activities.store.customers import find_customer
from activities.store.tables.bills import FindingRow
from cli.house import reading
from cli.output import done, note, print_table
from models.bill_monitoring.messages import ScanOutcome
from models.bill_monitoring.rules import Change, Grade
from workers.settings import Settings

_SHOWN = 20
_COLUMNS = ("finding", "customer", "acceptor", "change", "grade", "overdue", "exposure", "officer")


def finding_json(row: FindingRow, customer_name: str | None) -> dict[str, Any]:
    """A finding with stable field names; amounts are decimal strings in yuan."""

    def amount(minor: int | None) -> str | None:
        value = money(minor)
        return str(value) if value is not None else None

    return {
        "finding_id": row.finding_id,
        "list_date": row.list_date,
        "customer_id": row.customer_id,
        "customer_name": customer_name,
        "acceptor_name": row.acceptor_name,
        "acceptor_key": row.acceptor_key,
        "relation": row.relation,
        "change": row.change,
        "grade": row.grade,
        "overdue_balance": amount(row.overdue_balance_minor),
        "previous_balance": amount(row.previous_balance_minor),
        "cumulative_overdue": amount(row.cumulative_overdue_minor),
        "exposure": amount(row.exposure_minor),
        "officer": row.officer,
        "reason": row.reason,
        "acknowledged_by": row.acknowledged_by,
        "acknowledged_at": row.acknowledged_at,
    }


def findings_table(rows: list[tuple[FindingRow, str | None]], *, empty: str) -> None:
    """Findings, gravest first."""
    order = list(Grade)
    shown = sorted(
        rows, key=lambda pair: (order.index(Grade(pair[0].grade)), -(pair[0].overdue_balance_minor or 0))
    )
    print_table(
        _COLUMNS,
        [
            (
                row.finding_id,
                name,
                row.acceptor_name if row.relation == "branch" else "",
                row.change,
                row.grade,
                _yuan(row.overdue_balance_minor),
                _yuan(row.exposure_minor),
                row.officer,
            )
            for row, name in shown
        ],
        right=["overdue", "exposure"],
        empty=empty,
    )


def show_findings_of(settings: Settings, outcome: ScanOutcome) -> None:
    """A scan's findings, its counts, and where the report is."""
    with reading(settings) as session:
        rows = [
            row
            for row in finding_store.findings_of_scan(session, outcome.scan_id)
            if row.change != Change.UNCHANGED
        ]
        named = [(row, _name(session, row)) for row in rows]
        notes = scans.notes(session, outcome.scan_id)
    findings_table(named, empty="no customer's standing has changed")
    counts = outcome.findings
    done(
        f"\nscan/{outcome.scan_id} completed: list of {outcome.list_date}, {outcome.records} records; "
        f"{counts.new} new, {counts.worse} worse, {counts.better} better, {counts.cleared} cleared, "
        f"{counts.unchanged} unchanged; {counts.review_items} for review"
    )
    for entry in notes:
        note(f"note: {entry.sentence}")


def named_findings(session: Session, rows: list[FindingRow]) -> list[tuple[FindingRow, str | None]]:
    return [(row, _name(session, row)) for row in rows]


def _name(session: Session, row: FindingRow) -> str | None:
    customer = find_customer(session, row.customer_id)
    return customer.name if customer else None


def _yuan(minor: int | None) -> str:
    value = money(minor)
    return f"{value.amount:,.2f}" if value is not None else "?"
