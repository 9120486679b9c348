"""What warnings say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from activities.bill_monitoring.letters import Letters
from activities.ports.delivery import ListedText, OutgoingMessage
from activities.templates.catalogue import LANGUAGES
from models.bill_monitoring.messages import SendWarning, TroubleNotice
from models.bill_monitoring.report import in_order
from models.bill_monitoring.rules import Change
from models.parameters.bill_monitoring import BillMonitoringParameters
from models.people import Role, StaffMember
from tests.factories.reports import LIST_DATE, finding
from tests.golden import assert_golden

MANAGER = StaffMember("wang.fang", "王芳", (Role.MANAGER,), "总部", "wang.fang@lessor.example")
OFFICER = StaffMember("li.wei", "李伟", (Role.OFFICER,), "华东", "li.wei@lessor.example", manager="wang.fang")
FINDINGS = in_order(
    (
        finding(1, balance="62345678.90", exposure="8000000.00"),
        finding(2, change=Change.WORSE, balance="1500000.00", previous="900000.00", name="云泽物流有限公司"),
        finding(
            3,
            change=Change.CLEARED,
            balance="0.00",
            previous="70000.00",
            exposure=None,
            name="宁山置业有限公司",
        ),
    )
)
WARNING = SendWarning(
    scan_id="20260108-1a2b3c4d",
    list_date=LIST_DATE,
    recipient="li.wei",
    on_behalf_of="li.wei",
    finding_ids=tuple(one.finding_id for one in FINDINGS),
    parameters=BillMonitoringParameters(),
    acknowledge_by=datetime(2026, 1, 8, 9, 30, tzinfo=UTC),
    warning_workflow="bills-warning-20260108-1a2b3c4d-li.wei",
)
URL = "https://console.lessor.example/acknowledge/TOKEN"


def letter(language: str = "zh-CN", *, escalated: bool = False, findings=FINDINGS) -> OutgoingMessage:
    return Letters(language).warning(
        replace(WARNING, escalated=escalated),
        recipient=MANAGER if escalated else OFFICER,
        officer="李伟",
        findings=findings,
        url=URL,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_warning_is_as_accepted(language: str) -> None:
    message = letter(language)

    assert_golden(f"warning/officer.{language}.txt", f"{message.subject}\n\n{message.text}")
    assert_golden(f"warning/officer.{language}.html", message.html)
    assert_golden(f"warning/officer.{language}.md", message.markdown.whole())


def test_an_escalated_warning_names_the_officer() -> None:
    message = letter(escalated=True)

    assert_golden("warning/manager.zh-CN.txt", f"{message.subject}\n\n{message.text}")
    assert "李伟" in message.subject


def test_group_chats_get_no_link() -> None:
    """Whoever opened it there would acknowledge in the recipient's name."""
    assert URL in letter().text
    assert URL not in letter().markdown.whole()


def test_facts_are_data() -> None:
    facts = json.loads(json.dumps(letter().facts))

    assert facts["acknowledge_by"] == "2026-01-08T09:30:00+00:00"
    assert facts["findings"][0]["overdue_balance"] == "62345678.90"
    assert facts["findings"][2]["exposure"] is None


def test_printed_names_are_no_markup() -> None:
    evil = finding(name="[点我](http://evil.example)\n# **公司**<b>")
    message = letter(findings=(evil,))

    assert "](http" not in message.markdown.items[0]
    assert "\n#" not in message.markdown.items[0]
    assert "<b>有" not in message.html


def test_trouble_says_what_stopped() -> None:
    sentence = "the exchange has not answered for 24 hours"
    notice = TroubleNotice("20260108-1a2b3c4d", sentence, BillMonitoringParameters())
    message = Letters("zh-CN").trouble(notice, username="wang.fang", address="wang.fang@lessor.example")

    assert_golden("warning/trouble.zh-CN.txt", f"{message.subject}\n\n{message.text}")
    assert sentence in message.markdown.whole()


def test_a_long_list_is_shortened_by_whole_items_and_says_by_how_many() -> None:
    text = ListedText("头", tuple(f"第{n:03d}项" for n in range(100)), "尾", "另有{count}项")

    short = text.within(300)

    assert len(short.encode()) <= 300
    lines = short.splitlines()
    shown = [line for line in lines if line.startswith("第")]
    assert lines[0] == "头"
    assert lines[-2:] == [f"另有{100 - len(shown)}项", "尾"]
    assert len(shown) > 15


def test_a_list_that_fits_is_whole() -> None:
    text = ListedText("head", ("a", "b"), "foot", "{count} more")

    assert text.within(len(text.whole().encode())) == "head\na\nb\nfoot"


def test_a_frame_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(ValueError, match="of 5 bytes"):
        ListedText("a long head", ("a",), "", "{count} more").within(5)


def test_a_warning_of_hundreds_fits_wecom() -> None:
    many = tuple(finding(number) for number in range(1, 400))

    shown = letter(findings=many).markdown.within(4_096)

    assert len(shown.encode()) <= 4_096
    assert "项未列出" in shown
