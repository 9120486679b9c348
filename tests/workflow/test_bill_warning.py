"""An officer is warned once; silence climbs to the manager; acknowledgement ends it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from cryptography.fernet import Fernet
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.adapters.acknowledgement_links import LinkSigner
from activities.bill_monitoring.analysis import SetBasedAnalysis
from activities.bill_monitoring.books import PostgresScanBooks
from activities.bill_monitoring.messenger import Deliveries
from activities.bill_monitoring.reporting import ReportWriter
from activities.ports.delivery import Channel, DeliveryFailedError, OutgoingMessage
from activities.store.bill_monitoring import findings
from activities.store.database import Database
from activities.store.people import find_member
from models.bill_monitoring.messages import (
    Acknowledged,
    Acknowledgement,
    ScanStep,
    WarningOutcome,
    WarningRound,
    WarningStatus,
)
from models.calendar import BusinessCalendar
from models.people import Actor
from tests.factories.bills import House
from workers.registry import steps_of, workflow_runner
from workflows.bill_monitoring.warning import BillWarning

pytestmark = pytest.mark.stack

LIST_DATE = date(2026, 9, 30)


@dataclass
class Letterbox(Channel):
    """Takes messages; refuses the next few when told to."""

    name: str = "email"
    personal: bool = True
    refuse: int = 0
    taken: list[OutgoingMessage] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: OutgoingMessage) -> None:
        if self.refuse:
            self.refuse -= 1
            raise DeliveryFailedError("451 try again later")
        self.taken.append(message)
        self.arrived.set()

    @property
    def recipients(self) -> list[str]:
        return [message.recipient for message in self.taken]

    async def has_reached(self, *recipients: str) -> None:
        """Exactly these, in this order; a message on its way is waited for in real time."""
        async with asyncio.timeout(30):
            while len(self.taken) < len(recipients):
                self.arrived.clear()
                await self.arrived.wait()
        assert self.recipients == list(recipients)


@dataclass
class Desk:
    """A scan with findings, warned about by real activities on a real database."""

    house: House
    client: Client
    letterbox: Letterbox
    step: ScanStep

    async def warn(self) -> WorkflowHandle[BillWarning, WarningOutcome]:
        round_ = WarningRound(self.step.scan_id, LIST_DATE, "li.wei", self.step.parameters)
        return await self.client.start_workflow(
            BillWarning.run,
            round_,
            id=f"bills-warning-{self.step.scan_id}-li.wei",
            task_queue=self.step.scan_id,
        )

    def actor(self, username: str) -> Actor:
        with self.house.database.transaction() as session:
            return find_member(session, username).actor()

    def finding_ids(self) -> list[str]:
        with self.house.database.transaction() as session:
            return [row.finding_id for row in findings.findings_of_scan(session, self.step.scan_id)]

    async def acknowledge(
        self, handle: WorkflowHandle[BillWarning, WarningOutcome], username: str, *finding_ids: str
    ) -> Acknowledged:
        command = Acknowledgement(self.actor(username), finding_ids, note="called the lessee")
        return await handle.execute_update(BillWarning.acknowledge, command, id=uuid.uuid4().hex)


@asynccontextmanager
async def open_desk(database: Database, temporal: WorkflowEnvironment, house: House) -> AsyncIterator[Desk]:
    house.import_customers(2)
    step = house.scan({0: "1500000.00", 1: "200000.00"}, list_date=LIST_DATE)
    analysis = SetBasedAnalysis(database, ReportWriter(database, None))
    analysis.match_records(step)
    analysis.assess_findings(step)
    letterbox = Letterbox()
    messenger = Deliveries(
        database,
        {"email": letterbox, "log": Letterbox(name="log", personal=False)},
        language="en",
        console_url="http://console.test",
        link_signer=LinkSigner([Fernet.generate_key()]),
    )
    async with Worker(
        temporal.client,
        task_queue=step.scan_id,
        workflows=[BillWarning],
        activities=[*steps_of(PostgresScanBooks(database)), *steps_of(messenger)],
        workflow_runner=workflow_runner(),
        activity_executor=ThreadPoolExecutor(4),
    ):
        yield Desk(house, temporal.client, letterbox, step)


async def test_officer_is_warned_once_of_all_findings_together(
    database: Database, temporal: WorkflowEnvironment, house: House
) -> None:
    async with open_desk(database, temporal, house) as desk:
        handle = await desk.warn()
        answer = await desk.acknowledge(handle, "li.wei")
        outcome = await handle.result()
        assert sorted(answer.finding_ids) == sorted(desk.finding_ids())
        assert outcome.acknowledged_by == ("li.wei",)
        assert outcome.escalations == 0
        assert desk.letterbox.recipients == ["li.wei"]
        with database.transaction() as session:
            rows = findings.findings_of_scan(session, desk.step.scan_id)
            assert {row.acknowledged_by for row in rows} == {"li.wei"}


async def test_silence_climbs_to_the_manager_when_business_time_runs_out(
    database: Database, temporal: WorkflowEnvironment, house: House
) -> None:
    async with open_desk(database, temporal, house) as desk:
        began = await temporal.get_current_time()
        handle = await desk.warn()
        limit = BusinessCalendar().add_business_hours(began, timedelta(hours=8))
        await temporal.sleep(limit - began + timedelta(minutes=5))
        await desk.letterbox.has_reached("li.wei", "sun.yue")
        status = await handle.query(BillWarning.status)
        assert status.with_person == "sun.yue"
        assert status.escalations == 1
        await desk.acknowledge(handle, "sun.yue")
        assert (await handle.result()).acknowledged_by == ("sun.yue",)


async def test_at_the_top_it_waits_for_as_long_as_it_takes(
    database: Database, temporal: WorkflowEnvironment, house: House
) -> None:
    async with open_desk(database, temporal, house) as desk:
        handle = await desk.warn()
        await temporal.sleep(timedelta(days=40))
        await desk.letterbox.has_reached("li.wei", "sun.yue", "gao.ling")
        status: WarningStatus = await handle.query(BillWarning.status)
        assert status.with_person == "gao.ling"
        await desk.acknowledge(handle, "gao.ling")
        assert (await handle.result()).findings == 2


async def test_a_refusing_mail_server_neither_loses_nor_doubles(
    database: Database, temporal: WorkflowEnvironment, house: House
) -> None:
    async with open_desk(database, temporal, house) as desk:
        desk.letterbox.refuse = 3
        handle = await desk.warn()
        await temporal.sleep(timedelta(minutes=10))
        await desk.letterbox.has_reached("li.wei")
        await desk.acknowledge(handle, "li.wei")
        await handle.result()


@pytest.mark.parametrize(
    ("username", "finding", "reason"),
    [
        ("zhang.min", None, "may not acknowledge"),
        ("li.wei", "no-such-finding", "is not part of this warning"),
    ],
)
async def test_refusals_name_their_reason(
    database: Database,
    temporal: WorkflowEnvironment,
    house: House,
    username: str,
    finding: str | None,
    reason: str,
) -> None:
    async with open_desk(database, temporal, house) as desk:
        handle = await desk.warn()
        await temporal.sleep(timedelta(seconds=5))
        with pytest.raises(WorkflowUpdateFailedError) as refusal:
            await desk.acknowledge(handle, username, *([finding] if finding else []))
        assert reason in str(refusal.value.cause)
        await desk.acknowledge(handle, "risk.desk")
        await handle.result()


async def test_twice_is_refused(database: Database, temporal: WorkflowEnvironment, house: House) -> None:
    async with open_desk(database, temporal, house) as desk:
        handle = await desk.warn()
        first, second = desk.finding_ids()
        await desk.acknowledge(handle, "li.wei", first)
        with pytest.raises(WorkflowUpdateFailedError) as refusal:
            await desk.acknowledge(handle, "li.wei", first)
        assert "acknowledged already" in str(refusal.value.cause)
        await desk.acknowledge(handle, "li.wei", second)
        await handle.result()
