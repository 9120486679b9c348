"""Letters to people who may decide: entered before they leave, marked after, so that each leaves once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from temporalio import activity

from activities.ports.delivery import Channel, ListedText, OutgoingMessage
from activities.store import people
from activities.store.approval import notices
from activities.store.database import Database
from activities.templates.catalogue import catalogue
from activities.templates.rendering import templates
from models.approval.notices import TellApprover
from models.people import StaffMember
from workflows.approval.steps import ApprovalPost


class MailedPost(ApprovalPost):
    """Writes by mail. Between sending and marking, a crash may repeat a letter, under the same key.

    Args:
        database: which letters have left, and people's addresses.
        mail: the way out.
        language: of the letters.
    """

    def __init__(self, database: Database, mail: Channel, *, language: str) -> None:
        self._database = database
        self._mail = mail
        self._language = language

    @activity.defn(name="approval.tell")
    async def tell(self, letter: TellApprover) -> bool:
        """See `ApprovalPost.tell`.

        Raises:
            DeliveryFailedError: the mail server did not take it.
            InvalidInputError: the recipient is not in the directory.
        """
        reader = await asyncio.to_thread(self._enter, letter)
        if reader is None:
            return False
        await self._mail.send(written(letter, reader, self._language))
        await asyncio.to_thread(self._note_sent, letter.key)
        return True

    def _enter(self, letter: TellApprover) -> StaffMember | None:
        """Whom to write to; None where nothing has to leave any more."""
        with self._database.transaction() as session:
            reader = people.find_member(session, letter.recipient)
            has_to_leave = notices.enter(session, letter, at=datetime.now(UTC))
            return reader if has_to_leave and reader.email else None

    def _note_sent(self, key: str) -> None:
        with self._database.transaction() as session:
            notices.note_sent(session, key, at=datetime.now(UTC))


def written(letter: TellApprover, reader: StaffMember, language: str) -> OutgoingMessage:
    """The letter in every form that a channel may need."""
    text = catalogue(language).text
    subject = text(f"approval.subject_{letter.kind}", title=letter.title)
    values = {
        "name": reader.full_name or reader.username,
        "subject": subject,
        "intro": text(f"approval.intro_{letter.kind}", step=letter.step),
        "letter": letter,
        "commands": (
            f"leaseflow approvals show {letter.approval_id}",
            f"leaseflow approvals approve {letter.approval_id} --as {reader.username}",
        ),
    }
    pages = templates("activities.templates", language)
    plain = pages.get_template("approval.txt.j2").render(values)
    return OutgoingMessage(
        key=letter.key,
        recipient=reader.username,
        address=reader.email,
        subject=subject,
        text=plain,
        html=pages.get_template("approval.html.j2").render(values),
        markdown=ListedText(head=plain, items=(), foot="", omitted=""),
        facts={
            "kind": f"approval-{letter.kind}",
            "approval_id": letter.approval_id,
            "step": letter.step,
            "title": letter.title,
            "amount": str(letter.amount),
            "due_at": letter.due_at.isoformat() if letter.due_at else None,
        },
    )
