"""What the approval workflow and its books say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from models.approval.messages import ApprovalRequest, ApprovalState, Condition
from models.parameters.approval import ApprovalRoute, Hours, WorkingTime
from models.people import Actor


@dataclass(frozen=True)
class Terms:
    """What holds for one approval from its start to its end, whatever the parameters become later."""

    version: int
    """Of the parameter set; 0 as shipped."""
    route: ApprovalRoute
    working_time: WorkingTime
    remind_before_hours: Hours
    notify: bool = False
    """People are written to when a step comes to them."""


@dataclass(frozen=True)
class Deputy:
    """Who decides in an absent person's name, up to and with a day."""

    username: str
    absent: str
    until: date


@dataclass(frozen=True)
class Standing:
    """Who may decide a step right now, as the directory and the absences say."""

    step: str
    pool: tuple[str, ...]
    """Present people of the step's own role and branch."""
    widened: tuple[str, ...] = ()
    """To whom it was opened when it was escalated."""
    deputies: tuple[Deputy, ...] = ()
    assigned_to: str = ""
    """Suggested by workload; others of the pool may take it, too. Empty when there is nobody."""
    whole_house: bool = False
    """The branch has nobody: people of the role in other branches are asked."""
    level: int = 0
    """How often it was escalated."""
    remind_at: datetime | None = None
    due_at: datetime | None = None
    changes_at: datetime | None = None
    """When an absence begins or ends that matters here."""

    @property
    def everyone(self) -> tuple[str, ...]:
        """Each person who may decide, once."""
        named = (*self.pool, *self.widened, *(each.username for each in self.deputies))
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True)
class OpenApproval:
    request: ApprovalRequest
    at: datetime


@dataclass(frozen=True)
class Opened:
    """The terms of an approval and its first step; no standing where the rules' own word stands."""

    terms: Terms
    standing: Standing | None = None


@dataclass(frozen=True)
class StepToOpen:
    """The step that is asked next."""

    visit: int
    """Counts the tasks of an approval, from 1: a step returned to is asked anew."""
    step: str
    excluded: tuple[str, ...]
    """Who may not decide it, because of four eyes."""


@dataclass(frozen=True)
class RecordDecision:
    """Keep a decision and what follows from it, in one transaction."""

    approval_id: str
    number: int
    """Counts what is recorded about an approval: a repetition is known by it."""
    visit: int
    step: str
    actor: Actor
    decision: str
    at: datetime
    reason: str = ""
    on_behalf_of: str = ""
    conditions: tuple[Condition, ...] = ()
    """As this person set them."""
    standing_conditions: tuple[Condition, ...] = ()
    """What all tiers' conditions come to now."""
    state: ApprovalState = ApprovalState.WAITING
    next: StepToOpen | None = None
    """The step that is asked now; None when the approval has ended."""


@dataclass(frozen=True)
class RecordNote:
    """Keep what was said or happened, and how the task looks after it."""

    approval_id: str
    number: int
    visit: int
    by: str
    what: str
    sentence: str
    at: datetime
    assigned_to: str
    locked_by: str = ""
    lock_until: datetime | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reassess:
    """Ask the books anew who may decide a step."""

    approval_id: str
    number: int
    open: StepToOpen
    at: datetime
    escalate: bool = False
    """The service level ran out."""
