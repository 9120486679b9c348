"""How a finding compares with the list before, and how grave it is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from models.money import Money
from models.parameters.bill_monitoring import GradingParameters


class Change(StrEnum):
    """What became of an acceptor since the list before."""

    NEW = "new"
    WORSE = "worse"
    BETTER = "better"
    UNCHANGED = "unchanged"
    CLEARED = "cleared"


class Grade(StrEnum):
    """How grave a finding is, gravest first."""

    CRITICAL = "critical"
    HIGH = "high"
    ELEVATED = "elevated"
    WATCH = "watch"


@dataclass(frozen=True, slots=True)
class Standing:
    """What one list says about an acceptor; amounts that it does not name are None."""

    overdue_balance: Money | None
    cumulative_overdue: Money | None


def compare(before: Standing | None, now: Standing | None, *, material_change: Decimal) -> Change:
    """Compare an acceptor's standing on two lists.

    The overdue balance decides; where a list names none, the cumulative amount does.

    Args:
        before: standing on the earlier list, None when not on it.
        now: standing on this list, None when not on it.
        material_change: share of the earlier amount that a move must exceed to count.
    """
    if now is None:
        return Change.CLEARED
    if before is None:
        return Change.NEW
    for earlier, later in (
        (before.overdue_balance, now.overdue_balance),
        (before.cumulative_overdue, now.cumulative_overdue),
    ):
        if earlier is not None and later is not None:
            moved = later - earlier
            if abs(moved.minor) <= earlier.minor * material_change:
                return Change.UNCHANGED
            return Change.WORSE if moved.minor > 0 else Change.BETTER
    return Change.UNCHANGED


def grade(*, overdue_balance: Money | None, exposure: Money | None, parameters: GradingParameters) -> Grade:
    """The highest grade whose floor the overdue balance or our own exposure reaches."""
    overdue = overdue_balance.amount if overdue_balance else Decimal(0)
    exposed = exposure.amount if exposure else Decimal(0)
    for threshold in parameters.thresholds:
        if overdue >= threshold.overdue_balance or exposed >= threshold.exposure:
            return Grade(threshold.grade)
    return Grade.WATCH
