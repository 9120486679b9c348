"""What a person was warned of."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session, col

from activities.store.bill_monitoring import findings
from activities.store.tables.bills import DeliveryRow, FindingRow


def warned_findings(session: Session, warning_workflow: str, recipient: str) -> list[FindingRow]:
    """The findings that a warning named to a person; empty when it never was sent to them."""
    query = select(col(DeliveryRow.finding_ids)).where(
        col(DeliveryRow.delivery_key).startswith(f"{warning_workflow}/{recipient}/", autoescape=True)
    )
    named = {finding_id for finding_ids in session.execute(query).scalars() for finding_id in finding_ids}
    return findings.findings_by_id(session, sorted(named))
