"""Messages of a card terminal's day: opened, closed, reconciled with the acquirer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from models.money import Money
from models.payments.messages.payment import Refusal
from models.payments.receipts.terminals import AcquirerItem, CardTotal, Decision, Difference, TerminalState
from models.people import Actor


@dataclass(frozen=True)
class TerminalDayOrder:
    """A terminal was opened for a day."""

    terminal: str
    day: date
    opened_by: Actor


@dataclass(frozen=True)
class CloseTerminalDay:
    """The terminal's own totals, or the acquirer's items, against which its day is reconciled.

    Given again, until the day is reconciled, it stands in place of what was given before.
    """

    actor: Actor
    totals: tuple[CardTotal, ...] = ()
    items: tuple[AcquirerItem, ...] | None = None
    """None where only totals are known."""


@dataclass(frozen=True)
class ReconcileStep:
    terminal: str
    day: date
    at: datetime
    command: CloseTerminalDay


@dataclass(frozen=True)
class TerminalReceipt:
    """A receipt that the terminal's reconciliation speaks of."""

    receipt_id: str
    fee: Money | None = None


@dataclass(frozen=True)
class Reconciled:
    """What reconciling came to: receipts that are confirmed, and differences that a person decides."""

    matched: tuple[TerminalReceipt, ...]
    differences: tuple[Difference, ...]
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class DecideDifference:
    """A person's word on one difference."""

    actor: Actor
    number: int
    decision: Decision
    note: str


@dataclass(frozen=True)
class DecideStep:
    terminal: str
    day: date
    at: datetime
    command: DecideDifference


@dataclass(frozen=True)
class TerminalDayStatus:
    """Answer of the ``status`` query of a terminal's day."""

    state: TerminalState | None
    waiting_for: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class TerminalDayOutcome:
    """How a terminal's day ended."""

    terminal: str
    day: date
    receipts: int
    differences: int
