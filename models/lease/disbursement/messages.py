"""What the disbursement workflow, its steps, and people say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.money import Money
from models.payments.banking import BankAccount
from models.people import Actor


class DisbursementState(StrEnum):
    """Where a disbursement stands, in one word."""

    WAITING_FOR_REVIEW = "waiting-for-review"
    SENT_BACK = "sent-back"
    """A reviewer wants something set right first: reviewed anew when somebody says that it is."""
    STOPPED = "stopped"
    """Fraud feedback holds it, locked or not, until the risk desk clears it."""
    PAYING = "paying"
    """The payment workflow has it."""
    PAID = "paid"
    PAID_UNDER_SUSPICION = "paid-under-suspicion"
    """Fraud feedback came when the bank had booked already: the money is to be fetched back."""
    NOT_PAID = "not-paid"
    """The payment failed or was withdrawn: ordered anew after somebody looked."""
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in {
            DisbursementState.PAID,
            DisbursementState.PAID_UNDER_SUSPICION,
            DisbursementState.CANCELLED,
        }


@dataclass(frozen=True)
class DisbursementOrder:
    """Pay for the asset of a contract. ``disbursement_id`` is the payment's id as well."""

    disbursement_id: str
    contract_number: str
    application_id: str
    dealer: str
    payee: BankAccount
    amount: Money
    bank: str
    """Code of the bank that pays."""
    branch: str
    ordered_by: Actor
    purpose: str
    by_rules: bool = False
    """Within what the product lets go without a reviewer."""


@dataclass(frozen=True)
class DisbursementOutcome:
    disbursement_id: str
    state: DisbursementState
    payment_id: str = ""
    voucher: str = ""
    sentence: str = ""


# ---------------------------------------------------------------- workflow and steps


@dataclass(frozen=True)
class Lock:
    """A reviewer's claim; nobody else decides while it lasts."""

    holder: str
    until: datetime


@dataclass(frozen=True)
class Suspicion:
    """Fraud feedback that holds a disbursement."""

    by: str
    reason: str
    source: str
    """``risk-desk``, ``anti-fraud``, ``blacklist``."""
    at: datetime


@dataclass(frozen=True)
class Finding:
    """Something that stood in the way when the last checks looked."""

    kind: str
    """``blacklist``, ``dealer``, ``contract``, ``conditions``, ``payee``, ``amount``, ``payment``."""
    sentence: str

    @property
    def is_suspicion(self) -> bool:
        """Whether the risk desk must look, rather than a reviewer."""
        return self.kind in {"blacklist", "anti-fraud"}


@dataclass(frozen=True)
class EnterDisbursement:
    """Enter an order in the books, and its purchase voucher."""

    order: DisbursementOrder
    at: datetime


@dataclass(frozen=True)
class Standing:
    """Where an earlier workflow of the same disbursement left it; an operator ended that one."""

    steps: int
    """That the books have seen."""
    attempt: int
    """Of the next payment."""
    payee: BankAccount
    corrected_by: str = ""
    suspicion: Suspicion | None = None
    replaces: str | None = None
    """A payment that came to nothing."""
    outcome: DisbursementOutcome | None = None
    """How it ended, where it had."""


@dataclass(frozen=True)
class Entered:
    """What the workflow must know of an order that is in the books."""

    may_not_review: tuple[str, ...]
    """Who ordered or captured it."""
    lock_minutes: int
    by_rules: bool
    """Nobody need look: asked for, and within what the product lets go."""
    findings: tuple[Finding, ...] = ()
    """Of the last checks, made at once where nobody need look."""
    standing: Standing | None = None
    """Set where this is not the first workflow."""


@dataclass(frozen=True)
class CheckDisbursement:
    """Look once more, right before the money goes.

    ``number`` counts the steps of a disbursement: a repetition enters nothing, and what comes late
    does not overwrite what came after it.
    """

    disbursement_id: str
    number: int
    payment_id: str
    payee: BankAccount
    at: datetime
    approved_by: str = ""


@dataclass(frozen=True)
class Checked:
    """What stands in the way; nothing: the money may go."""

    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class NoteDisbursement:
    """Where a disbursement stands now, for lists; see `CheckDisbursement` for ``number``."""

    disbursement_id: str
    number: int
    state: DisbursementState
    sentence: str
    at: datetime
    by: str
    payment_id: str = ""
    voucher: str = ""
    lock: Lock | None = None
    suspicion: Suspicion | None = None
    payee: BankAccount | None = None
    """Where it was corrected."""
    recovery: str = ""
    """What is to be done about money that is out and should not be."""


@dataclass(frozen=True)
class WithdrawPayment:
    """Ask a payment under way to stop. ``request`` counts how often it was asked."""

    payment_id: str
    request: int
    reason: str


@dataclass(frozen=True)
class Withdrawal:
    """What the payment said."""

    pending: bool
    """It may still be stopped: ask again."""
    sentence: str


# ---------------------------------------------------------------- people's commands


@dataclass(frozen=True)
class LockDisbursement:
    """A reviewer claims it; claimed by the same person again it lasts longer."""

    actor: Actor


@dataclass(frozen=True)
class UnlockDisbursement:
    """The holder gives it back, or a manager takes it from them."""

    actor: Actor


@dataclass(frozen=True)
class ApproveDisbursement:
    actor: Actor
    note: str = ""


@dataclass(frozen=True)
class SendBack:
    """Something must be set right first."""

    actor: Actor
    reason: str


@dataclass(frozen=True)
class FraudReport:
    """Stop it, whoever holds it and whatever is under way."""

    actor: Actor
    reason: str
    source: str = "risk-desk"


@dataclass(frozen=True)
class ClearSuspicion:
    """The risk desk looked: it may be reviewed anew."""

    actor: Actor
    reason: str


@dataclass(frozen=True)
class RetryDisbursement:
    """What was sent back, or not paid, is ordered anew; with a corrected account of the same payee."""

    actor: Actor
    reason: str
    account: BankAccount | None = None
    even_if_duplicate: bool = False


@dataclass(frozen=True)
class CancelDisbursement:
    """It will not be paid; the purchase leaves the books."""

    actor: Actor
    reason: str


@dataclass(frozen=True)
class DisbursementStatus:
    """Answer of the ``status`` query and of every command."""

    state: DisbursementState
    sentence: str
    waiting_for: str
    payment_id: str = ""
    lock: Lock | None = None
    approved_by: str = ""
    suspicion: Suspicion | None = None
    needs_person: bool = False
