"""Doubtful records and what people decide about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.parameters.bill_monitoring import BillMonitoringParameters
from models.people import Actor


class ReviewDecision(StrEnum):
    """What a person concludes about a review item."""

    CONFIRM = "confirm"
    """What was read and the proposed customer are right."""
    CORRECT = "correct"
    """Fields or customer differ from what is proposed."""
    REJECT = "reject"
    """The record concerns none of our customers."""


@dataclass(frozen=True, slots=True)
class ReviewResolution:
    """A person's decision on one review item."""

    actor: Actor
    item_id: str
    decision: ReviewDecision
    customer_id: str | None = None
    name: str | None = None
    uscc: str | None = None
    overdue_balance: str | None = None
    cumulative_overdue: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReviewRound:
    """Start of the review of one scan's doubtful items."""

    scan_id: str
    list_date: date
    parameters: BillMonitoringParameters
    open_items: tuple[str, ...] = ()
    """Given on continue-as-new; otherwise loaded by the first step."""
    resolved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewResolved:
    """What a resolution led to."""

    item_id: str
    sentence: str
    finding_id: str | None = None
    officer: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewStatus:
    """Answer of a review's ``status`` query."""

    waiting_for: str
    open_items: tuple[str, ...]
    resolved: int
