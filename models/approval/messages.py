"""What other processes ask of an approval and hear from it, and what people say to one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.money import Money
from models.people import Actor


class ApprovalState(StrEnum):
    """Where an approval stands, in one word."""

    WAITING = "waiting"
    """For somebody of the pool to take it, or for the one who holds it to decide."""
    APPROVED = "approved"
    REJECTED = "rejected"
    RETURNED = "returned"
    """Sent back to a step of the process that asked; that process asks again with a new round."""
    WITHDRAWN = "withdrawn"

    @property
    def is_final(self) -> bool:
        return self is not ApprovalState.WAITING


class TermKind(StrEnum):
    """How the value of a negotiable term is written."""

    MONEY = "money"
    """Decimal string of major units: ``20000.00``."""
    RATE = "rate"
    """Decimal fraction a year: ``0.085``."""
    COUNT = "count"
    """A whole number: instalments, months."""
    TEXT = "text"
    """A condition in words, such as a further guarantor."""


@dataclass(frozen=True)
class NegotiableTerm:
    """A term that approvers may change; a change binds only when the applicant's side accepts it."""

    name: str
    label: str
    """As people read it: ``Deposit``."""
    kind: TermKind
    value: str
    """As applied for."""
    at_least: str = ""
    at_most: str = ""
    """Bounds that the product sets; empty for none."""


@dataclass(frozen=True)
class Condition:
    """A term as an approver wants it."""

    term: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Decided:
    """One decision of one person, in this round or an earlier one."""

    step: str
    username: str
    decision: str
    at: datetime
    reason: str = ""
    on_behalf_of: str = ""
    """Whose turn it was, where a deputy decided."""
    conditions: tuple[Condition, ...] = ()
    """Asked for with a yes."""


@dataclass(frozen=True)
class ApprovalRequest:
    """What a process wants decided.

    ``approval_id`` is the asking process's own business key with its round: ``L2026-0001-2``.
    """

    approval_id: str
    policy: str
    """Name in the parameter set ``approval-policies``."""
    kind: str
    """What is decided about: ``lease-application``."""
    subject: str
    """Its business key: ``L2026-0001``."""
    title: str
    """A line that tells an approver what it is."""
    amount: Money
    requested_by: Actor
    product: str = ""
    grade: str = ""
    """What the rules made of it: ``A`` … ``D``."""
    region: str = ""
    branch: str = ""
    counterparty: str = ""
    facts: tuple[str, ...] = ()
    """Further lines that an approver should read first."""
    involved: tuple[str, ...] = ()
    """User names who may not decide, besides the one who asks: it is their own application."""
    negotiable: tuple[NegotiableTerm, ...] = ()
    amount_term: str = "amount"
    """The negotiable term that is the amount: whoever raises it needs authority for what it is raised to."""
    return_to: tuple[str, ...] = ()
    """Steps of the asking process to which it may be returned for rework."""
    round: int = 1
    decided_before: tuple[Decided, ...] = ()
    """Of earlier rounds, for people to read."""


@dataclass(frozen=True)
class ApprovalOutcome:
    """How an approval ended."""

    approval_id: str
    state: ApprovalState
    conditions: tuple[Condition, ...] = ()
    returned_to: str = ""
    reason: str = ""
    decided: tuple[Decided, ...] = ()
    by_rules: bool = False
    """The policy asks nobody: the rules' own word stands."""


@dataclass(frozen=True)
class ApprovalStatus:
    """Answer to the ``status`` query, and to every command."""

    approval_id: str
    state: ApprovalState
    step: str = ""
    """The tier that is asked; empty before the first and after the last."""
    waiting_for: str = ""
    sentence: str = ""
    """What happened last, for people."""
    pool: tuple[str, ...] = ()
    """Everybody who may decide it now, deputies among them."""
    assigned_to: str = ""
    locked_by: str = ""
    lock_until: datetime | None = None
    due_at: datetime | None = None
    escalated: int = 0
    """How often the service level ran out on this step."""
    needs_person: bool = False
    """Nobody may decide it as things stand: people or a deputy must be entered."""
    tags: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    """As they stand now, later tiers' words over earlier ones'."""
    decided: tuple[Decided, ...] = ()
    returned_to: str = ""
