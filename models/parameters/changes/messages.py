"""What the workflow of a parameter change, its steps and people say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.people import Actor


class ProposalState(StrEnum):
    """Where a proposed change stands."""

    CHECKING = "checking"
    """Being checked and previewed."""
    WAITING_FOR_APPROVAL = "waiting-for-approval"
    REFUSED = "refused"
    """It broke a rule when it was entered."""
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    STALE = "stale"
    """Another version came in between: it must be proposed again."""
    APPROVED = "approved"
    """Entered as a version, and waiting for its effective date."""
    IN_FORCE = "in-force"
    SUPERSEDED = "superseded"
    """When its time came, a newer version was in force already."""

    @property
    def is_open(self) -> bool:
        """Whether it may still be approved; a set has one open proposal at most."""
        return self in {ProposalState.CHECKING, ProposalState.WAITING_FOR_APPROVAL}


@dataclass(frozen=True)
class Proposal:
    """A whole new value for a parameter set, as somebody wants it."""

    set_name: str
    number: int
    """Counts the proposals of the set, from 1."""
    value: dict[str, Any]
    """The whole value as plain JSON, not only what changes."""
    base_version: int
    """The newest version when it was written; when another came in since, the proposal is stale."""
    reason: str
    proposed_by: Actor
    effective_from: datetime | None = None
    """None for the moment of approval."""
    replay_days: int = 90
    """The preview looks at what happened in so many days."""

    @property
    def proposal_id(self) -> str:
        """``bank-harbour-3``."""
        return f"{self.set_name}-{self.number}"


def change_workflow(proposal_id: str) -> str:
    """Workflow id of a parameter change."""
    return f"params-{proposal_id}"


# ---------------------------------------------------------------- steps


@dataclass(frozen=True)
class ProposalStep:
    """A proposal, for a step that needs nothing else."""

    proposal_id: str
    at: datetime


@dataclass(frozen=True)
class Checked:
    """Whether a proposal may be put before somebody."""

    refusal: str = ""
    """Which rule it breaks; empty when none."""
    approvers: tuple[str, ...] = ()
    """User names of those who may approve it."""


@dataclass(frozen=True)
class Previewed:
    """A preview in lines; the whole of it is in the database."""

    changes: tuple[str, ...]
    """``limits.per_payment 50000000 → 20000000``."""
    outcome: tuple[str, ...] = ()
    """``3 of 412 past payments would have been refused``."""


@dataclass(frozen=True)
class EnterVersion:
    """An approved proposal is to become a version."""

    proposal_id: str
    approved_by: str
    note: str
    at: datetime


@dataclass(frozen=True)
class Entered:
    """The version that a proposal became; or why it became none."""

    version: int = 0
    effective_from: datetime | None = None
    stale: str = ""


@dataclass(frozen=True)
class CloseProposal:
    """A proposal ends without a version."""

    proposal_id: str
    state: ProposalState
    by: str
    note: str
    at: datetime


@dataclass(frozen=True)
class TakenEffect:
    """What the effective date brought."""

    state: ProposalState
    sentence: str


# ---------------------------------------------------------------- people's commands


@dataclass(frozen=True)
class Approval:
    """Somebody else agrees."""

    actor: Actor
    note: str = ""


@dataclass(frozen=True)
class Rejection:
    """Somebody with the right role says no."""

    actor: Actor
    reason: str


@dataclass(frozen=True)
class Withdrawal:
    """Who proposed it takes it back."""

    actor: Actor
    reason: str


@dataclass(frozen=True)
class ChangeOutcome:
    """Where a change stands, for commands and at the end."""

    proposal_id: str
    state: ProposalState
    version: int | None = None
    effective_from: datetime | None = None
    sentence: str = ""


@dataclass(frozen=True)
class ChangeStatus:
    """Answer of the ``status`` query."""

    state: ProposalState
    waiting_for: str
    changes: tuple[str, ...]
    outcome: tuple[str, ...]
