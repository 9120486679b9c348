"""Face checks in the database: one verdict of each comparer or person on a pair of pictures."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.tables.lease_documents import LeaseFaceCheckRow
from models.errors import RefusedByRuleError
from models.lease.documents.faces import FaceComparison


class FaceJudgedOtherwiseError(RefusedByRuleError):
    """The same person already judged the same pictures otherwise."""


def is_compared(
    session: Session, application_id: str, photo_sha256: str, portrait_sha256: str, *, by: str
) -> bool:
    return _verdict(session, application_id, photo_sha256, portrait_sha256, by) is not None


def enter(
    session: Session,
    *,
    application_id: str,
    of: str,
    photo_sha256: str,
    portrait_sha256: str,
    comparison: FaceComparison,
    evidence_sha256: str,
    reason: str,
    at: datetime,
) -> None:
    """Enter a verdict; the same one again enters nothing.

    Raises:
        FaceJudgedOtherwiseError: this comparer or person judged these pictures otherwise before.
    """
    similarity = comparison.similarity
    session.execute(
        insert(LeaseFaceCheckRow)
        .values(
            application_id=application_id,
            of_party=of,
            photo_sha256=photo_sha256,
            portrait_sha256=portrait_sha256,
            compared_by=comparison.comparer,
            verdict=comparison.verdict,
            similarity=None if similarity is None else f"{similarity:.4f}",
            reason=reason,
            evidence_sha256=evidence_sha256,
            compared_at=at,
        )
        .on_conflict_do_nothing()
    )
    stands = _verdict(session, application_id, photo_sha256, portrait_sha256, comparison.comparer)
    if stands != comparison.verdict:
        raise FaceJudgedOtherwiseError(
            f"{comparison.comparer} already judged these pictures: {stands}",
            remedy="Add another photo, or let somebody else judge",
        )


def checks_of(session: Session, application_id: str) -> list[LeaseFaceCheckRow]:
    """Every verdict, the latest last: a person's stands above a comparer's."""
    found = session.execute(
        select(LeaseFaceCheckRow)
        .where(col(LeaseFaceCheckRow.application_id) == application_id)
        .order_by(col(LeaseFaceCheckRow.check_id))
    )
    return list(found.scalars())


def _verdict(
    session: Session, application_id: str, photo_sha256: str, portrait_sha256: str, by: str
) -> str | None:
    return session.execute(
        select(col(LeaseFaceCheckRow.verdict)).where(
            col(LeaseFaceCheckRow.application_id) == application_id,
            col(LeaseFaceCheckRow.photo_sha256) == photo_sha256,
            col(LeaseFaceCheckRow.portrait_sha256) == portrait_sha256,
            col(LeaseFaceCheckRow.compared_by) == by,
        )
    ).scalar_one_or_none()
