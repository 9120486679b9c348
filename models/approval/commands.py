"""What people say to an approval. Each command names who says it."""

from __future__ import annotations

from dataclasses import dataclass

from models.approval.messages import Condition
from models.people import Actor


@dataclass(frozen=True)
class Lock:
    """Take it: until the lock expires nobody else may decide the step."""

    actor: Actor


@dataclass(frozen=True)
class Unlock:
    """Give it back to the pool; a manager may free what somebody else holds."""

    actor: Actor
    reason: str = ""


@dataclass(frozen=True)
class Approve:
    """Agree, as applied for or on conditions."""

    actor: Actor
    reason: str = ""
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Reject:
    """Turn it down for good."""

    actor: Actor
    reason: str


@dataclass(frozen=True)
class Return:
    """Send it back for rework, to an earlier approval step or to a step of the process that asked."""

    actor: Actor
    to: str
    reason: str


@dataclass(frozen=True)
class Reassign:
    """Give the step to a named person of its pool."""

    actor: Actor
    to: str
    reason: str


@dataclass(frozen=True)
class Tag:
    """Add labels, or take them off (``-urgent``)."""

    actor: Actor
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Comment:
    actor: Actor
    text: str


@dataclass(frozen=True)
class Withdraw:
    """The side that asked takes it back."""

    actor: Actor
    reason: str
