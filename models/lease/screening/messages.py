"""What is asked of pre-approval, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Advice(StrEnum):
    """What the rules make of an application."""

    APPROVE = "approve"
    """The rules' own word stands where the policy asks nobody."""
    REFER = "refer"
    """People decide."""
    REFUSE = "refuse"
    """A rule says no: blacklist, over a legal limit."""


@dataclass(frozen=True)
class ScreenApplication:
    """``version`` and ``round`` are the key of what is asked outside: a repetition asks nothing anew."""

    application_id: str
    version: int
    round: int
    at: datetime


@dataclass(frozen=True)
class OutsideHeard:
    """What outside sources said, by reference to the kept answers."""

    answers: tuple[OutsideAnswer, ...]


@dataclass(frozen=True)
class OutsideAnswer:
    source: str
    """``bureau``, ``anti-fraud``."""
    party: str
    """Identifier of the party asked about."""
    sha256: str
    """Of the kept answer; empty when none was to be had."""
    fault: str = ""
    """Why not; the rules treat it as unknown, never as good."""


@dataclass(frozen=True)
class Reason:
    """One rule that spoke."""

    rule: str
    advice: Advice
    sentence: str


@dataclass(frozen=True)
class Screened:
    """The rules' word. The whole trace is kept and shown by ``leaseflow lease screening``."""

    advice: Advice
    grade: str
    """``A`` (best) to ``D``."""
    reasons: tuple[Reason, ...]
    trace_sha256: str


class Occasion(StrEnum):
    """When somebody is looked up on the blacklist."""

    SCREENING = "screening"
    OFFER = "offer"
    CONTRACT = "contract"
    DISBURSEMENT = "disbursement"
