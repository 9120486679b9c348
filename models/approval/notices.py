"""Whom to write to about a step, once each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.approval.books import Standing
from models.money import Money


class NoticeKind(StrEnum):
    """Why somebody is written to."""

    ASKED = "asked"
    """It is their turn."""
    ESCALATED = "escalated"
    """The service level ran out, and the step was opened to them."""


@dataclass(frozen=True)
class TellApprover:
    """One letter: about a task of an approval, to one person, of one kind."""

    approval_id: str
    visit: int
    step: str
    kind: NoticeKind
    recipient: str
    title: str
    amount: Money
    due_at: datetime | None

    @property
    def key(self) -> str:
        """The same for every try of the same letter."""
        return f"approval-{self.approval_id}/{self.visit}/{self.step}/{self.kind}/{self.recipient}"


def recipients(standing: Standing) -> tuple[tuple[NoticeKind, str], ...]:
    """Whom a step concerns now: whose turn it is, and to whom it was opened when its time was over.

    >>> recipients(Standing("officer", ("li.wei", "wu.jie"), assigned_to="li.wei"))
    ((<NoticeKind.ASKED: 'asked'>, 'li.wei'),)
    """
    opened = [(NoticeKind.ESCALATED, name) for name in standing.widened]
    turn = standing.assigned_to
    asked = [(NoticeKind.ASKED, turn)] if turn and turn not in standing.widened else []
    return (*asked, *opened)
