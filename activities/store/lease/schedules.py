"""Receivables of active contracts, one row for each due date."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.tables.contracts import LeaseScheduleRow
from models.lease.plan.plan import Plan


def write(session: Session, contract_number: str, plan: Plan) -> None:
    """Write a plan as the receivable of a contract; nothing of it is paid yet."""
    rows = [
        {
            "contract_number": contract_number,
            "number": row.number,
            "due": row.due,
            "rent_minor": row.rent.minor,
            "interest_minor": row.interest.minor,
            "principal_minor": row.principal.minor,
            "fee_minor": row.fee.minor,
            "open_minor": row.rent.minor + row.fee.minor,
            "currency": row.rent.currency,
        }
        for row in plan.rows
    ]
    session.execute(insert(LeaseScheduleRow).on_conflict_do_nothing(), rows)


def of_contract(session: Session, contract_number: str) -> list[LeaseScheduleRow]:
    """What falls due when."""
    rows = session.execute(
        select(LeaseScheduleRow)
        .where(col(LeaseScheduleRow.contract_number) == contract_number)
        .order_by(col(LeaseScheduleRow.number))
    )
    return list(rows.scalars())
