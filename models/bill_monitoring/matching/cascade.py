"""From evidence to a decision: code first, then names, and a valid other code above all.

Nothing here is a threshold of likeness alone. No ratio separates a misread name from the name of another
firm next door; what tells them apart is which part of the name differs, and the code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.bill_monitoring.matching.codes import CodeRelation, compare_codes
from models.bill_monitoring.matching.divisions import Division
from models.bill_monitoring.matching.evidence import Kinship, Likeness, NameEvidence, compare_names
from models.bill_monitoring.matching.parameters import MatchParameters
from models.bill_monitoring.matching.results import (
    Candidate,
    Decision,
    MatchResult,
    RecordIdentity,
    Relation,
)
from models.bill_monitoring.names import NameParts
from models.identifiers import is_valid_uscc

_RANK: Final = {Decision.MATCH: 2, Decision.REVIEW: 1, Decision.NONE: 0}


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """A customer as the cascade sees it, names taken apart."""

    customer_id: str
    name: str
    code: str
    parts: NameParts
    former: tuple[NameParts, ...] = ()
    region: tuple[Division, ...] = ()
    parent_customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """One customer weighed against a record."""

    customer: KnownCustomer
    decision: Decision
    relation: Relation
    """What the relation is if the decision holds."""
    score: float
    reason: str
    by_code: bool = False
    tier: int = 0
    """How surely it was recognised; among matches the surest wins."""
    only_if_unique: bool = False

    def order(self) -> tuple[int, int, float, str]:
        """Best first when sorted; the id makes the order independent of the file's."""
        return (-_RANK[self.decision], -self.tier, -self.score, self.customer.customer_id)


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record as the cascade sees it."""

    identity: RecordIdentity
    code: str
    parts: NameParts


def weigh(record: ReadRecord, customer: KnownCustomer, parameters: MatchParameters) -> Weighed:
    """Weigh one customer: the best of its names, seen in the light of the codes."""
    current = compare_names(record.parts, customer.parts, parameters, customer.region)
    names, is_former = current, False
    for parts in customer.former:
        former = compare_names(record.parts, parts, parameters, customer.region)
        if _strength(former) > _strength(names):
            names, is_former = former, True
    reason = f"{names.reason} (former name)" if is_former else names.reason
    relation = compare_codes(record.code, customer.code, typos=parameters.code_typos)
    return _in_light_of_codes(relation, names, customer, reason, parameters, is_former=is_former)


def _strength(evidence: NameEvidence) -> tuple[int, int, float]:
    return (_RANK[evidence.verdict], evidence.likeness, evidence.score)


def _in_light_of_codes(
    relation: CodeRelation,
    names: NameEvidence,
    customer: KnownCustomer,
    reason: str,
    parameters: MatchParameters,
    *,
    is_former: bool,
) -> Weighed:
    itself = names.kinship is Kinship.ITSELF
    if relation is CodeRelation.SAME:
        score = 100.0 if names.verdict is Decision.MATCH and itself else 97.0
        return _same(customer, Decision.MATCH, score, f"same USCC; {reason}", by_code=True)
    if relation is CodeRelation.SAME_BUT_INVALID:
        return _misread_code(names, customer, "same code, which fails its check digit", reason, parameters)
    if names.kinship is Kinship.ITS_PARENT:
        return Weighed(
            customer,
            names.verdict,
            Relation.BRANCH,
            names.score,
            reason,
            tier=_tier(names, is_former=is_former),
        )
    if relation is CodeRelation.OTHER:
        near = names.verdict is not Decision.NONE and itself
        why = "same or like name, another valid code" if near else reason
        return Weighed(customer, Decision.NONE, Relation.NONE, min(names.score, 74.0), why)
    if relation is CodeRelation.MISREAD and itself:
        return _misread_code(names, customer, "USCC misread by a character or two", reason, parameters)
    verdict = names.verdict
    if relation is CodeRelation.UNLIKE and verdict is Decision.MATCH:
        verdict, reason = (
            Decision.REVIEW,
            f"{reason}; but the printed code is neither valid nor near the customer's",
        )
    return Weighed(
        customer,
        verdict,
        Relation.SAME if itself else Relation.NONE,
        names.score,
        reason,
        tier=_tier(names, is_former=is_former),
        only_if_unique=names.only_if_unique,
    )


def _tier(names: NameEvidence, *, is_former: bool) -> int:
    """Twice the likeness, less one for a former name: a current name wins over an equal former one."""
    return 2 * names.likeness - (1 if is_former and names.likeness > Likeness.DIFFERENT else 0)


def _misread_code(
    names: NameEvidence, customer: KnownCustomer, what: str, reason: str, parameters: MatchParameters
) -> Weighed:
    alike = names.verdict is not Decision.NONE or (
        names.score >= parameters.code_confirmed_by and not names.contradicts
    )
    if names.kinship is Kinship.ITSELF and alike:
        score = 97.0 if names.verdict is Decision.MATCH else 92.0
        return _same(customer, Decision.MATCH, score, f"{what}; {reason}", by_code=True)
    return _same(
        customer, Decision.REVIEW, max(names.score, parameters.review_from), f"{what}; {reason}", by_code=True
    )


def _same(
    customer: KnownCustomer, decision: Decision, score: float, reason: str, *, by_code: bool
) -> Weighed:
    tier = 2 * Likeness.IDENTICAL + 1 if by_code else 0
    return Weighed(customer, decision, Relation.SAME, score, reason, by_code=by_code, tier=tier)


def decide(
    record: ReadRecord, customers: Sequence[KnownCustomer], parameters: MatchParameters
) -> MatchResult:
    """Weigh customers against a record and conclude."""
    weighed = sorted((weigh(record, c, parameters) for c in customers), key=Weighed.order)
    same = [w for w in weighed if w.decision is Decision.MATCH and w.relation is Relation.SAME]
    branches = [w for w in weighed if w.decision is Decision.MATCH and w.relation is Relation.BRANCH]
    best_same = _surest(same)
    if len(best_same) == 1:
        return _matched(record, best_same[0], branches, weighed, parameters)
    if best_same:
        return _several(record, best_same, weighed, parameters)
    best_branch = _surest(branches)
    if len(best_branch) == 1:
        return _result(record, best_branch[0], Decision.MATCH, weighed, parameters)
    if best_branch:
        return _several(record, best_branch, weighed, parameters)
    return _undecided(record, weighed, parameters)


def _surest(matches: Sequence[Weighed]) -> list[Weighed]:
    """The matches of the highest tier; of several with one code, those whose name agrees."""
    best = [w for w in matches if w.tier == matches[0].tier]
    if len(best) > 1 and best[0].by_code:
        top = best[0].score
        return [w for w in best if w.score == top]
    return best


def _matched(
    record: ReadRecord,
    best: Weighed,
    branches: Sequence[Weighed],
    weighed: Sequence[Weighed],
    parameters: MatchParameters,
) -> MatchResult:
    parent = best.customer.parent_customer_id
    if parent is None and branches:
        parent = branches[0].customer.customer_id
    return _result(record, best, Decision.MATCH, weighed, parameters, related_id=parent)


def _several(
    record: ReadRecord, best: Sequence[Weighed], weighed: Sequence[Weighed], parameters: MatchParameters
) -> MatchResult:
    ids = ", ".join(w.customer.customer_id for w in best[: parameters.shown])
    reason = f"{len(best)} customers fit equally ({ids}): {best[0].reason}"
    return _result(record, best[0], Decision.REVIEW, weighed, parameters, reason=reason)


def _undecided(record: ReadRecord, weighed: Sequence[Weighed], parameters: MatchParameters) -> MatchResult:
    doubtful = [w for w in weighed if w.decision is Decision.REVIEW and w.score >= parameters.review_from]
    firm = [w for w in doubtful if not w.only_if_unique]
    if not firm and len(doubtful) > 1:
        doubtful = []
    chosen = (firm or doubtful)[:1]
    if chosen:
        return _result(record, chosen[0], Decision.REVIEW, weighed, parameters)
    if not weighed:
        return MatchResult(
            record.identity.record_id,
            Decision.NONE,
            None,
            Relation.NONE,
            None,
            0.0,
            "no customer has a like name or code",
        )
    nearest = min(weighed, key=lambda w: (-w.score, w.customer.customer_id))
    reason = f"nearest is {nearest.customer.customer_id}: {nearest.reason}"
    return _result(record, nearest, Decision.NONE, weighed, parameters, reason=reason)


def _result(
    record: ReadRecord,
    best: Weighed,
    decision: Decision,
    weighed: Sequence[Weighed],
    parameters: MatchParameters,
    *,
    reason: str = "",
    related_id: str | None = None,
) -> MatchResult:
    is_branch = best.relation is Relation.BRANCH and decision is not Decision.NONE
    is_match = decision is Decision.MATCH and not is_branch
    if is_branch:
        related_id = best.customer.customer_id
    others = sorted((w for w in weighed if w is not best), key=Weighed.order)
    return MatchResult(
        record_id=record.identity.record_id,
        decision=decision,
        match_id=best.customer.customer_id if is_match else None,
        relation=Relation.BRANCH if is_branch else Relation.SAME if is_match else Relation.NONE,
        related_id=related_id if is_match or is_branch else None,
        score=round(best.score, 1),
        reason=(reason or best.reason) + _doubtful_code(record),
        candidates=tuple(
            Candidate(w.customer.customer_id, w.customer.name, round(w.score, 1), w.reason)
            for w in (best, *others)[: parameters.shown]
        ),
    )


def _doubtful_code(record: ReadRecord) -> str:
    return (
        "; the printed code fails its check digit" if record.code and not is_valid_uscc(record.code) else ""
    )
