"""Messages of one payment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.money import Money
from models.parameters.banks import Inquiry
from models.payments.banking import BankAccount, BankAnswer, BankOrder
from models.people import Actor


class PaymentState(StrEnum):
    """Where a payment stands, in one word."""

    REFUSED = "refused"
    """One of our own rules said no; nothing was reserved or sent."""
    WAITING_FOR_RELEASE = "waiting-for-release"
    WAITING_FOR_WINDOW = "waiting-for-window"
    """The bank's cut-off has passed; it goes out when the window opens."""
    RESERVED = "reserved"
    INSTRUCTED = "instructed"
    """The bank has it; not final."""
    UNKNOWN = "unknown"
    """Sent, and no usable answer: asked for again by our reference."""
    CONTRADICTED = "contradicted"
    """The bank said two things that cannot both be true: a person decides."""
    SETTLED = "settled"
    """Booked by the bank and in our ledger."""
    FAILED = "failed"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    """Settled, and later booked back; both are in the ledger."""

    @property
    def is_final(self) -> bool:
        return self in _FINAL


_FINAL = frozenset(
    {
        PaymentState.REFUSED,
        PaymentState.SETTLED,
        PaymentState.FAILED,
        PaymentState.CANCELLED,
        PaymentState.RETURNED,
    }
)


@dataclass(frozen=True)
class PaymentOrder:
    """What somebody, or another process, wants paid or collected.

    ``payment_id`` is the requester's own business key: ordering it twice is ordering it once.
    """

    payment_id: str
    product: str
    bank: str
    counterparty: BankAccount
    amount: Money
    business_reference: str
    """What it is for: a contract, an invoice, a receipt that is refunded."""
    ordered_by: Actor
    purpose: str = ""
    """Text that the other side reads on their statement."""
    branch: str = "HQ"
    mandate: str = ""
    replaces: str | None = None
    """The failed or returned payment that this one makes good."""
    refunds: str | None = None
    """The receipt that this one pays back, wholly or in part."""
    even_if_duplicate: bool = False
    """Somebody looked: it resembles an earlier payment and is meant nevertheless."""


@dataclass(frozen=True)
class Refusal:
    """A rule of ours that an order breaks."""

    rule: str
    sentence: str


@dataclass(frozen=True)
class BankTerms:
    """What the workflow must know of the bank's profile in force when the payment started."""

    name: str
    queue: str
    inquiry: Inquiry
    can_inquire: bool
    idempotent: bool
    cancellable: bool
    answer_seconds: float
    profile_version: int


@dataclass(frozen=True)
class Accepted:
    """What checking an order came to."""

    refusals: tuple[Refusal, ...]
    needs_release: bool = False
    opens_at: datetime | None = None
    """When the bank takes it; None for now."""
    order: BankOrder | None = None
    """What the bank will be told."""
    terms: BankTerms | None = None
    reserved: bool = False
    """The money is reserved already: nothing stands in the way."""


@dataclass(frozen=True)
class PaymentStep:
    """A payment, for a step that needs nothing else."""

    payment_id: str
    at: datetime
    decided_by: str = ""
    """Who let it go, where somebody had to."""


@dataclass(frozen=True)
class InstructBank:
    """An order and the bank that it goes to; ``attempt`` counts instructions, from 1."""

    bank: str
    order: BankOrder
    attempt: int


@dataclass(frozen=True)
class AskBank:
    """Ask a bank about an order until it says something definite."""

    bank: str
    reference: str
    inquiry: Inquiry
    absent_from: datetime
    """From then on "unheard of" is a definite answer."""
    taken_is_news: bool
    """"Taken" is worth telling: nobody knew it yet."""


@dataclass(frozen=True)
class StateNote:
    """A state that the payment has entered, and why."""

    payment_id: str
    state: PaymentState
    sentence: str
    at: datetime
    by: str = "leaseflow"


@dataclass(frozen=True)
class SettlePayment:
    """The bank booked it: capture what was reserved and post the voucher."""

    payment_id: str
    answer: BankAnswer
    at: datetime


@dataclass(frozen=True)
class RecordReturn:
    """The bank booked it back, for ``answer.amount`` or all of it."""

    payment_id: str
    answer: BankAnswer
    at: datetime
    by: str = "leaseflow"


@dataclass(frozen=True)
class Recorded:
    """Where a payment stands after a step, and the voucher that the step posted."""

    state: PaymentState
    voucher: str = ""


# ---------------------------------------------------------------- people's commands


@dataclass(frozen=True)
class Release:
    """A treasurer lets a payment go, or does not."""

    actor: Actor
    granted: bool = True
    note: str = ""


@dataclass(frozen=True)
class Cancellation:
    """Somebody wants a payment withdrawn."""

    actor: Actor
    reason: str


class PaymentAnswer(StrEnum):
    """What a person found out about a payment of which the bank said nothing certain."""

    SETTLED = "settled"
    FAILED = "failed"
    ASK_AGAIN = "ask-again"
    """Forget what was said so far, and ask the bank again."""


@dataclass(frozen=True)
class Resolution:
    """A treasurer's word on a payment that is contradicted or unknown for too long."""

    actor: Actor
    answer: PaymentAnswer
    note: str
    bank_reference: str = ""


@dataclass(frozen=True)
class PaymentStatus:
    """Answer of the ``status`` query."""

    state: PaymentState
    waiting_for: str
    answers: tuple[BankAnswer, ...]
    needs_person: bool = False
    """It does not go on until somebody releases it or says what became of it."""


@dataclass(frozen=True)
class PaymentOutcome:
    """How a payment ended."""

    payment_id: str
    state: PaymentState
    voucher: str = ""
    bank_reference: str = ""
    reason: str = ""
