"""What an approval needs done. Activities implement it; the workflow calls it by name."""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from models.approval.books import (
    OpenApproval,
    Opened,
    Reassess,
    RecordDecision,
    RecordNote,
    Standing,
)
from models.approval.notices import TellApprover


class ApprovalBooks(ABC):
    """Approvals in the database; each step is one transaction and repeats without effect."""

    @activity.defn(name="approval.open")
    @abstractmethod
    def open(self, order: OpenApproval) -> Opened:
        """Find the route by the parameters in force, keep it, and ask its first step."""

    @activity.defn(name="approval.decide")
    @abstractmethod
    def decide(self, record: RecordDecision) -> Standing | None:
        """Keep a decision, and ask the step that comes next; None when there is none."""

    @activity.defn(name="approval.note")
    @abstractmethod
    def note(self, record: RecordNote) -> None:
        """Keep what was said or happened on the way, and show the task as it is after it."""

    @activity.defn(name="approval.reassess")
    @abstractmethod
    def reassess(self, wish: Reassess) -> Standing:
        """Ask anew who may decide a step: somebody is away or back, or the service level ran out."""


class ApprovalPost(ABC):
    """Writes to people who may decide."""

    @activity.defn(name="approval.tell")
    @abstractmethod
    async def tell(self, letter: TellApprover) -> bool:
        """Send a letter that has not left yet; says whether it left now."""
