"""Photos taken face to face against portraits of resident cards: compared once both are there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from activities.ports.faces import FaceComparer
from activities.store import documents
from activities.store.database import Database
from activities.store.lease import face_checks
from activities.store.lease.documents import readings_of
from models.errors import RefusedByRuleError
from models.lease.documents.faces import FaceComparison, FaceVerdict
from models.lease.documents.messages import DocumentKind
from models.lease.documents.reading import DocumentReading, DocumentState, Side

Beside = Callable[[bytes, bytes], bytes]
"""Makes one picture of a photo and a card."""


class NothingToCompareError(RefusedByRuleError):
    """A photo, or the front of a resident card, is missing."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A photo and the card of the same person, by content."""

    of: str
    photo: DocumentReading
    card: DocumentReading

    @property
    def photo_added_by(self) -> str:
        """Who brought the photo, and so does not judge it."""
        return self.photo.added_by


class FaceDesk:
    """Compares what is new; keeps both pictures side by side as evidence."""

    def __init__(self, database: Database, comparer: FaceComparer, beside: Beside) -> None:
        self._database = database
        self._comparer = comparer
        self._beside = beside

    async def compare_new(self, application_id: str, *, at: datetime) -> None:
        """Compare every pair that this comparer has not compared yet; repeats harmlessly."""
        with self._database.transaction() as session:
            pending = [
                (pair, *contents_of(session, pair))
                for pair in pairs_of(session, application_id)
                if not face_checks.is_compared(
                    session, application_id, pair.photo.sha256, pair.card.sha256, by=self._comparer.name
                )
            ]
        for pair, photo, card in pending:
            comparison = await self._comparer.compare(photo, card)
            with self._database.transaction() as session:
                enter_comparison(session, application_id, pair, comparison, beside=self._beside, at=at)


def pairs_of(session: Session, application_id: str, of: str = "") -> list[Pair]:
    """Each person's newest photo with the newest front of their card."""
    current = [each for each in readings_of(session, application_id) if each.current]
    read = [each for each in current if each.state is DocumentState.READ and of in {"", each.of}]
    cards = {
        each.of: each
        for each in read
        if each.kind is DocumentKind.RESIDENT_ID and each.side in {Side.FRONT, Side.BOTH}
    }
    photos = [each for each in read if each.kind is DocumentKind.FACE_PHOTO]
    return [Pair(photo.of, photo, cards[photo.of]) for photo in photos if photo.of in cards]


def only_pair(session: Session, application_id: str, of: str = "") -> Pair:
    """The pair that a person judges.

    Raises:
        NothingToCompareError: there is none, or several and nobody said whose.
    """
    pairs = pairs_of(session, application_id, of)
    if len(pairs) == 1:
        return pairs[0]
    if pairs:
        raise NothingToCompareError(
            f"{application_id} has photos of {', '.join(pair.of for pair in pairs)}",
            remedy="Say whose with --of IDENTIFIER",
        )
    raise NothingToCompareError(
        f"{application_id} has no photo and front of a resident card of the same person",
        remedy="Add both: leaseflow lease documents add … --of IDENTIFIER, the photo --kind face-photo",
    )


def enter_comparison(
    session: Session,
    application_id: str,
    pair: Pair,
    comparison: FaceComparison,
    *,
    beside: Beside,
    at: datetime,
    reason: str = "",
) -> str:
    """Enter a verdict with its evidence, both pictures side by side; gives the hash of that."""
    evidence = documents.keep(session, beside(*contents_of(session, pair)), media_type="image/jpeg")
    face_checks.enter(
        session,
        application_id=application_id,
        of=pair.of,
        photo_sha256=pair.photo.sha256,
        portrait_sha256=pair.card.sha256,
        comparison=comparison,
        evidence_sha256=evidence,
        reason=reason,
        at=at,
    )
    return evidence


def person_says(verdict: FaceVerdict, username: str) -> FaceComparison:
    """A person's own look as a comparison."""
    return FaceComparison(verdict, None, username)


def contents_of(session: Session, pair: Pair) -> tuple[bytes, bytes]:
    """The photo and the card."""
    photo = documents.fetch(session, pair.photo.sha256).content
    return photo, documents.fetch(session, pair.card.sha256).content
