"""A scan's worth of rows in the database: customers, a list, records, decisions."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlmodel import Session

from activities.store.bill_monitoring import lists, scans
from activities.store.bill_monitoring.readings import record_row
from activities.store.customers import import_customers
from activities.store.database import Database
from activities.store.people import enter_staff
from activities.store.tables.bills import ListRow
from models.bill_monitoring.customers import Customer
from models.bill_monitoring.messages import ScanOrder, ScanOutcome, ScanState, ScanStep
from models.bill_monitoring.reading import ReadRecord
from models.identifiers import USCC_ALPHABET, organisation_check_character, uscc_check_character
from models.money import Money
from models.parameters.bill_monitoring import BillMonitoringParameters
from workers.directory import DEMO_STAFF


def code(number: int, *, authority: str = "91310115") -> str:
    """A valid USCC with both check characters, from a number."""
    body = "".join(USCC_ALPHABET[(number // 10**place) % 10] for place in range(7, -1, -1))
    first_17 = f"{authority}{body}{organisation_check_character(body)}"
    return first_17 + uscc_check_character(first_17)


@dataclass
class House:
    """A small house whose customers and lists belong to one test alone."""

    database: Database
    key: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    number: int = field(default_factory=lambda: uuid.uuid4().int % 10**7)

    def __post_init__(self) -> None:
        with self.database.transaction() as session:
            enter_staff(session, DEMO_STAFF)

    def customer_id(self, index: int) -> str:
        return f"C-{self.key}-{index}"

    def uscc(self, index: int) -> str:
        return code(self.number * 10 + index)

    def name(self, index: int) -> str:
        return f"上海{'甲乙丙丁戊己庚辛壬癸'[index]}{self._stem}机械制造有限公司"

    @property
    def _stem(self) -> str:
        return "".join("东南西北金木水火土山"[int(digit)] for digit in str(self.number)[-4:])

    def import_customers(self, count: int, *, officer: str = "li.wei", exposure: str = "8000000") -> None:
        customers = [
            Customer(
                self.customer_id(index),
                self.name(index),
                self.uscc(index),
                officer=officer,
                exposure=Money.of(exposure),
            )
            for index in range(count)
        ]
        with self.database.transaction() as session:
            import_customers(
                session,
                customers,
                filename="customers.csv",
                sha256="0" * 64,
                imported_by="risk.desk",
                retire_missing=False,
            )

    def scan(
        self, balances: dict[int, str | None], *, list_date: date, doubts: dict[int, str] | None = None
    ) -> ScanStep:
        """Enter a scan of a list on which these customers stand, not yet matched or assessed."""
        scan_id = f"{list_date:%Y%m%d}-{uuid.uuid4().hex[:8]}"
        list_id = f"list-{scan_id}"
        with self.database.transaction() as session:
            self._enter(session, scan_id, list_id, list_date, balances, doubts or {})
        return ScanStep(scan_id, list_date, (list_id,), BillMonitoringParameters())

    def close(self, step: ScanStep) -> None:
        """The scan ended well: later lists are compared with its findings."""
        outcome = ScanOutcome(step.scan_id, ScanState.COMPLETED, step.list_date, list_ids=step.list_ids)
        with self.database.transaction() as session:
            scans.close_scan(session, outcome, at=datetime.now(UTC))

    def _enter(
        self,
        session: Session,
        scan_id: str,
        list_id: str,
        list_date: date,
        balances: dict[int, str | None],
        doubts: dict[int, str],
    ) -> None:
        now = datetime.now(UTC)
        scans.enter_scan(session, ScanOrder(), scan_id=scan_id, run_id=scan_id, parameters_version=0, at=now)
        row = ListRow(
            list_id=list_id,
            source="test",
            title="逾期名单",
            list_date=list_date,
            published_at=now,
            table_pages=1,
        )
        lists.enter_list(session, row)
        rows = [
            record_row(
                ReadRecord(
                    name=self.name(index),
                    uscc=self.uscc(index),
                    overdue_balance=Money.of(balance) if balance else None,
                    cumulative_overdue=Money.of(balance) if balance else None,
                    review=(doubts[index],) if index in doubts else (),
                ),
                list_id=list_id,
                list_date=list_date,
                part="page-00001",
                row_no=index + 1,
                origin="site:api",
            )
            for index, balance in balances.items()
        ]
        lists.enter_records(session, rows)
