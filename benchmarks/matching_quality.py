"""Precision, recall and F1 of matching, kind by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from models.bill_monitoring.matching.results import Decision, MatchResult, Relation
from tests.factories.names_cases import Case


@dataclass
class Tally:
    """What became of the cases of one kind."""

    outcomes: Counter[str] = field(default_factory=Counter)

    def add(self, case: Case, result: MatchResult) -> None:
        self.outcomes[outcome(case, result)] += 1
        self.outcomes["positive" if case.customer_id else "negative"] += 1

    @property
    def precision(self) -> float:
        found = self.outcomes["right"] + self.outcomes["wrong"]
        return self.outcomes["right"] / found if found else 1.0

    @property
    def recall(self) -> float:
        return self.outcomes["right"] / self.outcomes["positive"] if self.outcomes["positive"] else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def outcome(case: Case, result: MatchResult) -> str:
    """``right`` and ``wrong`` are matches; ``review`` offers the truth, or has none to offer."""
    if result.decision is Decision.MATCH:
        found = result.related_id if result.relation is Relation.BRANCH else result.match_id
        return "right" if (result.relation, found) == (case.relation, case.customer_id) else "wrong"
    offered = [candidate.customer_id for candidate in result.candidates]
    if result.decision is Decision.REVIEW:
        return "review" if case.customer_id is None or case.customer_id in offered else "missed"
    return "missed" if case.customer_id else "rejected"


def tallies(cases: Sequence[Case], results: Sequence[MatchResult]) -> dict[str, Tally]:
    """A tally for each kind of case, and one for all."""
    found: dict[str, Tally] = {}
    for case, result in zip(cases, results, strict=True):
        for kind in (case.kind, "all"):
            found.setdefault(kind, Tally()).add(case, result)
    return found


def print_quality(title: str, cases: Sequence[Case], results: Sequence[MatchResult]) -> Tally:
    """Print a line for each kind, the whole last; give the whole."""
    found = tallies(cases, results)
    whole = found.pop("all")
    print(f"\n{title}")
    print(f"{'kind':26}{'cases':>6}{'right':>7}{'wrong':>7}{'review':>8}{'missed':>8}{'rejected':>10}")
    for kind, tally in (*sorted(found.items()), ("all", whole)):
        counts = tally.outcomes
        shown = [counts[key] for key in ("right", "wrong", "review", "missed", "rejected")]
        total = counts["positive"] + counts["negative"]
        print(f"{kind:26}{total:>6}{shown[0]:>7}{shown[1]:>7}{shown[2]:>8}{shown[3]:>8}{shown[4]:>10}")
    print(f"precision {whole.precision:.4f}  recall {whole.recall:.4f}  F1 {whole.f1:.4f}")
    return whole
