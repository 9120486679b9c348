"""Warnings of officers, acknowledgements, and trouble told to operators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from models.parameters.bill_monitoring import BillMonitoringParameters
from models.people import Actor


@dataclass(frozen=True, slots=True)
class WarningRound:
    """Start of warning one officer about changed findings of one scan."""

    scan_id: str
    list_date: date
    officer: str
    parameters: BillMonitoringParameters
    finding_ids: tuple[str, ...] = ()
    """Findings that came of a review; empty for all changed ones of the scan."""


@dataclass(frozen=True, slots=True)
class WarningFindings:
    """The findings that an officer is to be warned of, and who hears of them in turn."""

    finding_ids: tuple[str, ...]
    chain: tuple[str, ...]
    """The officer, their manager, the manager's manager, and so on."""


@dataclass(frozen=True, slots=True)
class WarningOutcome:
    """Result of warning an officer."""

    findings: int
    acknowledged_by: tuple[str, ...]
    escalations: int


@dataclass(frozen=True, slots=True)
class TroubleNotice:
    """Something stopped a scan; those who keep the robot running must know."""

    scan_id: str
    sentence: str
    parameters: BillMonitoringParameters


@dataclass(frozen=True, slots=True)
class SendWarning:
    """Deliver one warning to one person over every channel."""

    scan_id: str
    list_date: date
    recipient: str
    on_behalf_of: str
    """The officer whose findings they are; differs from the recipient after an escalation."""
    finding_ids: tuple[str, ...]
    parameters: BillMonitoringParameters
    acknowledge_by: datetime
    escalated: bool = False
    warning_workflow: str = ""
    """Id of the workflow that takes the acknowledgement."""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A person has taken note of findings."""

    actor: Actor
    finding_ids: tuple[str, ...] = ()
    """Empty for all that are open with this officer."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What an acknowledgement closed, and what is still open."""

    finding_ids: tuple[str, ...]
    still_open: int


@dataclass(frozen=True, slots=True)
class RecordAcknowledgement:
    """Write an acknowledgement to the books."""

    actor: Actor
    finding_ids: tuple[str, ...]
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WarningStatus:
    """Answer of a warning's ``status`` query."""

    waiting_for: str
    open_findings: tuple[str, ...]
    with_person: str
    escalations: int
