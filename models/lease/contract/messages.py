"""What the contract workflow, its steps, and people say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.lease.disbursement.messages import DisbursementOrder
from models.lease.registration import Registered, RegisterLease
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
    by_rules: bool = False
    """Nobody was asked to approve it: nobody need look before small amounts go, either."""


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


# ------------------------------------------------------------ drawing up


@dataclass(frozen=True)
class DrawUp:
    """Fill the template, print it, and enter who has to sign."""

    order: ContractOrder
    at: datetime


@dataclass(frozen=True)
class Paper:
    """A paper and its signers, in order. Number 0 is the contract itself."""

    contract_number: str
    paper: int
    title: str
    signers: tuple[Signer, ...]
    signing_days: int
    remind_after_days: int


@dataclass(frozen=True)
class DrawnUp:
    """What the rest of a contract's way needs to know."""

    paper: Paper
    conditions: tuple[ConditionPrecedent, ...]
    registration: RegisterLease
    disbursement: DisbursementOrder


# ------------------------------------------------------------ signing


class SignatureState(StrEnum):
    """How far a signature is."""

    WAITING = "waiting"
    SIGNED = "signed"
    DECLINED = "declined"
    LAPSED = "lapsed"
    """Not given in time."""
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class SignPaper:
    """Have one signer sign. ``number`` is the signer's place in the order, from 0."""

    contract_number: str
    paper: int
    number: int


@dataclass(frozen=True)
class SignatureAnswer:
    state: SignatureState
    sentence: str
    signed_at: datetime | None = None


@dataclass(frozen=True)
class EndSigning:
    """No further signature is wanted: tell the authority, and enter why."""

    contract_number: str
    paper: int
    state: SignatureState
    reason: str
    by: str
    at: datetime


# ------------------------------------------------------------ after signing


@dataclass(frozen=True)
class NoteContract:
    """Enter a state of the contract; one that is cancelled stays cancelled."""

    contract_number: str
    state: ContractState
    sentence: str
    at: datetime
    by: str = "leaseflow"
    disbursement_id: str = ""
    key: str = ""
    """Names the step, for what may happen more than once in a state."""


@dataclass(frozen=True)
class LookAtConditions:
    """Which conditions are met now, as far as the books can tell."""

    contract_number: str
    at: datetime
    registered: Registered | None = None
    """News of the registry, to be entered."""
    wait: bool = False
    """Look again and again until all are met."""


@dataclass(frozen=True)
class ConditionsStanding:
    conditions: tuple[ConditionPrecedent, ...]
    forbidden: tuple[str, ...] = ()
    """Why nothing may be paid although all are met: the blacklist, looked at last."""

    @property
    def open(self) -> tuple[ConditionPrecedent, ...]:
        return tuple(each for each in self.conditions if each.met_at is None)


@dataclass(frozen=True)
class ConfirmStep:
    contract_number: str
    command: ConfirmCondition
    at: datetime


@dataclass(frozen=True)
class Activate:
    """The asset is paid: post the start of the lease and write its receivable."""

    contract_number: str
    disbursement_id: str
    at: datetime


@dataclass(frozen=True)
class Activated:
    voucher: str
    active_from: date


# ------------------------------------------------------------ people's commands


@dataclass(frozen=True)
class CancelContract:
    """End it before money has gone."""

    actor: Actor
    reason: str


@dataclass(frozen=True)
class ConfirmCondition:
    """Say that a condition is met that the books cannot find out, with the paper that shows it."""

    actor: Actor
    name: str
    evidence: str
    """SHA-256 of a kept document."""
    note: str = ""


@dataclass(frozen=True)
class ContractStatus:
    """Answer to the ``status`` query."""

    state: ContractState
    waiting_for: str
    signers: tuple[Signer, ...] = ()
    conditions: tuple[ConditionPrecedent, ...] = ()
    registration_number: str = ""
    disbursement_id: str = ""
    sentence: str = ""
    needs_person: bool = False
    """A step failed for good, and is done again when somebody says so."""


# ------------------------------------------------------------ supplementary agreements


@dataclass(frozen=True)
class AmendmentOrder:
    """Change a signed contract by a supplementary agreement, signed by the same parties.

    ``paper`` is its number within the contract, from 1; the same number again is the same agreement.
    """

    contract_number: str
    paper: int
    reason: str
    clauses: tuple[str, ...]
    ordered_by: Actor


@dataclass(frozen=True)
class DrawUpAmendment:
    order: AmendmentOrder
    at: datetime


@dataclass(frozen=True)
class AmendmentOutcome:
    contract_number: str
    paper: int
    state: SignatureState
    sentence: str = ""
