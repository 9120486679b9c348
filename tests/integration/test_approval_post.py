"""Letters about approvals on real books and a real mail server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from activities.adapters.mail import MailChannel, MailServer
from activities.approval.books import open_approval
from activities.approval.post import MailedPost, written
from activities.ports.delivery import DeliveryFailedError
from activities.store import people
from activities.store.approval import notices
from activities.store.database import Database
from models.approval.books import OpenApproval
from models.approval.notices import NoticeKind, TellApprover
from tests.factories.approvals import request
from tests.factories.mail_sink import MailSink, running_sink
from workers.directory import DEMO_STAFF

pytestmark = pytest.mark.stack

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def sink() -> Iterator[MailSink]:
    with running_sink() as running:
        yield running


@pytest.fixture
def letter(database: Database) -> TellApprover:
    """About an approval that is in the books."""
    asked = request()
    with database.transaction() as session:
        people.enter_staff(session, DEMO_STAFF)
        open_approval(session, OpenApproval(asked, AT))
    return TellApprover(
        asked.approval_id, 1, "officer", NoticeKind.ASKED, "li.wei", asked.title, asked.amount, AT
    )


def post(database: Database, sink: MailSink, *, port: int = 0, language: str = "zh-CN") -> MailedPost:
    server = MailServer("127.0.0.1", port or sink.smtp_port, "house@lessor.example", security="none")
    return MailedPost(database, MailChannel(server), language=language)


async def _arrived(sink: MailSink, letter: TellApprover) -> list[str]:
    messages = await asyncio.to_thread(sink.messages)
    return [each["subject"] for each in messages if letter.approval_id in str(each)]


async def test_a_letter_leaves_once_and_again_after_a_failure(
    database: Database, sink: MailSink, letter: TellApprover
) -> None:
    with pytest.raises(DeliveryFailedError):
        await post(database, sink, port=9).tell(letter)
    assert await _arrived(sink, letter) == []
    assert await post(database, sink).tell(letter)
    assert not await post(database, sink).tell(letter)
    assert await _arrived(sink, letter) == [f"【待审批】{letter.title}"]
    with database.transaction() as session:
        (row,) = notices.of_approval(session, letter.approval_id)
    assert (row.kind, row.recipient, row.sent_at is not None) == ("asked", "li.wei", True)


async def test_a_letter_speaks_the_house_s_language(
    database: Database, sink: MailSink, letter: TellApprover
) -> None:
    assert await post(database, sink, language="en").tell(letter)
    assert await _arrived(sink, letter) == [f"[Approval] {letter.title} waits for you"]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_letter_says_how_to_look_and_how_to_decide(letter: TellApprover, language: str) -> None:
    reader = next(each for each in DEMO_STAFF if each.username == "li.wei")
    message = written(letter, reader, language)
    for command in ("show {}", "approve {} --as li.wei"):
        typed = f"leaseflow approvals {command.format(letter.approval_id)}"
        assert f"  {typed}\n" in message.text
        assert f"<code>{typed}</code>" in message.html
