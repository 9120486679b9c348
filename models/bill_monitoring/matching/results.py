"""The question that matching answers, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Decision(StrEnum):
    """What matching concludes about one record."""

    MATCH = "match"
    REVIEW = "review"
    NONE = "none"


class Relation(StrEnum):
    """How the record's enterprise relates to the customer."""

    SAME = "same"
    BRANCH = "branch"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RecordIdentity:
    """Who an overdue record is about, as printed or read."""

    record_id: str
    name: str
    uscc: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer that was considered."""

    customer_id: str
    name: str
    score: float
    """Likeness from 0 to 100."""
    reason: str


@dataclass(frozen=True, slots=True)
class MatchResult:
    """The decision on one record, its reason in words, and the runner-up.

    ``match_id`` is the customer that is this enterprise (``relation`` same); ``related_id`` is then its
    parent, if that is a customer. For a branch that is no customer itself, of a parent that is one,
    ``relation`` is ``branch``, ``related_id`` names the parent and ``match_id`` is None.
    """

    record_id: str
    decision: Decision
    match_id: str | None
    relation: Relation
    related_id: str | None
    score: float
    reason: str
    candidates: tuple[Candidate, ...] = ()
    """Best first; the second is the runner-up."""
