"""Everything about one business reference, as a customer asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.money import Money


class LineKind(StrEnum):
    """What a line of a status is about."""

    RECEIPT = "receipt"
    COLLECTION = "collection"
    """A single payment that collects."""
    DEBIT = "debit"
    """A due that is collected in batches."""
    REFUND = "refund"
    PAY_OUT = "pay-out"


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One thing that concerns a business reference, and where it stands."""

    kind: LineKind
    identifier: str
    amount: Money
    """Of it, what concerns the reference."""
    state: str
    on: date
    """The day that it counts for."""
    changed_at: datetime
    of: str = ""
    """The receipt that a refund gives back."""
    returned: Money | None = None
    """What came back of it; None for nothing."""


@dataclass(frozen=True, slots=True)
class ReferenceStatus:
    """The answer about one business reference."""

    business_reference: str
    lines: tuple[StatusLine, ...]
    """By day, the oldest first."""
    received: Money
    """Cleared receipts and settled collections."""
    awaited: Money
    """Taken or under way, and not certain."""
    refunded: Money
    """Settled refunds, without what banks returned."""
