"""Exposure in the database: who belongs together, and what is outstanding or promised.

What counts is what an application finances, from the moment at which pre-approval let it pass until it came
to nothing: approved, offered and contracting applications as much as active leases. An active lease counts
in full until the books of its servicing can say what is left of it, which errs on the side of the limit.

Two applications of one group must not both pass a limit that has room for one. Before it sums up, a
screening takes a lock on the lessee, its group, the dealer and (for related parties) on all of them; it
enters its own result before it lets go. The second waits, and counts the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.lease.applications import CAME_TO_NOTHING
from activities.store.tables.screening import RelationRow
from models.lease.application.errors import UnknownApplicationError
from models.lease.application.messages import ApplicationState
from models.lease.screening.dealers import Dealer, DealerStatus
from models.lease.screening.exposure import Outstanding, Relation
from models.money import Money

_LOCK = text(
    """
    SELECT pg_advisory_xact_lock(key) FROM (
        SELECT DISTINCT hashtextextended(name, 0) AS key FROM unnest(CAST(:names AS text[])) AS name
        ORDER BY key
    ) AS ordered
    """
)
"""In one order for everybody: two that want the same locks never wait for each other."""

_COUNTS = """
    application.application_id <> :without
    AND application.state <> ALL (CAST(:not_counted AS text[]))
    AND (application.state <> 'screening' OR 'refuse' <> (
        SELECT screening.advice FROM lease_screening screening
        WHERE screening.application_id = application.application_id
        ORDER BY screening.round DESC, screening.version DESC LIMIT 1
    ))
"""
"""Financed, or promised since pre-approval let it pass."""

_OUTSTANDING = text(
    f"""
    SELECT
        coalesce(sum(financed_minor) FILTER (WHERE lessee_identifier = :lessee), 0),
        coalesce(sum(financed_minor) FILTER (WHERE relation.group_code = :group AND :group <> ''), 0),
        coalesce(sum(financed_minor) FILTER (WHERE relation.related), 0),
        (SELECT coalesce(sum(financed_minor), 0) FROM lease_application application
         WHERE application.dealer = :dealer AND :dealer <> '' AND {_COUNTS})
    FROM lease_application application
    LEFT JOIN customer_relation relation ON relation.identifier = application.lessee_identifier
    WHERE application.lessee_identifier IN (
          SELECT :lessee
          UNION SELECT identifier FROM customer_relation WHERE group_code = :group AND :group <> ''
          UNION SELECT identifier FROM customer_relation WHERE related AND :related
      )
      AND {_COUNTS}
    """  # noqa: S608 - constants
)
_OF_DEALER = text(
    f"""
    SELECT coalesce(sum(financed_minor), 0) FROM lease_application application
    WHERE application.dealer = :dealer AND {_COUNTS}
    """  # noqa: S608 - constants
)
_STANDING = text(
    """
    SELECT application.lessee_identifier, relation.name AS relation_name, group_code, related, note,
        code, dealer.name, dealer.identifier, rating, limit_minor, dealer.currency, status,
        EXISTS (
            SELECT FROM lease_document paper WHERE paper.application_id = application.application_id
        ) AS has_papers
    FROM lease_application application
    LEFT JOIN customer_relation relation ON relation.identifier = application.lessee_identifier
    LEFT JOIN dealer ON dealer.code = application.dealer
    WHERE application.application_id = :application
    """
)
_NOT_COUNTED: Final = [*(state.value for state in CAME_TO_NOTHING), ApplicationState.DRAFT.value]


def relation(session: Session, identifier: str) -> Relation:
    """A customer's group and standing; alone and unrelated where nothing is recorded."""
    row = session.get(RelationRow, identifier)
    if row is None:
        return Relation(identifier)
    return Relation(row.identifier, row.group_code, row.related, row.name, row.note)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the house has recorded about an application's lessee and dealer."""

    lessee: Relation
    dealer: Dealer | None
    has_papers: bool
    """Any document was added."""


def standing(session: Session, application_id: str) -> Standing:
    """Lessee and dealer of an application, in one look.

    Raises:
        UnknownApplicationError: there is none of this id.
    """
    found = session.execute(_STANDING, {"application": application_id}).one_or_none()
    if found is None:
        raise UnknownApplicationError(application_id)
    lessee = Relation(
        found.lessee_identifier,
        found.group_code or "",
        bool(found.related),
        found.relation_name or "",
        found.note or "",
    )
    dealer = None
    if found.code is not None:
        limit = Money(found.limit_minor, found.currency)
        dealer = Dealer(
            found.code, found.name, found.identifier, found.rating, limit, DealerStatus(found.status)
        )
    return Standing(lessee, dealer, found.has_papers)


def relations(session: Session) -> list[Relation]:
    """Everybody who belongs to a group or is related to the house."""
    rows = session.execute(
        select(RelationRow).order_by(col(RelationRow.group_code), col(RelationRow.identifier))
    )
    return [
        Relation(row.identifier, row.group_code, row.related, row.name, row.note) for row in rows.scalars()
    ]


def enter_relations(session: Session, records: Sequence[Relation], *, by: str) -> int:
    """Enter groups and related parties; what was recorded of the same identifiers is replaced."""
    now = datetime.now(UTC)
    for record in records:
        values = {
            "name": record.name,
            "group_code": record.group,
            "related": record.related,
            "note": record.note,
            "entered_by": by,
            "entered_at": now,
        }
        session.execute(
            insert(RelationRow)
            .values(identifier=record.identifier, **values)
            .on_conflict_do_update(index_elements=["identifier"], set_=values)
        )
    return len(records)


def reserve(session: Session, lessee: Relation, *, dealer: str) -> None:
    """Wait for other screenings that a limit of this one depends on, until the transaction ends."""
    names = [f"exposure/lessee/{lessee.identifier}"]
    if lessee.group:
        names.append(f"exposure/group/{lessee.group}")
    if lessee.related:
        names.append("exposure/related")
    if dealer:
        names.append(f"exposure/dealer/{dealer}")
    session.execute(_LOCK, {"names": names})


def outstanding(session: Session, lessee: Relation, *, dealer: str = "", without: str = "") -> Outstanding:
    """What is outstanding or promised with a lessee, its group and related parties, and through a dealer.

    Args:
        session: the transaction.
        lessee: whose.
        dealer: its code; empty for none.
        without: an application that is not counted.
    """
    sums = session.execute(
        _OUTSTANDING,
        {
            "lessee": lessee.identifier,
            "group": lessee.group,
            "related": lessee.related,
            "dealer": dealer,
            "without": without,
            "not_counted": _NOT_COUNTED,
        },
    ).one()
    return Outstanding(*(Money(int(each)) for each in sums))


def outstanding_of_dealer(session: Session, code: str, *, without: str = "") -> Money:
    """What is outstanding or promised of applications that came through a dealer."""
    total = session.execute(
        _OF_DEALER, {"dealer": code, "without": without, "not_counted": _NOT_COUNTED}
    ).scalar_one()
    return Money(int(total))
