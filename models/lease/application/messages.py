"""What the application workflow, its steps, and people say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.approval.messages import ApprovalOutcome, ApprovalRequest, Condition
from models.lease.application.form import LeaseForm
from models.lease.documents.messages import DocumentRead
from models.lease.screening.messages import Screened
from models.money import Money
from models.people import Actor


class ApplicationState(StrEnum):
    """Where an application stands, in one word."""

    DRAFT = "draft"
    """Being written, documents being added; or returned for rework."""
    SCREENING = "screening"
    """The house asks outside data and applies its rules."""
    APPROVING = "approving"
    OFFERED = "offered"
    """The applicant's side accepts or declines."""
    CONTRACTING = "contracting"
    """Drawn up, signed, registered, paid: see the contract."""
    ACTIVE = "active"
    REFUSED = "refused"
    """By rules or by an approver."""
    DECLINED = "declined"
    """By the applicant's side."""
    LAPSED = "lapsed"
    """An offer was not accepted in time."""
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    """The contract did not come about."""

    @property
    def is_final(self) -> bool:
        return self in _FINAL


_FINAL = frozenset(
    {
        ApplicationState.ACTIVE,
        ApplicationState.REFUSED,
        ApplicationState.DECLINED,
        ApplicationState.LAPSED,
        ApplicationState.WITHDRAWN,
        ApplicationState.CANCELLED,
    }
)


@dataclass(frozen=True)
class Fault:
    """One statement of a form that cannot stand."""

    field: str
    """Path as in the form: ``parties[0].identifier``."""
    value: str
    sentence: str


@dataclass(frozen=True)
class OpenApplication:
    """Start of the workflow: the form and who wrote it down."""

    form: LeaseForm
    captured_by: Actor
    submit: bool = False
    """Straight on: nothing is to be added."""


@dataclass(frozen=True)
class EnterForm:
    """Enter a form, or another version of it (from 1)."""

    form: LeaseForm
    captured_by: Actor
    version: int
    at: datetime
    submitted: bool = False
    """Straight on to screening, where the product asks for no papers."""


@dataclass(frozen=True)
class FormEntered:
    """What entering a form came to: faults, or the plan that it makes."""

    faults: tuple[Fault, ...] = ()
    title: str = ""
    """``Shanghai X Logistics: 2 vehicles, 36 × 12345.67``, for people."""
    financed: Money | None = None
    policy: str = ""
    needs_papers: bool = True
    """False where the product asks for none: completeness need not be asked for."""


@dataclass(frozen=True)
class ApplicationStep:
    application_id: str
    at: datetime
    round: int = 1


@dataclass(frozen=True)
class Completeness:
    """Documents that the product demands, and what is still wrong with them."""

    missing: tuple[str, ...] = ()
    """``business-licence of 上海某某物流有限公司``."""
    unread: tuple[str, ...] = ()
    """Being read right now."""


@dataclass(frozen=True)
class Offer:
    """What the house offers: the terms as approved."""

    application_id: str
    terms_sha256: str
    """Of the kept plan, as JSON."""
    instalments: int
    rent: Money
    """The first one."""
    total: Money
    conditions: tuple[Condition, ...]
    valid_until: datetime
    changes: tuple[str, ...] = ()
    """Each condition in words, beside what was applied for."""
    contract_number: str = ""
    """Given at once where the applicant's side took an unchanged offer beforehand."""
    by_rules: bool = False
    """Nobody was asked: small amounts of such a lease go without a reviewer, too."""

    @property
    def changed(self) -> bool:
        return bool(self.conditions)


@dataclass(frozen=True)
class MakeOffer:
    application_id: str
    approval: ApprovalOutcome
    at: datetime
    round: int = 1


class OfferState(StrEnum):
    """What became of an offer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    RECALLED = "recalled"
    """By the house or the applicant, before it was answered: withdrawn, blacklisted."""


@dataclass(frozen=True)
class CloseOffer:
    """Enter what became of the offer of a round; an acceptance gives the contract its number."""

    application_id: str
    round: int
    state: OfferState
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class OfferClosed:
    contract_number: str = ""
    """Only after an acceptance."""


@dataclass(frozen=True)
class NoteState:
    application_id: str
    state: ApplicationState
    sentence: str
    at: datetime
    by: str = ""
    key: str = ""
    """Names the step, for a state that an application comes into more than once."""


@dataclass(frozen=True)
class RouteApproval:
    """Whom to ask, given what screening found."""

    application_id: str
    round: int
    requested_by: Actor
    decided: tuple[ApprovalOutcome, ...]
    at: datetime
    screened: Screened | None = None
    involved: tuple[str, ...] = ()
    """User names of everybody who wrote or submitted it: none of them may decide."""


@dataclass(frozen=True)
class Routed:
    """Nobody is asked where the rules' own word stands: the offer is made at once."""

    request: ApprovalRequest | None = None
    outcome: ApprovalOutcome | None = None
    offer: Offer | None = None


# ------------------------------------------------------------ people's commands


@dataclass(frozen=True)
class Revise:
    """Write the form anew while it is a draft."""

    actor: Actor
    form: LeaseForm


@dataclass(frozen=True)
class Submit:
    actor: Actor


@dataclass(frozen=True)
class Accept:
    """The applicant's side takes the offer with its conditions."""

    actor: Actor
    terms_sha256: str
    """Which offer was read; another one in the meantime refuses the acceptance."""


@dataclass(frozen=True)
class Decline:
    actor: Actor
    reason: str


@dataclass(frozen=True)
class WithdrawApplication:
    actor: Actor
    reason: str


@dataclass(frozen=True)
class DocumentAdded:
    """A document was kept and is to be read; ``document_id`` as the documents room gave it."""

    actor: Actor
    document_id: str
    kind: str
    sha256: str


@dataclass(frozen=True)
class Blacklisted:
    """Somebody of the application was put on the blacklist: nothing more may be promised or paid."""

    actor: Actor
    party: str
    """Identifier of the party."""
    reason: str


@dataclass(frozen=True)
class ApplicationStatus:
    """Answer to the ``status`` query."""

    state: ApplicationState
    waiting_for: str
    version: int
    round: int
    title: str = ""
    faults: tuple[Fault, ...] = ()
    missing: tuple[str, ...] = ()
    offer: Offer | None = None
    approval_id: str = ""
    contract_number: str = ""
    sentence: str = ""
    documents: tuple[DocumentRead, ...] = ()
    """As they were read, with their doubts."""
    reading: tuple[str, ...] = ()
    """Ids of documents that are being read."""
    needs_person: bool = False
    """A step failed for good, and is done again when somebody says so."""


@dataclass(frozen=True)
class ApplicationOutcome:
    application_id: str
    state: ApplicationState
    contract_number: str = ""
    sentence: str = ""
    active_from: date | None = None
