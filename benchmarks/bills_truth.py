"""What a cycle found, beside what the played world says it should have found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from sqlmodel import Session

from activities.store.bill_monitoring import findings, lists, reviews
from activities.store.bill_monitoring.readings import acceptor_key
from activities.store.tables.bills import FindingRow, MatchRow, RecordRow, ReviewItemRow

_ALL: Final = 1_000_000


@dataclass
class Verdict:
    """Outcome of a cycle. Sums of ``matches`` are the overlaps that there are."""

    matches: Counter[str] = field(default_factory=Counter)
    """``found``, ``review`` (the customer is offered to a person) and ``missed``."""
    wrong: list[str] = field(default_factory=list)
    """Findings about customers that do not stand on the list: worse than anything missed."""
    amounts: Counter[str] = field(default_factory=Counter)
    """Overdue balances of what was found: ``right``, ``absent`` and ``wrong``."""
    review_items: int = 0
    unreadable: int = 0
    records: int = 0


def judge(
    session: Session, truth: Sequence[Mapping[str, Any]], scan_id: str, list_ids: Sequence[str]
) -> Verdict:
    """Compare the findings and review items of a scan with the truth."""
    verdict = Verdict()
    found = {row.customer_id: row for row in findings.findings_of_scan(session, scan_id)}
    items = reviews.items(session, scan_id=scan_id, limit=_ALL)
    offered = _offered(items)
    expected: set[str] = set()
    for entry in truth:
        if entry["expected"] == "none":
            continue
        customer = entry["customer_id"] if entry["expected"] == "match" else entry["related_id"]
        expected.add(customer)
        _judge_one(verdict, entry, found.get(customer), in_review=customer in offered)
    verdict.wrong = [f"{row.acceptor_name} as {name}" for name, row in found.items() if name not in expected]
    verdict.review_items = len(items)
    verdict.unreadable = len(lists.problems(session, list_ids))
    verdict.records = len(lists.records(session, list_ids))
    return verdict


def _judge_one(
    verdict: Verdict, entry: Mapping[str, Any], finding: FindingRow | None, *, in_review: bool
) -> None:
    if finding is None:
        verdict.matches["review" if in_review else "missed"] += 1
        return
    known_as = {entry["uscc"], entry["printed_uscc"], acceptor_key(entry["name"], None)}
    if finding.acceptor_key not in known_as:
        verdict.matches["found under a misread name"] += 1
    else:
        verdict.matches["found"] += 1
    if finding.overdue_balance_minor is None:
        verdict.amounts["absent"] += 1
    else:
        right = finding.overdue_balance_minor == int(Decimal(entry["overdue_balance"]) * 100)
        verdict.amounts["right" if right else "wrong"] += 1


def _offered(items: Sequence[tuple[ReviewItemRow, RecordRow, MatchRow]]) -> set[str]:
    """Customers that the engine's doubts name, as the match or as a candidate."""
    named: set[str] = set()
    for _item, _record, match in items:
        named |= {str(candidate["customer_id"]) for candidate in match.candidates}
        if match.customer_id is not None:
            named.add(match.customer_id)
    return named
