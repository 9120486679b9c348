"""The blacklist in the database: entered, lifted, looked up; each hit is kept with its rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.lease.applications import CAME_TO_NOTHING
from activities.store.tables.disbursements import DisbursementRow
from activities.store.tables.screening import BlacklistEntryRow, BlacklistHitRow
from models.lease.application.messages import ApplicationState
from models.lease.disbursement.messages import DisbursementState
from models.lease.screening.blacklist import (
    BlacklistKind,
    EntryExistsError,
    EntryLiftedError,
    Lookup,
    NewEntry,
    UnknownEntryError,
    compared,
)
from models.lease.screening.messages import Advice, Occasion, Reason

_LOOK_UP = text(
    """
    SELECT entry.entry_id, entry.kind, wanted.rule, entry.reason
    FROM unnest(CAST(:kinds AS text[]), CAST(:values AS text[]), CAST(:rules AS text[]))
        AS wanted (kind, value, rule)
    JOIN blacklist_entry entry ON entry.kind = wanted.kind AND entry.value = wanted.value
    WHERE entry.lifted_at IS NULL AND entry.in_force_from <= :today
      AND (entry.in_force_until IS NULL OR entry.in_force_until >= :today)
    ORDER BY entry.entry_id, wanted.rule
    """
)
_RUNNING = text(
    """
    SELECT application.application_id
    FROM lease_application application
    JOIN lease_form form USING (application_id, version)
    WHERE application.state <> ALL (CAST(:ended AS text[]))
      AND (
        application.application_id IN (SELECT application_id FROM lease_party WHERE identifier = :value)
        OR application.application_id IN (SELECT application_id FROM lease_asset WHERE identifier = :value)
        OR (:deep AND EXISTS (
            SELECT FROM jsonb_path_query(form.form, '$.** ? (@.type() == "string")') AS stated
            WHERE upper(translate(stated #>> '{}', ' -', '')) = :value
        ))
      )
    ORDER BY application.application_id
    """
)
_BY_COLUMN = frozenset({BlacklistKind.FIRM})
"""Kinds whose column holds them as compared. Serial numbers keep their hyphens in theirs."""


@dataclass(frozen=True, slots=True)
class BlacklistHit:
    """An entry in force that fits a statement."""

    entry_id: int
    kind: BlacklistKind
    rule: str
    reason: str

    def as_reason(self) -> Reason:
        """For people and decisions."""
        sentence = f"{self.rule} is on the blacklist (entry {self.entry_id}: {self.reason})"
        return Reason(f"blacklist-{self.kind}", Advice.REFUSE, sentence)


def add(session: Session, new: NewEntry, *, by: str) -> BlacklistEntryRow:
    """Put somebody or something on the list.

    Raises:
        InvalidInputError: the entry cannot be; names why.
        EntryExistsError: the same stands on the list, and has not ended.
    """
    entry = new.checked()
    _refuse_another(session, entry)
    row = BlacklistEntryRow(
        kind=entry.kind,
        value=compared(entry.value),
        name=entry.name,
        reason=entry.reason,
        in_force_from=entry.from_,
        in_force_until=entry.until,
        entered_by=by,
        entered_at=datetime.now(UTC),
    )
    session.add(row)
    session.flush()
    return row


def _refuse_another(session: Session, entry: NewEntry) -> None:
    value = compared(entry.value)
    # two that enter the same at once must not both find nothing
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"blacklist/{entry.kind}/{value}"))))
    known = session.execute(
        select(col(BlacklistEntryRow.entry_id)).where(
            col(BlacklistEntryRow.kind) == entry.kind,
            col(BlacklistEntryRow.value) == value,
            col(BlacklistEntryRow.lifted_at).is_(None),
            col(BlacklistEntryRow.in_force_until).is_(None)
            | (col(BlacklistEntryRow.in_force_until) >= entry.from_),
        )
    ).scalar()
    if known is not None:
        raise EntryExistsError(known, value)


def lift(session: Session, entry_id: int, *, by: str, reason: str) -> BlacklistEntryRow:
    """Take an entry out of force; it stays on record.

    Raises:
        UnknownEntryError: there is none of this number.
        EntryLiftedError: it was lifted already.
    """
    row = session.get(BlacklistEntryRow, entry_id, with_for_update=True)
    if row is None:
        raise UnknownEntryError(entry_id)
    if row.lifted_at is not None:
        raise EntryLiftedError(entry_id, row.lifted_by or "")
    row.lifted_by, row.lifted_at, row.lifted_because = by, datetime.now(UTC), reason
    session.add(row)
    return row


def listed(
    session: Session, *, kind: BlacklistKind | None = None, lifted: bool = False, limit: int = 200
) -> list[BlacklistEntryRow]:
    """Entries, newest first; those that were lifted only on request."""
    query = select(BlacklistEntryRow).order_by(col(BlacklistEntryRow.entry_id).desc()).limit(limit)
    if kind is not None:
        query = query.where(col(BlacklistEntryRow.kind) == kind)
    if not lifted:
        query = query.where(col(BlacklistEntryRow.lifted_at).is_(None))
    return list(session.execute(query).scalars())


def look_up(session: Session, wanted: Sequence[Lookup], *, today: date) -> list[BlacklistHit]:
    """Every entry in force on a day that fits a statement, in one look."""
    rows = session.execute(
        _LOOK_UP,
        {
            "kinds": [look.kind.value for look in wanted],
            "values": [look.value for look in wanted],
            "rules": [look.rule for look in wanted],
            "today": today,
        },
    )
    return [BlacklistHit(entry, BlacklistKind(kind), rule, reason) for entry, kind, rule, reason in rows]


def record(
    session: Session,
    hits: Sequence[BlacklistHit],
    application_id: str,
    *,
    round_: int,
    occasion: Occasion,
    at: datetime,
) -> None:
    """Keep that entries were met; a repetition keeps nothing twice."""
    if not hits:
        return
    rows = [
        {
            "entry_id": hit.entry_id,
            "application_id": application_id,
            "round": round_,
            "occasion": occasion.value,
            "rule": hit.rule,
            "at": at,
        }
        for hit in hits
    ]
    session.execute(insert(BlacklistHitRow).values(rows).on_conflict_do_nothing())


def hits_of(session: Session, entry_id: int) -> list[BlacklistHitRow]:
    """Where an entry was met, newest first."""
    rows = session.execute(
        select(BlacklistHitRow)
        .where(col(BlacklistHitRow.entry_id) == entry_id)
        .order_by(col(BlacklistHitRow.hit_id).desc())
    )
    return list(rows.scalars())


def running_applications(session: Session, kind: BlacklistKind, value: str) -> list[str]:
    """Ids of applications that have not ended and name somebody or something.

    Forms are gone through where an identifier has no column of its own (phones, accounts, people who sign
    for firms), or stands there as it is written (serial numbers): seldom, and of open applications only.
    """
    ended = [*CAME_TO_NOTHING, ApplicationState.ACTIVE]
    found = session.execute(
        _RUNNING,
        {
            "ended": [state.value for state in ended],
            "value": compared(value),
            "deep": kind not in _BY_COLUMN,
        },
    )
    return [application_id for (application_id,) in found]


def open_disbursements(
    session: Session, kind: BlacklistKind, value: str, applications: Sequence[str]
) -> list[str]:
    """Ids of disbursements that have not ended and pay to an account, or for one of the applications.

    A payee's account may have been corrected since the form was written.
    """
    ended = [state.value for state in DisbursementState if state.is_final]
    row = DisbursementRow
    account = compared(value) if kind is BlacklistKind.ACCOUNT else ""
    found = session.execute(
        select(col(row.disbursement_id))
        .where(
            col(row.state).not_in(ended),
            or_(col(row.application_id).in_(applications), col(row.payee_account) == account),
        )
        .order_by(col(row.disbursement_id))
    )
    return list(found.scalars())
