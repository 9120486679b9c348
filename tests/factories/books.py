"""Books with a history: lists, scans, customers and people, as a test asks for them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session

from activities.store import documents, people
from activities.store.bill_monitoring import findings, lists, scans
from activities.store.bill_monitoring.lists import ListPartRow
from activities.store.customers import import_customers
from activities.store.database import Database
from activities.store.tables.bills import FindingRow, ListRow, RecordRow
from models.bill_monitoring.customers import Customer
from models.bill_monitoring.messages import ScanOrder, ScanOutcome, ScanState, ScanStep
from models.bill_monitoring.rules import Change
from models.money import Money
from models.parameters.bill_monitoring import BillMonitoringParameters, WarningParameters
from models.people import Role, StaffMember


@dataclass(slots=True)
class Books:
    """Writes to a database that other tests use too: everything has an identity of its own."""

    database: Database
    mark: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    @property
    def officer(self) -> str:
        return f"li.wei.{self.mark}"

    @property
    def manager(self) -> str:
        return f"wang.fang.{self.mark}"

    def hire(self) -> None:
        """An officer and their manager, who also minds the robot."""
        with self.database.transaction() as session:
            people.enter_staff(
                session,
                [
                    StaffMember(
                        self.manager,
                        "王芳",
                        (Role.MANAGER, Role.RISK),
                        "总部",
                        f"{self.manager}@lessor.example",
                    ),
                    StaffMember(
                        self.officer,
                        "李伟",
                        (Role.OFFICER,),
                        "华东",
                        f"{self.officer}@lessor.example",
                        manager=self.manager,
                    ),
                ],
            )

    def customer(self, number: int) -> str:
        return f"C{number}-{self.mark}"

    def take_over_customers(self, count: int) -> None:
        with self.database.transaction() as session:
            import_customers(
                session,
                [
                    Customer(
                        customer_id=self.customer(number),
                        name=f"恒州第{number}建筑有限公司",
                        officer=self.officer,
                        exposure=Money.of(f"{number}000000.00"),
                    )
                    for number in range(1, count + 1)
                ],
                filename="customers.csv",
                sha256="0" * 64,
                imported_by="test",
                retire_missing=False,
            )

    def scan(
        self,
        list_date: date,
        standing: dict[int, str],
        *,
        changes: dict[int, Change] | None = None,
        corrects: str | None = None,
        closed: bool = True,
        list_id: str | None = None,
    ) -> ScanStep:
        """A scan of one list on which customers' acceptors stand with these overdue balances in yuan.

        Args:
            list_date: of the list.
            standing: overdue balance by customer number.
            changes: of findings that are not new; cleared ones need not stand on the list.
            corrects: the list that this one replaces.
            closed: whether the scan came to its end.
            list_id: of a list that is scanned again.
        """
        scan_id = f"{list_date:%Y%m%d}-{uuid.uuid4().hex[:8]}"
        again = list_id is not None
        list_id = list_id or f"L{scan_id}"
        with self.database.transaction() as session:
            scans.enter_scan(
                session,
                ScanOrder(),
                scan_id=scan_id,
                run_id=scan_id,
                parameters_version=0,
                at=datetime(2026, 1, 8, 1, 30, tzinfo=UTC),
            )
            lists.enter_list(
                session,
                ListRow(
                    list_id=list_id,
                    source="exchange",
                    title=f"截至{list_date}承兑人逾期名单",
                    list_date=list_date,
                    published_at=datetime(2026, 1, 8, tzinfo=UTC),
                    corrects=corrects,
                    table_pages=1,
                ),
            )
            session.flush()
            if not again:
                lists.enter_records(
                    session, [self._record(n, list_id, list_date, standing) for n in standing]
                )
            wanted = dict.fromkeys(standing, Change.NEW) | (changes or {})
            findings.enter_findings(
                session,
                [self._finding(n, scan_id, list_id, list_date, standing, change=wanted[n]) for n in wanted],
            )
            if closed:
                outcome = ScanOutcome(scan_id, ScanState.COMPLETED, list_date, list_ids=(list_id,))
                scans.close_scan(session, outcome, at=datetime(2026, 1, 8, 2, tzinfo=UTC))
        parameters = BillMonitoringParameters(warning=WarningParameters(channels=("email", "log")))
        return ScanStep(scan_id, list_date, (list_id,), parameters)

    def unreadable_document(self, session: Session, list_id: str) -> None:
        sha256 = documents.keep(session, self.mark.encode(), media_type="image/jpeg")
        lists.keep_part(
            session,
            ListPartRow(
                list_id=list_id,
                part="file-9",
                kind="file",
                filename="附件9.jpg",
                sha256=sha256,
                rows=0,
                problem="the picture ends early",
                fetched_at=datetime(2026, 1, 8, tzinfo=UTC),
            ),
        )

    def _record(self, number: int, list_id: str, list_date: date, standing: dict[int, str]) -> RecordRow:
        return RecordRow(
            record_id=f"{list_id}/table/{number}",
            list_id=list_id,
            list_date=list_date,
            part="table",
            row_no=number,
            name=f"恒州第{number}建筑有限公司",
            acceptor_key=f"key-{number}-{self.mark}",
            overdue_balance_minor=Money.of(standing[number]).minor,
            origin="site",
        )

    def _finding(
        self,
        number: int,
        scan_id: str,
        list_id: str,
        list_date: date,
        standing: dict[int, str],
        *,
        change: Change,
    ) -> FindingRow:
        listed = number in standing
        return FindingRow(
            finding_id=f"{scan_id}-{number}",
            scan_id=scan_id,
            list_date=list_date,
            customer_id=self.customer(number),
            acceptor_key=f"key-{number}-{self.mark}",
            acceptor_name=f"恒州第{number}建筑有限公司",
            record_id=f"{list_id}/table/{number}" if listed else None,
            relation="same",
            change=change,
            grade="high",
            overdue_balance_minor=Money.of(standing[number]).minor if listed else 0,
            exposure_minor=Money.of(f"{number}000000.00").minor,
            officer=self.officer,
            reason="uscc identical" if listed else f"no longer on the list of {list_date}",
            found_at=datetime(2026, 1, 8, 1, 35, tzinfo=UTC) + timedelta(seconds=number),
        )
