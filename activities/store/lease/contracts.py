"""Contracts in the database: numbers given once for each application, and rows as they stand."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store import parameters
from activities.store.tables.contracts import ContractCounterRow, ContractNumberRow
from models.calendar import SHANGHAI
from models.lease.contract.numbering import branch_code, contract_number
from models.parameters.registry import LEASE_CONTRACTS


def assign_number(session: Session, application_id: str, branch: str, business_date: date) -> str:
    """The number of an application's contract, the same whenever it is asked for.

    A transaction that is rolled back gives its number back: the counter's row stays locked until the end.

    Raises:
        BranchWithoutCodeError: the branch has no code for numbers.
    """
    # two askers for the same application wait for each other instead of taking two numbers
    key = f"lease-contract-number/{application_id}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(text(":key")))), {"key": key})
    if known := number_of(session, application_id):
        return known
    end_of_day = datetime.combine(business_date, time.max, SHANGHAI)
    codes = parameters.in_force(session, LEASE_CONTRACTS, end_of_day).value.branch_codes
    code, year = branch_code(branch, codes), business_date.year
    sequence = _next(session, code, year)
    number = contract_number(code, year, sequence)
    session.add(
        ContractNumberRow(
            application_id=application_id,
            contract_number=number,
            branch_code=code,
            year=year,
            sequence=sequence,
        )
    )
    session.flush()
    return number


def number_of(session: Session, application_id: str) -> str:
    """The number that an application's contract has; empty when it has none yet."""
    row = session.get(ContractNumberRow, application_id)
    return row.contract_number if row else ""


def _next(session: Session, code: str, year: int) -> int:
    counter = insert(ContractCounterRow).values(branch_code=code, year=year, last=1)
    counted = counter.on_conflict_do_update(
        index_elements=["branch_code", "year"], set_={"last": col(ContractCounterRow.last) + 1}
    ).returning(col(ContractCounterRow.last))
    return int(session.execute(counted).scalar_one())
