"""A financing plan as it was computed: what falls due when, and what of it is what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.money import Money


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One due date. ``rent`` is ``interest`` plus ``principal``; fees come on top of it."""

    number: int
    """From 1; 0 for what is due at the start besides the financed amount."""
    due: date
    rent: Money
    interest: Money
    principal: Money
    balance: Money
    """Outstanding principal after this row."""
    fee: Money


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows of a plan, in order of due date; their principal is the financed amount, to the cent."""

    start: date
    """Value date of the financed amount."""
    financed: Money
    rows: tuple[PlanRow, ...]
