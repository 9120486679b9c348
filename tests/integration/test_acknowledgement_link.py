"""From the warning in the mail, by its link, to the end of the warning's workflow."""

from __future__ import annotations

import asyncio
import re
import shutil
import sysconfig
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from temporalio.client import WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.adapters.acknowledgement_links import LinkSigner
from activities.adapters.mail import MailChannel, MailServer
from activities.bill_monitoring.books import PostgresScanBooks
from activities.bill_monitoring.messenger import Deliveries
from activities.ports.delivery import AcknowledgementClaim
from activities.store.bill_monitoring import findings
from activities.store.database import Database
from activities.store.tables.bills import FindingRow
from console.app import create_app
from models.bill_monitoring.messages import WarningOutcome, WarningRound
from models.parameters.bill_monitoring import BillMonitoringParameters, WarningParameters
from tests.factories.books import Books
from tests.factories.mail_sink import MailSink, running_sink
from workers.setup import register
from workflows.bill_monitoring.warning import BillWarning
from workflows.search_attributes import ALL

pytestmark = pytest.mark.stack

CONSOLE = "http://console.example"
SIGNER = LinkSigner([b"k" * 32])
PARAMETERS = BillMonitoringParameters(warning=WarningParameters(channels=("email",)))
PATIENCE = 30


@pytest.fixture(scope="module")
def sink() -> Iterator[MailSink]:
    with running_sink() as sink:
        yield sink


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def environment() -> AsyncIterator[WorkflowEnvironment]:
    beside = Path(sysconfig.get_path("scripts")) / "temporal-test-server"
    binary = str(beside) if beside.exists() else shutil.which("temporal-test-server")
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=binary, data_converter=pydantic_data_converter
    ) as environment:
        await register(environment.client, ALL)
        yield environment


@dataclass(slots=True)
class Case:
    """A warning that was sent, and a browser to answer it with."""

    books: Books
    sink: MailSink
    handle: WorkflowHandle[BillWarning, WarningOutcome]
    browser: httpx.AsyncClient

    async def link(self) -> str:
        """The link in the officer's mail, as soon as it has come."""
        async with asyncio.timeout(PATIENCE):
            # another process receives the mail
            while not (messages := self.sink.messages(f"{self.books.officer}@lessor.example")):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        found = re.search(rf"{CONSOLE}(/acknowledge/\S+)", messages[0]["text"])
        assert found is not None
        return found[1]

    def rows(self) -> list[FindingRow]:
        with self.books.database.transaction() as session:
            return [
                row
                for number in (1, 2)
                for row in findings.find_findings(session, customer_id=self.books.customer(number))
            ]


@pytest_asyncio.fixture(loop_scope="session")
async def case(environment: WorkflowEnvironment, database: Database, sink: MailSink) -> AsyncIterator[Case]:
    books = Books(database)
    books.hire()
    books.take_over_customers(2)
    step = books.scan(date(1980, 1, 31), {1: "100.00", 2: "2000000.00"})
    scan_books = PostgresScanBooks(database)
    mail = MailChannel(MailServer("127.0.0.1", sink.smtp_port, "risk@lessor.example", security="none"))
    messenger = Deliveries(
        database, {mail.name: mail}, language="zh-CN", console_url=CONSOLE, link_signer=SIGNER
    )
    app = create_app(temporal=environment.client, database=database, signer=SIGNER)
    worker = Worker(
        environment.client,
        task_queue=books.mark,
        workflows=[BillWarning],
        activities=[
            scan_books.load_warning,
            scan_books.record_acknowledgement,
            messenger.send_warning,
        ],
        activity_executor=ThreadPoolExecutor(2),
    )
    async with worker, httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=CONSOLE) as browser:
        handle = await environment.client.start_workflow(
            BillWarning.run,
            WarningRound(step.scan_id, step.list_date, books.officer, PARAMETERS),
            id=f"bills-warning-{step.scan_id}-{books.officer}",
            task_queue=books.mark,
        )
        yield Case(books, sink, handle, browser)


async def test_opening_shows_and_the_button_acknowledges(case: Case) -> None:
    link = await case.link()

    page = await case.browser.get(link)
    assert page.status_code == 200
    assert "恒州第1建筑有限公司" in page.text
    assert "确认已知悉 2 项" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    # mail scanners open links: nothing may have happened yet
    assert {row.acknowledged_by for row in case.rows()} == {None}

    done = await case.browser.post(link)
    assert done.status_code == 200
    assert "李伟 已确认 2 项预警" in done.text
    outcome = await case.handle.result()
    assert outcome.acknowledged_by == (case.books.officer,)
    assert {row.acknowledged_by for row in case.rows()} == {case.books.officer}

    # a double click, and a look the day after
    assert "李伟 已确认 2 项预警" in (await case.browser.post(link)).text
    later = await case.browser.get(link)
    assert "无需再确认" in later.text
    assert "<form" not in later.text


async def test_two_clicks_at_once_are_one(case: Case) -> None:
    link = await case.link()

    answers = await asyncio.gather(case.browser.post(link), case.browser.post(link))

    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("李伟 已确认 2 项预警" in answer.text for answer in answers)


async def test_forged_and_expired_links_are_refused(case: Case) -> None:
    link = await case.link()
    claim = AcknowledgementClaim(case.handle.id, case.books.officer, datetime.now(UTC) - timedelta(hours=1))
    others = LinkSigner([b"x" * 32]).sign(claim)

    expired = await case.browser.post(f"/acknowledge/{SIGNER.sign(claim)}")
    assert (expired.status_code, "链接已过期" in expired.text) == (410, True)
    for forged in (f"/acknowledge/{others}", link[:-1], "/acknowledge/x"):
        answer = await case.browser.post(forged)
        assert (answer.status_code, "链接无效" in answer.text) == (404, True)
    assert {row.acknowledged_by for row in case.rows()} == {None}


async def test_a_warning_that_never_was_is_unknown(case: Case) -> None:
    claim = AcknowledgementClaim(
        "bills-warning-x", case.books.officer, datetime.now(UTC) + timedelta(hours=1)
    )

    answer = await case.browser.get(f"/acknowledge/{SIGNER.sign(claim)}")

    assert (answer.status_code, "未找到该预警" in answer.text) == (404, True)
