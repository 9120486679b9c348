"""Deliveries on real books, a real mail server and a real webhook receiver."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from activities.adapters.acknowledgement_links import LinkSigner
from activities.adapters.console_log import LogChannel
from activities.adapters.mail import MailChannel, MailServer
from activities.adapters.webhooks import SignedWebhook
from activities.bill_monitoring.messenger import LINK_LIFETIME, Deliveries
from activities.ports.delivery import Channel, DeliveryFailedError
from activities.store.bill_monitoring.warned_findings import warned_findings
from activities.store.database import Database
from models.bill_monitoring.messages import SendWarning, TroubleNotice
from models.parameters.bill_monitoring import BillMonitoringParameters, WarningParameters
from tests.factories.books import Books
from tests.factories.mail_sink import MailSink, running_sink

pytestmark = pytest.mark.stack

PARAMETERS = BillMonitoringParameters(warning=WarningParameters(channels=("email", "webhook", "log")))
SIGNER = LinkSigner([b"k" * 32])


@pytest.fixture(scope="module")
def running() -> Iterator[MailSink]:
    with running_sink() as sink:
        yield sink


@pytest.fixture
def sink(running: MailSink) -> MailSink:
    running.clear()
    return running


@pytest.fixture
def books(database: Database) -> Books:
    books = Books(database)
    books.hire()
    books.take_over_customers(2)
    return books


def deliveries(books: Books, sink: MailSink, *, without: str = "") -> Deliveries:
    ways: list[Channel] = [
        MailChannel(MailServer("127.0.0.1", sink.smtp_port, "risk@lessor.example", security="none")),
        SignedWebhook(f"{sink.url}/hooks/{books.mark}", "s3cret"),
        LogChannel(),
    ]
    return Deliveries(
        books.database,
        {way.name: way for way in ways if way.name != without},
        language="zh-CN",
        console_url="http://console.example/",
        link_signer=SIGNER,
    )


def warning(books: Books) -> SendWarning:
    step = books.scan(date(1990, 1, 31), {1: "100.00", 2: "2000000.00"})
    return SendWarning(
        scan_id=step.scan_id,
        list_date=step.list_date,
        recipient=books.officer,
        on_behalf_of=books.officer,
        finding_ids=(f"{step.scan_id}-1", f"{step.scan_id}-2"),
        parameters=PARAMETERS,
        acknowledge_by=datetime(2026, 1, 8, 9, 30, tzinfo=UTC),
        warning_workflow=f"bills-warning-{step.scan_id}-{books.officer}",
    )


async def test_each_channel_is_served_once(books: Books, sink: MailSink) -> None:
    messenger, wanted = deliveries(books, sink), warning(books)

    assert await messenger.send_warning(wanted) == 3
    assert await messenger.send_warning(wanted) == 0

    (mail,) = sink.messages(f"{books.officer}@lessor.example")
    assert "恒州第2建筑有限公司" in mail["text"]
    (hook,) = sink.hooks(books.mark)
    url = json.loads(hook["body"])["acknowledge_url"]
    claim = SIGNER.verify(url.rpartition("/")[2], now=wanted.acknowledge_by)
    assert url.startswith("http://console.example/acknowledge/")
    assert claim.recipient == books.officer
    assert claim.expires_at == wanted.acknowledge_by + LINK_LIFETIME
    with books.database.transaction() as session:
        warned = warned_findings(session, wanted.warning_workflow, books.officer)
    assert {row.finding_id for row in warned} == set(wanted.finding_ids)


async def test_a_broken_channel_neither_blocks_nor_doubles_the_others(books: Books, sink: MailSink) -> None:
    messenger, wanted = deliveries(books, sink), warning(books)
    sink.misbehave(reject_next=1)

    with pytest.raises(DeliveryFailedError, match=rf"email to {books.officer}@lessor\.example .*451"):
        await messenger.send_warning(wanted)
    assert len(sink.hooks(books.mark)) == 1

    assert await messenger.send_warning(wanted) == 1
    assert len(sink.messages()) == 1
    assert len(sink.hooks(books.mark)) == 1


async def test_a_channel_that_is_not_set_up_is_said_so(books: Books, sink: MailSink) -> None:
    messenger = deliveries(books, sink, without="webhook")

    with pytest.raises(DeliveryFailedError, match="'webhook' is not set up"):
        await messenger.send_warning(warning(books))
    assert len(sink.messages()) == 1


async def test_the_manager_gets_a_message_of_their_own(books: Books, sink: MailSink) -> None:
    messenger, wanted = deliveries(books, sink), warning(books)
    await messenger.send_warning(wanted)
    await messenger.send_warning(replace(wanted, recipient=books.manager, escalated=True))

    (mail,) = sink.messages(f"{books.manager}@lessor.example")
    assert mail["subject"].startswith("【升级】")
    assert "李伟" in mail["text"]


async def test_trouble_reaches_operators_once_and_the_group_once(books: Books, sink: MailSink) -> None:
    messenger = deliveries(books, sink)
    step = books.scan(date(1989, 1, 31), {1: "100.00"})
    notice = TroubleNotice(step.scan_id, "the exchange has not answered for 24 hours", PARAMETERS)

    await messenger.send_trouble(notice)
    await messenger.send_trouble(notice)

    (mail,) = sink.messages(f"{books.manager}@lessor.example")
    assert "the exchange has not answered for 24 hours" in mail["text"]
    assert sink.messages(f"{books.officer}@lessor.example") == []
    assert len(sink.hooks(books.mark)) == 1
