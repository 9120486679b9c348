"""What the documents of an application come to, in the words that decision tables read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from models.lease.documents.faces import FaceVerdict
from models.lease.documents.messages import DocumentKind
from models.lease.documents.reading import Doctored, DocumentReading, DocumentState
from models.lease.screening.facts import PaperFacts

_IDENTITIES: Final = frozenset({DocumentKind.BUSINESS_LICENCE, DocumentKind.RESIDENT_ID})
_CONTRADICTIONS: Final = frozenset({"differs-from-form", "check-character", "expired", "whose"})
"""Doubts by which a licence or card does not confirm what the form states."""
_NOT_ASKED: Final = "not-asked"
_UNKNOWN: Final = "unknown"
_WORSE: Final = {
    "identity": ("agrees", _UNKNOWN, "differs"),
    "statement": ("clean", _UNKNOWN, "doubtful", "doctored"),
    "face": ("match", "person-verified", _UNKNOWN, "unsure", "mismatch"),
    "altered": ("none", "suspected", "proven"),
}
"""Best first."""


@dataclass(frozen=True)
class FaceSaid:
    """The newest comparison of a party's photo."""

    party: str
    verdict: FaceVerdict
    by_person: bool


def paper_facts(
    readings: Sequence[DocumentReading], faces: Sequence[FaceSaid], wanted: Collection[DocumentKind]
) -> PaperFacts:
    """The worst that the current documents say; what is wanted and is not there is unknown.

    Args:
        readings: every document of the application.
        faces: comparisons, in the order in which they were made.
        wanted: kinds that the product asks for.
    """
    current = [each for each in readings if each.current]
    statements = [each for each in current if each.kind is DocumentKind.BANK_STATEMENT]
    cards = [each for each in current if each.kind in _IDENTITIES]
    photos = {each.of for each in current if each.kind is DocumentKind.FACE_PHOTO}
    newest = {face.party: face for face in faces}
    return PaperFacts(
        identity=_worst("identity", map(_identity, cards), asked=any(kind in wanted for kind in _IDENTITIES)),
        statement=_worst(
            "statement", map(_statement, statements), asked=DocumentKind.BANK_STATEMENT in wanted
        ),
        face=_worst(
            "face",
            (_face(newest.get(party)) for party in sorted({*photos, *newest})),
            asked=DocumentKind.FACE_PHOTO in wanted,
        ),
        altered=_worst(
            "altered",
            ("none", *(_altered(each) for each in current if each.kind is not DocumentKind.BANK_STATEMENT)),
            asked=False,
        ),
    )


def _worst(fact: str, found: Iterable[str], *, asked: bool) -> str:
    gravity = _WORSE[fact]
    return max(found, key=gravity.index, default=_UNKNOWN if asked else _NOT_ASKED)


def _identity(reading: DocumentReading) -> str:
    if reading.state is not DocumentState.READ:
        return _UNKNOWN
    if not reading.settled_by and any(doubt.code in _CONTRADICTIONS for doubt in reading.doubts):
        return "differs"
    return "agrees" if reading.certain else _UNKNOWN


def _statement(reading: DocumentReading) -> str:
    if reading.state is not DocumentState.READ:
        return _UNKNOWN
    # whoever settled it saw it and answers for it; a proven contradiction stays for others to see
    doctored, settled = reading.doctored, bool(reading.settled_by)
    if doctored is Doctored.PROVEN:
        return "doubtful" if settled else "doctored"
    if doctored is Doctored.SUSPECTED:
        return "clean" if settled else "doubtful"
    return "clean" if reading.certain else "doubtful"


def _altered(reading: DocumentReading) -> str:
    settled = bool(reading.settled_by)
    if reading.doctored is Doctored.PROVEN:
        return "suspected" if settled else "proven"
    return "suspected" if reading.doctored is Doctored.SUSPECTED and not settled else "none"


def _face(face: FaceSaid | None) -> str:
    if face is None:
        return _UNKNOWN
    match face.verdict:
        case FaceVerdict.SAME:
            return "person-verified" if face.by_person else "match"
        case FaceVerdict.DIFFERENT:
            return "mismatch"
        case _:
            return "unsure"
