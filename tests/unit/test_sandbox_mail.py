"""The mail sink keeps everything, refuses on request and survives a restart."""

from __future__ import annotations

import smtplib
import subprocess
import sys
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]


@contextmanager
def running_sink(data: Path):
    command = [sys.executable, "-m", "sandbox.mail", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        ready = process.stdout.readline()
        assert ready.startswith("ready http://127.0.0.1:")
        with httpx.Client(base_url=ready.split()[1], timeout=10) as http:
            yield http
        process.terminate()
        assert process.wait(10) == 0


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="module")
def started(data):
    with running_sink(data) as http:
        yield http


@pytest.fixture
def sink(started):
    started.delete("/messages")
    return started


def send(http: httpx.Client, subject: str, to: str = "li.wei@example.com") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "risk@example.com", to, subject
    message.set_content("逾期余额 1,234.50 元")
    message.add_alternative("<p>逾期余额</p>", subtype="html")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="报告.pdf")
    with smtplib.SMTP("127.0.0.1", http.get("/admin/health").json()["smtp_port"], timeout=10) as smtp:
        smtp.send_message(message)


def test_messages_are_kept_and_found_by_recipient(sink):
    send(sink, "逾期预警")
    send(sink, "逾期预警")
    send(sink, "other", to="chen.jie@example.com")

    found = sink.get("/messages", params={"to": "li.wei@example.com"}).json()
    assert found["total"] == 2, "nothing is de-duplicated"
    message = found["messages"][0]
    assert (message["subject"], message["text"].strip()) == ("逾期预警", "逾期余额 1,234.50 元")
    assert message["attachments"] == [{"filename": "报告.pdf", "content_type": "application/pdf"}]
    assert sink.get(f"/messages/{message['id']}/raw").content.startswith(b"From:")
    assert "逾期预警" in sink.get("/").text


@pytest.mark.parametrize("code", [451, 550])
def test_messages_are_refused_on_request(sink, code):
    sink.post("/admin/misbehave", json={"reject_next": 1, "reject_code": code})

    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(sink, "refused")
    assert refused.value.smtp_code == code
    send(sink, "taken")
    assert [m["subject"] for m in sink.get("/messages").json()["messages"]] == ["taken"]


def test_the_door_shuts_and_opens(sink):
    sink.post("/admin/misbehave", json={"down": True})
    with pytest.raises(ConnectionRefusedError):
        send(sink, "nobody there")
    sink.delete("/admin/misbehave")
    send(sink, "there again")

    assert sink.get("/messages").json()["total"] == 1


def test_webhooks_are_kept_with_headers_and_refused_on_request(sink):
    sink.post("/admin/misbehave", json={"hooks_error_next": 1})
    assert sink.post("/hooks/wecom", json={"n": 0}).status_code == 503
    answer = sink.post("/hooks/wecom", params={"key": "k"}, json={"n": 1}, headers={"X-Signature": "abc"})

    assert answer.json()["errcode"] == 0
    [hook] = sink.get("/hooks/wecom").json()["hooks"]
    assert (hook["body"], hook["headers"]["x-signature"], hook["query"]) == ('{"n":1}', "abc", {"key": "k"})
    sink.post("/admin/misbehave", json={"hooks_errcode": 45009})
    assert sink.post("/hooks/wecom", json={}).json()["errcode"] == 45009


def test_unknown_misbehaviour_is_refused(sink):
    assert sink.post("/admin/misbehave", json={"sulk": 1}).status_code == 422


def test_what_arrived_survives_a_restart(tmp_path):
    with running_sink(tmp_path) as http:
        send(http, "kept")
        http.post("/hooks/generic", json={})
    with running_sink(tmp_path) as http:
        assert [m["subject"] for m in http.get("/messages").json()["messages"]] == ["kept"]
        assert http.get("/hooks/generic").json()["total"] == 1
