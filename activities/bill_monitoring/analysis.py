"""Matching, comparing, reporting: computing over everything that a scan has gathered."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlmodel import Session
from temporalio import activity

from activities.bill_monitoring.assessment import Assessor
from activities.bill_monitoring.desk import incomplete_records
from activities.bill_monitoring.reporting import ReportWriter
from activities.bill_monitoring.settling import matched_customer
from activities.store import people
from activities.store.bill_monitoring import findings, lists, reviews
from activities.store.customers import customers_in_stock, find_customer
from activities.store.database import Database
from activities.store.tables.bills import (
    FindingRow,
    MatchRow,
    RecordRow,
    ReviewItemRow,
    SettledIdentityRow,
)
from models.bill_monitoring.matching.index import match_all
from models.bill_monitoring.matching.results import (
    Candidate,
    Decision,
    MatchResult,
    RecordIdentity,
    Relation,
)
from models.bill_monitoring.messages import DocumentPart, FindingCounts, Matched, ReportWritten, ScanStep
from models.bill_monitoring.rules import Change
from workflows.bill_monitoring.steps import RiskAnalysis


class SetBasedAnalysis(RiskAnalysis):
    """Whole lists at a time, in memory, against PostgreSQL."""

    def __init__(self, database: Database, reporter: ReportWriter) -> None:
        self._database = database
        self._reporter = reporter

    # ------------------------------------------------------------ matching

    @activity.defn(name="bills.match_records")
    def match_records(self, step: ScanStep) -> Matched:
        with self._database.transaction() as session:
            records = lists.records(session, step.list_ids)
            customers = list(customers_in_stock(session))
            settled = findings.settled_identities(session, {row.acceptor_key for row in records})
        results = match_all(customers, [RecordIdentity(row.record_id, row.name, row.uscc) for row in records])
        now = datetime.now(UTC)
        rows = [
            _match_row(record, result, settled.get(record.acceptor_key), now)
            for record, result in zip(records, results, strict=True)
        ]
        with self._database.transaction() as session:
            findings.enter_matches(session, rows)
        with self._database.transaction() as session:
            return self._matched(session, step, len(records))

    def _matched(self, session: Session, step: ScanStep, records: int) -> Matched:
        counts = findings.decision_counts(session, step.list_ids)
        concerned = findings.decided_records(session, step.list_ids, [Decision.MATCH, Decision.REVIEW])
        parts = {(row.list_id, row.part) for row in incomplete_records(session, step.list_ids)}
        documents = [
            DocumentPart(list_id, part, kept.sha256, kept.filename)
            for list_id in step.list_ids
            for part, kept in lists.kept_parts(session, list_id).items()
            if (list_id, part) in parts
        ]
        return Matched(
            records=records,
            matches=counts.get(Decision.MATCH, 0),
            reviews=counts.get(Decision.REVIEW, 0),
            without_amounts=tuple(
                record.record_id
                for record, match in concerned
                if record.overdue_balance_minor is None
                and record.locator is None
                and match.decision != Decision.NONE
            ),
            to_complete=tuple(sorted(documents, key=lambda document: document.part)),
        )

    # ------------------------------------------------------------ findings

    @activity.defn(name="bills.assess_findings")
    def assess_findings(self, step: ScanStep) -> FindingCounts:
        with self._database.transaction() as session:
            decided = findings.decided_records(session, step.list_ids, [Decision.MATCH, Decision.REVIEW])
            doubtful = [pair for pair in decided if _needs_a_person(*pair)]
            certain = [pair for pair in decided if not _needs_a_person(*pair)]
            reviews.enter_items(session, [_review_item(step, *pair) for pair in doubtful])
            findings.enter_findings(session, self._findings(session, step, certain, doubtful))
            session.flush()
            rows = findings.findings_of_scan(session, step.scan_id)
            return _counts(
                rows,
                open_items=len(reviews.open_items(session, step.scan_id)),
                warn_of_unchanged=step.parameters.warning.unchanged,
                is_history=findings.newer_list_is_known(session, step.list_date),
            )

    def _findings(
        self,
        session: Session,
        step: ScanStep,
        certain: Sequence[tuple[RecordRow, MatchRow]],
        doubtful: Sequence[tuple[RecordRow, MatchRow]],
    ) -> list[FindingRow]:
        known = findings.standing_findings(session, up_to=step.list_date, besides=step.scan_id)
        assessor = Assessor(
            scan_id=step.scan_id,
            list_date=step.list_date,
            parameters=step.parameters,
            known=known,
            officers=frozenset(member.username for member in people.staff(session)),
            at=datetime.now(UTC),
        )
        rows = []
        for record, match in certain:
            customer = find_customer(session, match.customer_id) if match.customer_id else None
            if customer is not None and customer.retired_at is None:
                rows.append(assessor.finding(record, match, customer))
        if step.partial:
            return rows
        still_listed = {row.acceptor_key for row in lists.records(session, step.list_ids)}
        in_doubt = {(match.customer_id, record.acceptor_key) for record, match in doubtful}
        for (customer_id, acceptor), earlier in known.items():
            if acceptor not in still_listed and (customer_id, acceptor) not in in_doubt:
                customer = find_customer(session, customer_id)
                if customer is not None:
                    rows.append(assessor.cleared(earlier, customer))
        return rows

    # ------------------------------------------------------------ report

    @activity.defn(name="bills.write_report")
    async def write_report(self, step: ScanStep) -> ReportWritten:
        return await self._reporter.write(step)


def _match_row(
    record: RecordRow, result: MatchResult, settled: SettledIdentityRow | None, now: datetime
) -> MatchRow:
    decision, relation, reason = result.decision, result.relation, result.reason
    customer_id = matched_customer(result)
    if settled is not None and decision is not Decision.MATCH:
        customer_id = settled.customer_id
        decision = Decision.MATCH if customer_id else Decision.NONE
        relation = Relation.SAME if customer_id else Relation.NONE
        reason = f"settled by {settled.decided_by} on {settled.decided_at:%Y-%m-%d} (item {settled.item_id})"
    return MatchRow(
        record_id=record.record_id,
        decision=decision,
        customer_id=customer_id,
        relation=relation,
        score=result.score,
        reason=reason,
        candidates=[_candidate(candidate) for candidate in result.candidates],
        decided_by=findings.ENGINE,
        decided_at=now,
    )


def _candidate(candidate: Candidate) -> dict[str, object]:
    return {
        "customer_id": candidate.customer_id,
        "name": candidate.name,
        "score": round(candidate.score, 1),
        "reason": candidate.reason,
    }


def _needs_a_person(record: RecordRow, match: MatchRow) -> bool:
    if match.decided_by != findings.ENGINE:
        return False
    return match.decision == Decision.REVIEW or bool(record.doubts)


def _review_item(step: ScanStep, record: RecordRow, match: MatchRow) -> ReviewItemRow:
    by_match = match.decision == Decision.REVIEW
    question = match.reason if by_match else "; ".join(record.doubts)
    digest = hashlib.sha256(f"{step.scan_id}/{record.record_id}".encode()).hexdigest()[:8]
    proposed = match.customer_id
    if proposed is None and by_match and match.candidates:
        proposed = match.candidates[0]["customer_id"]
    return ReviewItemRow(
        item_id=f"{step.list_date:%Y%m%d}-{digest}",
        scan_id=step.scan_id,
        record_id=record.record_id,
        kind="match" if by_match else "reading",
        question=question,
        proposed_customer_id=proposed,
        opened_at=datetime.now(UTC),
    )


def _counts(
    rows: Sequence[FindingRow], *, open_items: int, warn_of_unchanged: bool, is_history: bool
) -> FindingCounts:
    by_change = {change: sum(1 for row in rows if row.change == change) for change in Change}
    due = {row.officer for row in rows if row.change != Change.UNCHANGED or warn_of_unchanged}
    return FindingCounts(
        new=by_change[Change.NEW],
        worse=by_change[Change.WORSE],
        better=by_change[Change.BETTER],
        unchanged=by_change[Change.UNCHANGED],
        cleared=by_change[Change.CLEARED],
        review_items=open_items,
        # nobody is warned of what a newer list has overtaken: it is entered for the record
        officers=() if is_history else tuple(sorted(due)),
    )
