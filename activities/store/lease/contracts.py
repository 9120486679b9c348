"""Contracts in the database: numbers given once for each application, and rows as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store import parameters
from activities.store.tables.contracts import (
    ContractCounterRow,
    ContractEventRow,
    ContractNumberRow,
    ContractRow,
)
from models.calendar import SHANGHAI
from models.lease.contract.errors import UnknownContractError
from models.lease.contract.messages import ContractState
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


# ------------------------------------------------------------ rows


def find(session: Session, number: str, *, lock: bool = False) -> ContractRow:
    """A contract as it stands.

    Raises:
        UnknownContractError: there is none of this number.
    """
    row = session.get(ContractRow, number, with_for_update=lock, populate_existing=lock)
    if row is None:
        raise UnknownContractError(number)
    return row


def move(
    session: Session,
    row: ContractRow,
    state: ContractState,
    sentence: str,
    *,
    at: datetime,
    by: str = "leaseflow",
    key: str = "",
) -> bool:
    """Bring a contract into a state and remember it; says whether that is new.

    ``key`` names the step where something may happen more than once in a state. One that is cancelled or
    active stays so.
    """
    if ContractState(row.state).is_final:
        return False
    entered = note_event(session, row.contract_number, key or f"state/{state}", state, sentence, at=at, by=by)
    row.state, row.sentence, row.changed_at = state, sentence, at
    session.add(row)
    return entered


def note_event(
    session: Session, number: str, step: str, state: str, sentence: str, *, at: datetime, by: str
) -> bool:
    """Remember that something happened, once for each step; says whether it is new."""
    entered = session.execute(
        insert(ContractEventRow)
        .values(contract_number=number, key=f"{number}/{step}", at=at, by=by, state=state, sentence=sentence)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(col(ContractEventRow.event_id))
    )
    return entered.scalar_one_or_none() is not None


def events(session: Session, number: str) -> list[ContractEventRow]:
    """How a contract came to where it is, oldest first."""
    rows = session.execute(
        select(ContractEventRow)
        .where(col(ContractEventRow.contract_number) == number)
        .order_by(col(ContractEventRow.event_id))
    )
    return list(rows.scalars())


def listed(
    session: Session,
    *,
    states: Sequence[str] = (),
    branch: str | None = None,
    party: str | None = None,
    limit: int = 100,
) -> list[ContractRow]:
    """Contracts, newest first; ``party`` is a lessee's identifier."""
    query = select(ContractRow).order_by(
        col(ContractRow.drawn_at).desc(), col(ContractRow.contract_number).desc()
    )
    if states:
        query = query.where(col(ContractRow.state).in_(states))
    if branch:
        query = query.where(col(ContractRow.branch) == branch)
    if party:
        query = query.where(col(ContractRow.lessee_identifier) == party)
    return list(session.execute(query.limit(limit)).scalars())
