"""What the contract workflow, its steps, and people say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.money import Money
from models.people import Actor


class ContractState(StrEnum):
    """Where a contract stands, in one word."""

    DRAWING_UP = "drawing-up"
    SIGNING = "signing"
    REGISTERING = "registering"
    CONDITIONS = "conditions"
    """Signed; conditions precedent are still open."""
    DISBURSING = "disbursing"
    ACTIVE = "active"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in {ContractState.ACTIVE, ContractState.CANCELLED}


@dataclass(frozen=True)
class ContractOrder:
    """Draw up the contract of an accepted offer. Its number is given before the workflow starts."""

    contract_number: str
    application_id: str
    terms_sha256: str
    ordered_by: Actor
    branch: str


@dataclass(frozen=True)
class Signer:
    """Somebody whose signature the contract needs, in order."""

    role: str
    """``lessor``, ``lessee``, ``guarantor-1``."""
    name: str
    identifier: str
    phone: str = ""
    representative: str = ""
    signed_at: datetime | None = None


@dataclass(frozen=True)
class ConditionPrecedent:
    """What must be so before money goes."""

    name: str
    """``signed``, ``registered``, ``down-payment``, ``deposit``, ``insurance``, ``delivery``."""
    label: str
    by_system: bool
    """The books find it out; a person cannot say it."""
    amount: Money | None = None
    met_at: datetime | None = None
    met_by: str = ""
    evidence: str = ""
    """Document hash, receipt id, registration number."""


@dataclass(frozen=True)
class ContractOutcome:
    contract_number: str
    state: ContractState
    sentence: str = ""
    disbursement_id: str = ""
    voucher: str = ""
