"""What follows from a person's decision about a doubtful record."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlmodel import Session

from activities.bill_monitoring.assessment import Assessor
from activities.store import parameters as parameter_store
from activities.store import people
from activities.store.bill_monitoring import findings, reviews
from activities.store.bill_monitoring.readings import acceptor_key, minor
from activities.store.customers import customers_in_stock, find_customer
from activities.store.tables.bills import (
    FindingRow,
    MatchRow,
    RecordRow,
    ReviewItemRow,
    ScanRow,
    SettledIdentityRow,
)
from models.bill_monitoring.errors import IncompleteResolutionError, ReviewItemSettledError
from models.bill_monitoring.matching.index import CustomerIndex
from models.bill_monitoring.matching.results import Decision, MatchResult, RecordIdentity, Relation
from models.bill_monitoring.messages import ReviewDecision, ReviewResolution, ReviewResolved
from models.errors import InvalidInputError
from models.identifiers import is_valid_uscc
from models.money import Money
from models.parameters.registry import BILL_MONITORING


class Settlement:
    """Settles one review item within one transaction.

    Args:
        session: the transaction.
        resolution: the person's decision.
        at: when it was taken.
    """

    def __init__(self, session: Session, resolution: ReviewResolution, *, at: datetime) -> None:
        self._session = session
        self._resolution = resolution
        self._at = at

    def settle(self) -> ReviewResolved:
        """Enter the decision, remember it, and make the finding that follows from it.

        Raises:
            ReviewItemSettledError: another decision was entered before.
            IncompleteResolutionError: the decision does not say which customer is meant.
            InvalidInputError: a corrected field is not well formed.
        """
        item, record, match = reviews.item_for_settling(self._session, self._resolution.item_id)
        request = asdict(self._resolution)
        request["actor"] = self._resolution.actor.username
        if item.settled_at is not None:
            if item.resolution == request:  # the same command again: the same answer
                return self._answer(item, self._existing_finding(item, record))
            raise ReviewItemSettledError(item.item_id)
        self._correct(record)
        customer_id, relation, reason = self._conclude(record, match, item)
        self._enter_decision(record, match, customer_id, relation, reason)
        self._remember(record, customer_id, item)
        reviews.settle(
            self._session,
            item,
            decision=self._resolution.decision,
            by=self._resolution.actor.username,
            at=self._at,
            resolution=request,
        )
        self._session.flush()
        finding = self._enter_finding(item, record, customer_id) if customer_id else None
        return self._answer(item, finding)

    # ------------------------------------------------------------ the record

    def _correct(self, record: RecordRow) -> None:
        wanted = self._resolution
        if wanted.uscc is not None:
            if not is_valid_uscc(wanted.uscc):
                raise InvalidInputError(
                    f"uscc {wanted.uscc!r} fails its check digit", remedy="Compare it with the document"
                )
            record.uscc = wanted.uscc
        if wanted.name is not None:
            record.name = wanted.name
        if wanted.overdue_balance is not None:
            record.overdue_balance_minor = minor(Money.of(wanted.overdue_balance))
        if wanted.cumulative_overdue is not None:
            record.cumulative_overdue_minor = minor(Money.of(wanted.cumulative_overdue))
        record.acceptor_key = acceptor_key(record.name, record.uscc)
        record.doubts = []
        self._session.add(record)

    def _conclude(
        self, record: RecordRow, match: MatchRow, item: ReviewItemRow
    ) -> tuple[str | None, Relation, str]:
        """Which customer the record concerns, after the person's word."""
        wanted, by = self._resolution, self._resolution.actor.username
        if wanted.decision is ReviewDecision.REJECT:
            return None, Relation.NONE, f"{by} decided that it concerns no customer"
        if wanted.customer_id is not None:
            if find_customer(self._session, wanted.customer_id) is None:
                raise InvalidInputError(
                    f"customer {wanted.customer_id!r} is not known", remedy="See leaseflow customers export"
                )
            return wanted.customer_id, Relation.SAME, f"{by} named the customer"
        if wanted.name is not None or wanted.uscc is not None:
            return self._match_again(record, by)
        customer_id = item.proposed_customer_id
        relation = Relation(match.relation) if match.relation != Relation.NONE else Relation.SAME
        if customer_id is None:
            return None, Relation.NONE, f"{by} confirmed the reading; no customer fits"
        return customer_id, relation, f"{by} confirmed: {match.reason}"

    def _match_again(self, record: RecordRow, by: str) -> tuple[str | None, Relation, str]:
        identity = RecordIdentity(record.record_id, record.name, record.uscc)
        index = CustomerIndex.build(list(customers_in_stock(self._session)))
        (result,) = index.match([identity])
        if result.decision is Decision.REVIEW:
            likely = ", ".join(f"{c.customer_id} {c.name}" for c in result.candidates[:3])
            raise IncompleteResolutionError(
                f"after the correction it is still open which customer is meant ({likely})",
                remedy="Name one with --customer, or reject",
            )
        return matched_customer(result), result.relation, f"{by} corrected the reading: {result.reason}"

    def _enter_decision(
        self, record: RecordRow, match: MatchRow, customer_id: str | None, relation: Relation, reason: str
    ) -> None:
        row = MatchRow(
            record_id=record.record_id,
            decision=Decision.MATCH if customer_id else Decision.NONE,
            customer_id=customer_id,
            relation=relation,
            score=100.0 if customer_id else 0.0,
            reason=reason,
            candidates=match.candidates,
            decided_by=self._resolution.actor.username,
            decided_at=self._at,
        )
        findings.enter_decision(self._session, row)

    def _remember(self, record: RecordRow, customer_id: str | None, item: ReviewItemRow) -> None:
        self._session.add(
            SettledIdentityRow(
                acceptor_key=record.acceptor_key,
                customer_id=customer_id,
                item_id=item.item_id,
                decided_by=self._resolution.actor.username,
                decided_at=self._at,
            )
        )

    # ------------------------------------------------------------ the finding

    def _enter_finding(self, item: ReviewItemRow, record: RecordRow, customer_id: str) -> FindingRow:
        self._session.expire_all()
        scan = self._session.get_one(ScanRow, item.scan_id)
        match = self._session.get_one(MatchRow, record.record_id)
        customer = find_customer(self._session, customer_id)
        assert customer is not None  # noqa: S101 - looked up before, in this transaction
        assessor = Assessor(
            scan_id=item.scan_id,
            list_date=record.list_date,
            parameters=parameter_store.in_force(self._session, BILL_MONITORING, scan.started_at).value,
            known=findings.standing_findings(self._session, up_to=record.list_date, besides=item.scan_id),
            officers=frozenset(member.username for member in people.staff(self._session)),
            at=self._at,
        )
        finding = assessor.finding(record, match, customer)
        findings.enter_findings(self._session, [finding])
        return finding

    def _existing_finding(self, item: ReviewItemRow, record: RecordRow) -> FindingRow | None:
        rows = findings.findings_of_scan(self._session, item.scan_id)
        return next((row for row in rows if row.record_id == record.record_id), None)

    def _answer(self, item: ReviewItemRow, finding: FindingRow | None) -> ReviewResolved:
        if finding is None:
            return ReviewResolved(item.item_id, "settled; it concerns no customer")
        return ReviewResolved(
            item.item_id,
            f"settled; {finding.change} finding for customer {finding.customer_id}",
            finding_id=finding.finding_id,
            officer=finding.officer,
        )


def matched_customer(result: MatchResult) -> str | None:
    """The customer whose exposure a matched record concerns: itself, or the parent of a branch."""
    if result.decision is Decision.NONE:
        return None
    return result.match_id or result.related_id
