"""Webhooks and chat robots against a real HTTP server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from activities.adapters.webhooks import DingTalkRobot, SignedWebhook, WeComRobot
from activities.ports.delivery import DeliveryFailedError, ListedText, OutgoingMessage
from tests.factories.mail_sink import MailSink, running_sink

MESSAGE = OutgoingMessage(
    key="bills-warning-1/li.wei/webhook/first",
    recipient="li.wei",
    address="",
    subject="【票据逾期预警】",
    text="逾期余额 62,345,678.90 元",
    html="",
    markdown=ListedText("### 预警", ("> 甲", "> 乙"), "请确认", "另有 {count} 项"),
    facts={"kind": "warning", "findings": [{"customer_id": "C00001"}]},
)


@pytest.fixture(scope="module")
def running() -> Iterator[MailSink]:
    with running_sink() as sink:
        yield sink


@pytest.fixture
def sink(running: MailSink) -> MailSink:
    running.clear()
    return running


async def test_a_receiver_can_check_who_sent_the_body(sink: MailSink) -> None:
    before = int(time.time())
    await SignedWebhook(f"{sink.url}/hooks/house", "s3cret").send(MESSAGE)

    (hook,) = sink.hooks("house")
    at, given = (part.split("=", 1)[1] for part in hook["headers"]["x-leaseflow-signature"].split(","))
    expected = hmac.new(b"s3cret", f"{at}.{hook['body']}".encode(), hashlib.sha256).hexdigest()
    assert hmac.compare_digest(given, expected)
    assert before <= int(at) <= time.time()
    assert hook["headers"]["idempotency-key"] == MESSAGE.key
    body = json.loads(hook["body"])
    assert body["id"] == MESSAGE.key
    assert body["findings"] == [{"customer_id": "C00001"}]
    assert body["text"] == MESSAGE.text


async def test_wecom_gets_markdown_of_no_more_than_it_takes(sink: MailSink) -> None:
    many = tuple(f"> 第{number}户某某某某某某有限公司" for number in range(500))
    await WeComRobot(f"{sink.url}/hooks/wecom?key=k").send(
        replace(MESSAGE, markdown=replace(MESSAGE.markdown, items=many))
    )

    (hook,) = sink.hooks("wecom")
    body = json.loads(hook["body"])
    content = body["markdown"]["content"]
    assert body["msgtype"] == "markdown"
    assert hook["query"] == {"key": "k"}
    assert 4_000 < len(content.encode()) <= 4_096
    shown = content.count("\n> ")
    assert f"另有 {500 - shown} 项" in content


async def test_dingtalk_is_signed_as_its_manual_says(sink: MailSink) -> None:
    await DingTalkRobot(f"{sink.url}/hooks/ding?access_token=t", "SEC123").send(MESSAGE)

    (hook,) = sink.hooks("ding")
    at = hook["query"]["timestamp"]
    digest = hmac.new(b"SEC123", f"{at}\nSEC123".encode(), hashlib.sha256).digest()
    assert hook["query"]["sign"] == base64.b64encode(digest).decode()
    assert hook["query"]["access_token"] == "t"
    assert abs(int(at) / 1_000 - time.time()) < 60
    assert json.loads(hook["body"]) == {
        "msgtype": "markdown",
        "markdown": {"title": MESSAGE.subject, "text": MESSAGE.markdown.whole()},
    }


async def test_a_robot_that_refuses_with_status_200_has_refused(sink: MailSink) -> None:
    sink.misbehave(hooks_errcode=45009)

    with pytest.raises(DeliveryFailedError, match=r"wecom to .* errcode 45009 refused by the sandbox"):
        await WeComRobot(f"{sink.url}/hooks/wecom?key=k").send(MESSAGE)


async def test_an_error_names_the_host_but_not_the_key_in_the_address(sink: MailSink) -> None:
    sink.misbehave(hooks_error_next=1)

    with pytest.raises(DeliveryFailedError, match=r"dingtalk to 127\.0\.0\.1:.* HTTP 503") as caught:
        await DingTalkRobot(f"{sink.url}/hooks/ding?access_token=t0ken").send(MESSAGE)
    assert "t0ken" not in str(caught.value)


async def test_nobody_there_is_a_failed_delivery() -> None:
    with pytest.raises(DeliveryFailedError, match=r"webhook to 127\.0\.0\.1:1:"):
        await SignedWebhook("http://127.0.0.1:1/hooks/x", "s3cret").send(MESSAGE)


async def test_an_answer_that_is_no_robots_is_a_failed_delivery(sink: MailSink) -> None:
    """A captive portal answers 200 to everything."""
    sink.misbehave(hooks_error_next=1, hooks_error=200)

    with pytest.raises(DeliveryFailedError, match="not a robot's"):
        await WeComRobot(f"{sink.url}/hooks/wecom").send(MESSAGE)
