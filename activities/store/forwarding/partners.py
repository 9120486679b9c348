"""Partner systems as they are configured now, and whether somebody paused them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store import parameters
from activities.store.tables.forwarding import ForwardingEventRow, ForwardingPauseRow
from models.forwarding.errors import UnknownPartnerError
from models.forwarding.messages import PauseNote
from models.parameters.partners import PartnerProfile
from models.parameters.registry import NothingInForceError, partner_profile


def profile_of(session: Session, partner: str, *, at: datetime | None = None) -> PartnerProfile:
    """The profile in force, now unless another instant is given.

    Raises:
        UnknownPartnerError: none is.
    """
    try:
        return parameters.in_force(session, partner_profile(partner), at or datetime.now(UTC)).value
    except NothingInForceError as error:
        raise UnknownPartnerError(partner) from error


def profiles(session: Session, *, at: datetime | None = None) -> list[PartnerProfile]:
    """Every partner system whose profile is in force, by code."""
    found = []
    for code in parameters.partner_codes(session):
        try:
            found.append(profile_of(session, code, at=at))
        except UnknownPartnerError:  # entered for a later day
            continue
    return found


def note_pause(session: Session, note: PauseNote) -> None:
    """Enter that deliveries are paused, or go on."""
    values = {"paused_by": note.paused_by, "reason": note.reason, "changed_at": note.at}
    session.execute(
        insert(ForwardingPauseRow)
        .values(partner=note.partner, **values)
        .on_conflict_do_update(index_elements=["partner"], set_=values)
    )


def note_event(session: Session, partner: str, what: str, *, by: str, reason: str, at: datetime) -> None:
    """Enter who did what to a partner's messages."""
    session.add(ForwardingEventRow(partner=partner, what=what, by=by, reason=reason, happened_at=at))


def paused_by(session: Session, partner: str) -> str:
    """Who paused deliveries; empty when nobody did."""
    row = session.execute(
        select(ForwardingPauseRow).where(col(ForwardingPauseRow.partner) == partner)
    ).scalar_one_or_none()
    return row.paused_by if row is not None else ""
