"""The directory of people."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.tables.house import StaffRow
from models.errors import InvalidInputError
from models.people import Role, StaffMember


def enter_staff(session: Session, members: Iterable[StaffMember]) -> int:
    """Add or update people; managers must come before those they manage, or be there already."""
    count = 0
    for member in members:
        values = {
            "full_name": member.full_name,
            "roles": [role.value for role in member.roles],
            "branch": member.branch,
            "email": member.email,
            "manager": member.manager,
            "dealer": member.dealer,
        }
        session.execute(
            insert(StaffRow)
            .values(username=member.username, **values)
            .on_conflict_do_update(index_elements=["username"], set_=values)
        )
        count += 1
    return count


def staff(session: Session) -> list[StaffMember]:
    rows = session.execute(select(StaffRow).order_by(col(StaffRow.username))).scalars()
    return [_member(row) for row in rows]


def find_member(session: Session, username: str) -> StaffMember:
    """One person of the directory.

    Raises:
        InvalidInputError: nobody has that user name.
    """
    row = session.get(StaffRow, username)
    if row is None:
        raise InvalidInputError(
            f"{username!r} is not in the directory of people", remedy="See leaseflow people list"
        )
    return _member(row)


def chain_of_managers(session: Session, username: str) -> tuple[str, ...]:
    """The person, their manager, the manager's manager, and so on to the top."""
    chain: list[str] = []
    current: str | None = username
    while current is not None and current not in chain:
        chain.append(current)
        row = session.get(StaffRow, current)
        current = row.manager if row else None
    return tuple(chain)


def usernames_with_role(session: Session, role: Role) -> tuple[str, ...]:
    query = (
        select(col(StaffRow.username))
        .where(col(StaffRow.roles).contains([role.value]))
        .order_by(col(StaffRow.username))
    )
    return tuple(session.execute(query).scalars())


def _member(row: StaffRow) -> StaffMember:
    return StaffMember(
        username=row.username,
        full_name=row.full_name,
        roles=tuple(Role(role) for role in row.roles),
        branch=row.branch,
        email=row.email,
        manager=row.manager,
        dealer=row.dealer,
    )
