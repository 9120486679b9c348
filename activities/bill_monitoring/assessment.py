"""From decided records to findings: compared with what was known, graded, given to an officer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from activities.store.bill_monitoring.readings import money
from activities.store.tables.bills import FindingRow, MatchRow, RecordRow
from activities.store.tables.customers import CustomerRow
from models.bill_monitoring.matching.results import Relation
from models.bill_monitoring.rules import Change, Standing, compare, grade
from models.parameters.bill_monitoring import BillMonitoringParameters


@dataclass(frozen=True, slots=True)
class Assessor:
    """Makes findings of one scan.

    Args:
        scan_id: the scan.
        list_date: date of its list.
        parameters: thresholds and the default officer.
        known: earlier findings by customer and acceptor.
        officers: user names that can be warned.
        at: when the findings were found.
    """

    scan_id: str
    list_date: date
    parameters: BillMonitoringParameters
    known: Mapping[tuple[str, str], FindingRow]
    officers: frozenset[str]
    at: datetime

    def finding(self, record: RecordRow, match: MatchRow, customer: CustomerRow) -> FindingRow:
        """A customer (or its branch) is on the list."""
        earlier = self.known.get((customer.customer_id, record.acceptor_key))
        now = Standing(money(record.overdue_balance_minor), money(record.cumulative_overdue_minor))
        change = compare(_standing(earlier), now, material_change=self.parameters.grading.material_change)
        graded = grade(
            overdue_balance=now.overdue_balance,
            exposure=money(customer.exposure_minor),
            parameters=self.parameters.grading,
        )
        return FindingRow(
            finding_id=self._finding_id(customer.customer_id, record.acceptor_key),
            scan_id=self.scan_id,
            list_date=self.list_date,
            customer_id=customer.customer_id,
            acceptor_key=record.acceptor_key,
            acceptor_name=record.name,
            record_id=record.record_id,
            relation=match.relation,
            change=change,
            grade=graded,
            overdue_balance_minor=record.overdue_balance_minor,
            cumulative_overdue_minor=record.cumulative_overdue_minor,
            previous_balance_minor=earlier.overdue_balance_minor if earlier else None,
            exposure_minor=customer.exposure_minor,
            officer=self._officer(customer),
            reason=match.reason,
            found_at=self.at,
        )

    def cleared(self, earlier: FindingRow, customer: CustomerRow) -> FindingRow:
        """An acceptor that was on the list before has left it."""
        return FindingRow(
            finding_id=self._finding_id(earlier.customer_id, earlier.acceptor_key),
            scan_id=self.scan_id,
            list_date=self.list_date,
            customer_id=earlier.customer_id,
            acceptor_key=earlier.acceptor_key,
            acceptor_name=earlier.acceptor_name,
            record_id=None,
            relation=earlier.relation or Relation.SAME,
            change=Change.CLEARED,
            grade=earlier.grade,
            overdue_balance_minor=0,
            cumulative_overdue_minor=earlier.cumulative_overdue_minor,
            previous_balance_minor=earlier.overdue_balance_minor,
            exposure_minor=customer.exposure_minor,
            officer=self._officer(customer),
            reason=f"no longer on the list of {self.list_date}",
            found_at=self.at,
        )

    def _officer(self, customer: CustomerRow) -> str:
        officer = customer.officer
        return officer if officer in self.officers else self.parameters.warning.default_officer

    def _finding_id(self, customer_id: str, acceptor_key: str) -> str:
        digest = hashlib.sha256(f"{self.scan_id}/{acceptor_key}".encode()).hexdigest()[:6]
        return f"{self.list_date:%Y%m%d}-{customer_id}-{digest}"


def _standing(earlier: FindingRow | None) -> Standing | None:
    if earlier is None:
        return None
    return Standing(money(earlier.overdue_balance_minor), money(earlier.cumulative_overdue_minor))
