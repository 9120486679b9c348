"""E-mail against a real SMTP server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from activities.adapters.mail import MailChannel, MailServer, message_id
from activities.ports.delivery import DeliveryFailedError, ListedText, OutgoingMessage
from models.errors import InvalidInputError
from tests.factories.mail_sink import MailSink, running_sink

MESSAGE = OutgoingMessage(
    key="bills-warning-1/li.wei/email/first",
    recipient="li.wei",
    address="li.wei@lessor.example",
    subject="【票据逾期预警】2025-12-31 名单：3 项需确认（重大）",
    text="李伟，您好：\n\n逾期余额 62,345,678.90 元\n.\n结束",
    html="<p>李伟，您好：</p>",
    markdown=ListedText("", (), "", ""),
    facts={},
)


@pytest.fixture(scope="module")
def running() -> Iterator[MailSink]:
    with running_sink() as sink:
        yield sink


@pytest.fixture
def sink(running: MailSink) -> MailSink:
    running.clear()
    return running


def channel(sink: MailSink, **changes: object) -> MailChannel:
    server = MailServer(
        "127.0.0.1", sink.smtp_port, "risk@lessor.example", sender_name="风险监控", security="none"
    )
    return MailChannel(replace(server, **changes))  # type: ignore[arg-type]


async def test_both_parts_arrive_as_written(sink: MailSink) -> None:
    await channel(sink).send(MESSAGE)

    (kept,) = sink.messages("li.wei@lessor.example")
    assert kept["subject"] == MESSAGE.subject
    assert kept["text"].replace("\r\n", "\n").rstrip("\n") == MESSAGE.text
    assert kept["html"].strip() == MESSAGE.html
    assert kept["from"] == "risk@lessor.example"
    assert kept["headers"]["From"] == "风险监控 <risk@lessor.example>"
    assert kept["headers"]["Auto-Submitted"] == "auto-generated"


async def test_a_repetition_bears_the_same_id(sink: MailSink) -> None:
    await channel(sink).send(MESSAGE)
    await channel(sink).send(MESSAGE)
    await channel(sink).send(replace(MESSAGE, key="another"))

    ids = [kept["headers"]["Message-ID"] for kept in sink.messages()]
    assert ids[0] == ids[1] == message_id(MESSAGE.key, "lessor.example")
    assert ids[2] != ids[0]


@pytest.mark.parametrize("code", [451, 550])
async def test_a_refusal_names_channel_address_and_reason(sink: MailSink, code: int) -> None:
    sink.misbehave(reject_next=1, reject_code=code)

    with pytest.raises(DeliveryFailedError, match=rf"email to li\.wei@lessor\.example .*{code}"):
        await channel(sink).send(MESSAGE)
    await channel(sink).send(MESSAGE)

    assert len(sink.messages()) == 1


async def test_a_server_that_is_down_is_a_failed_delivery(sink: MailSink) -> None:
    sink.misbehave(down=True)

    with pytest.raises(DeliveryFailedError, match=r"email to .* by 127\.0\.0\.1:\d+"):
        await channel(sink).send(MESSAGE)


async def test_a_server_without_tls_gets_no_mail_when_tls_is_wanted(sink: MailSink) -> None:
    with pytest.raises(DeliveryFailedError, match="STARTTLS"):
        await channel(sink, security="starttls").send(MESSAGE)

    assert sink.messages() == []


async def test_a_line_break_in_the_subject_makes_no_header(sink: MailSink) -> None:
    await channel(sink).send(replace(MESSAGE, subject="two\nBcc: all@lessor.example"))

    (kept,) = sink.messages()
    assert kept["to"] == ["li.wei@lessor.example"]
    assert kept["subject"] == "two Bcc: all@lessor.example"


@pytest.mark.parametrize("address", ["", "li.wei", "a@b\nBcc: c@d", "<x@y>, z@w"])
async def test_an_address_that_is_none_is_said_so(sink: MailSink, address: str) -> None:
    with pytest.raises(InvalidInputError, match="e-mail address"):
        await channel(sink).send(replace(MESSAGE, address=address))
