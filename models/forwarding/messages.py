"""What store-and-forward's workflows, steps and commands say to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from models.forwarding.consistency import Difference
from models.people import Actor


@dataclass(frozen=True, slots=True)
class Flow:
    """How things stand with one partner in one direction."""

    waiting: int = 0
    oldest: datetime | None = None
    """When the oldest of those that wait was put or came in."""
    trouble: str = ""
    """Why nothing moves: ``refused: 503``; empty when all is well."""
    dead: int = 0
    blocked: int = 0
    """Ordering keys that stand still behind a dead letter."""
    paused_by: str = ""
    moved: int = 0
    """Delivered or handled since the step began."""
    failures: int = 0
    """Failures in a row, by which the retry pattern goes on in the next step."""
    try_at: datetime | None = None
    """When a partner in trouble is tried again."""


@dataclass(frozen=True, slots=True)
class PartnerOrder:
    """Input of the workflows of one partner; what they must remember when they continue as new."""

    partner: str
    name: str = ""
    moved: int = 0
    """Delivered or handled so far."""
    flow: Flow = field(default_factory=Flow)


@dataclass(frozen=True, slots=True)
class MoveMessages:
    """Deliver or handle until the situation is another one than is known already."""

    partner: str
    known: Flow


@dataclass(frozen=True, slots=True)
class PartnerStatus:
    """Answer to the status query."""

    partner: str
    waiting_for: str
    flow: Flow
    moved: int


# ---------------------------------------------------------------- people's commands


@dataclass(frozen=True, slots=True)
class PauseFlow:
    """Stop, or go on, delivering to a partner."""

    actor: Actor
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PauseNote:
    """A pause to be entered; nobody's name takes it away."""

    partner: str
    paused_by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Redrive:
    """Deliver or handle dead letters again."""

    actor: Actor
    keys: tuple[str, ...] = ()
    """Empty for all of the partner."""
    skip: bool = False
    """Leave them dead, and let those behind them pass."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RedriveNote:
    """A command to be carried out on the books."""

    partner: str
    command: Redrive
    at: datetime


@dataclass(frozen=True, slots=True)
class Redriven:
    """What a command on dead letters changed."""

    keys: tuple[str, ...]


# ---------------------------------------------------------------- end of day


@dataclass(frozen=True, slots=True)
class ConsistencyOrder:
    """Compare a day's books; empty fields mean every partner, and the day that just ended."""

    partner: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class CheckDay:
    """Compare one day with one partner."""

    partner: str
    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class DayChecked:
    """What comparing came to."""

    partner: str
    day: date
    topics: int = 0
    messages: int = 0
    """Of our own books."""
    differences: tuple[Difference, ...] = ()
    """The first of them; the books hold all."""
    difference_count: int = 0
    redriven: int = 0


@dataclass(frozen=True, slots=True)
class ConsistencyOutcome:
    """A check of one or more partners."""

    days: tuple[DayChecked, ...]
    silent: tuple[str, ...] = ()
    """Partners that could not be compared, and why."""

    @property
    def sentence(self) -> str:
        """For people."""
        wrong = [f"{each.partner} {each.difference_count}" for each in self.days if each.difference_count]
        said = f"differences: {', '.join(wrong)}" if wrong else "no difference"
        silent = f"; not compared: {', '.join(self.silent)}" if self.silent else ""
        return f"{len(self.days)} partners compared; {said}{silent}"
