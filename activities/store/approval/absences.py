"""Who is away from when until when, and who decides in their name."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, text
from sqlmodel import Session, col

from activities.store import people
from activities.store.tables.approvals import AbsenceRow
from models.approval.errors import AbsenceRefusedError, UnknownAbsenceError
from models.approval.pools import Absence
from models.people import Actor, Role


def enter(session: Session, absence: Absence, *, actor: Actor, reason: str, at: datetime, today: date) -> int:
    """Enter an absence that was checked, and give its number.

    Raises:
        AbsenceRefusedError: a rule says no.
        InvalidInputError: one of the people is not in the directory.
    """
    # two absences of a person entered at once must not overlap
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"absence/{absence.username}"}
    )
    _check(session, absence, actor, today)
    row = AbsenceRow(
        username=absence.username,
        deputy=absence.deputy,
        first_day=absence.first_day,
        last_day=absence.last_day,
        reason=reason,
        entered_by=actor.username,
        entered_at=at,
    )
    session.add(row)
    session.flush()
    return row.absence_id or 0


def cancel(session: Session, absence_id: int, *, actor: Actor, at: datetime) -> AbsenceRow:
    """End an absence before its time.

    Raises:
        UnknownAbsenceError: there is none of this number.
        AbsenceRefusedError: it is somebody else's, or cancelled already.
    """
    row = session.get(AbsenceRow, absence_id, with_for_update=True)
    if row is None:
        raise UnknownAbsenceError(absence_id)
    _may_speak_for(session, row.username, actor)
    if row.cancelled_at is not None:
        raise AbsenceRefusedError(
            f"absence {absence_id} was cancelled by {row.cancelled_by}", remedy="Enter another one"
        )
    row.cancelled_by, row.cancelled_at = actor.username, at
    session.add(row)
    return row


def from_day(session: Session, day: date) -> list[AbsenceRow]:
    """Absences that last until a day or longer, the first ones first."""
    rows = session.execute(
        select(AbsenceRow)
        .where(col(AbsenceRow.cancelled_at).is_(None), col(AbsenceRow.last_day) >= day)
        .order_by(col(AbsenceRow.first_day), col(AbsenceRow.absence_id))
    )
    return list(rows.scalars())


def as_absence(row: AbsenceRow) -> Absence:
    return Absence(row.username, row.deputy, row.first_day, row.last_day)


def _check(session: Session, absence: Absence, actor: Actor, today: date) -> None:
    person = people.find_member(session, absence.username)
    deputy = people.find_member(session, absence.deputy)
    _may_speak_for(session, absence.username, actor)
    if deputy.username == person.username:
        raise AbsenceRefusedError(
            f"{person.username} cannot be their own deputy", remedy="Name somebody else with --to"
        )
    for each in (deputy, person):
        if Role.DEALER in each.roles:
            raise AbsenceRefusedError(
                f"{each.username} is a dealer's person and decides nothing", remedy="Name one of the house"
            )
    if absence.last_day < absence.first_day:
        raise AbsenceRefusedError(
            f"until = {absence.last_day} is before from = {absence.first_day}",
            remedy="Give the first day and the last one",
        )
    if absence.last_day < today:
        raise AbsenceRefusedError(
            f"until = {absence.last_day} is past: today is {today}",
            remedy="Give a last day that is still to come",
        )
    for other in from_day(session, absence.first_day):
        if other.username == person.username and other.first_day <= absence.last_day:
            raise AbsenceRefusedError(
                f"{person.username} is away from {other.first_day} to {other.last_day} already "
                f"(absence {other.absence_id})",
                remedy=f"Cancel that one first: leaseflow approvals delegate --cancel {other.absence_id}",
            )


def _may_speak_for(session: Session, username: str, actor: Actor) -> None:
    if actor.username not in people.chain_of_managers(session, username):
        raise AbsenceRefusedError(
            f"{actor.username} may not enter an absence of {username}",
            remedy="They do it themselves, or one of their managers",
        )
