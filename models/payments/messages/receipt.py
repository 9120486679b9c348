"""Messages of receipts: money that comes in by any channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from models.money import Money
from models.payments.banking import BankAccount
from models.payments.messages.payment import PaymentOrder, PaymentOutcome, Refusal
from models.people import Actor


class ReceiptState(StrEnum):
    """Where a receipt stands, in one word."""

    REFUSED = "refused"
    """One of our own rules said no; nothing was posted."""
    RECEIVED = "received"
    """Entered and posted on the channel's clearing account; not confirmed."""
    CLEARED = "cleared"
    """Ours, and on the bank's account in our ledger."""
    BOUNCED = "bounced"
    """Taken back by the outside, before or after it cleared."""
    CANCELLED = "cancelled"
    """Withdrawn before it cleared; its voucher is taken back."""
    REVERSED = "reversed"
    """Taken back by us after it cleared, by mirror vouchers."""
    REPLACED = "replaced"
    """The payer changed the method: another receipt stands for it."""
    NOT_COLLECTED = "not-collected"
    """The payment that was to collect it came to nothing."""

    @property
    def is_open(self) -> bool:
        """Whether something can still happen to it."""
        return self in {ReceiptState.RECEIVED, ReceiptState.CLEARED}


# ---------------------------------------------------------------- what is ordered


@dataclass(frozen=True)
class ReceiptPart:
    """A share of a receipt and what it is for; without product and reference nobody knows that yet."""

    amount: Money
    product: str = ""
    """A payment product that collects: it says the account on the voucher's other side."""
    business_reference: str = ""
    """Contract, invoice or customer."""

    @property
    def identified(self) -> bool:
        return bool(self.product and self.business_reference)


@dataclass(frozen=True)
class ReceiptOrder:
    """Money that somebody took, or that another process expects.

    ``receipt_id`` is the taker's own business key: taking it twice is taking it once.
    """

    receipt_id: str
    channel: str
    """Code of the channel's profile."""
    amount: Money
    parts: tuple[ReceiptPart, ...]
    """Add up to the amount."""
    taken_by: Actor
    payer: BankAccount = field(default_factory=lambda: BankAccount("", ""))
    """As far as it is known; the account of a cheque's drawer or of a debtor."""
    branch: str = "HQ"
    external_reference: str = ""
    """Cheque number, trace number, wallet trade number or bank reference."""
    terminal: str = ""
    card_type: str = ""
    """``debit``, ``credit``, …, as the slip says."""
    mandate: str = ""
    value_date: date | None = None
    """From when it counts for the payer; the day of taking where None."""
    replaces: str | None = None
    """The receipt whose method was changed into this one."""


# ---------------------------------------------------------------- what the books answer


@dataclass(frozen=True)
class ReceiptTerms:
    """What the workflow must know of the channel's profile in force when the receipt was taken."""

    channel: str
    """Its name, for people."""
    confirmation: str
    """A `models.parameters.channels.Confirmation`."""
    ask_at: datetime
    """From then on a person is asked to find out."""
    clears_at: datetime | None = None
    """When it clears by itself unless it bounces; None where something must be heard."""
    correctable_days: int = 60
    bounceable: bool = False
    collection: PaymentOrder | None = None
    """The payment that collects it, where we do so ourselves."""


@dataclass(frozen=True)
class ReceiptBooked:
    """Where a receipt stands after a step; with refusals the step changed nothing."""

    state: ReceiptState
    sentence: str = ""
    voucher: str = ""
    """Of the step."""
    identified: bool = True
    refusals: tuple[Refusal, ...] = ()
    terms: ReceiptTerms | None = None
    """Answer of the first step only."""


@dataclass(frozen=True)
class ReceiptStatus:
    """Answer of the ``status`` query."""

    state: ReceiptState | None
    """None until the books have answered."""
    waiting_for: str
    sentence: str = ""


@dataclass(frozen=True)
class ReceiptOutcome:
    """How a receipt ended."""

    receipt_id: str
    state: ReceiptState
    sentence: str = ""


# ---------------------------------------------------------------- what is heard, and people's commands


@dataclass(frozen=True)
class ConfirmReceipt:
    """The money is there: somebody saw it, or a system told us."""

    actor: Actor
    amount: Money | None = None
    """What came, where the news names it; another amount than expected confirms nothing."""
    bank_reference: str = ""
    fee: Money | None = None
    """What was kept from it; by the channel's fee rule where None."""
    value_date: date | None = None


@dataclass(frozen=True)
class BounceReceipt:
    """The outside took it back."""

    actor: Actor
    reason: str
    charge: Money | None = None
    """What the bank charges; by the channel's profile where None."""
    value_date: date | None = None


@dataclass(frozen=True)
class CancelReceipt:
    """It never happened, or the payer took it back at the counter."""

    actor: Actor
    reason: str


@dataclass(frozen=True)
class ReverseReceipt:
    """A treasurer takes a cleared receipt out of the books."""

    actor: Actor
    reason: str


@dataclass(frozen=True)
class IdentifyReceipt:
    """What money of unknown purpose is for."""

    actor: Actor
    parts: tuple[ReceiptPart, ...]


@dataclass(frozen=True)
class ChangeMethod:
    """The payer pays the same in another way; the receipt that waits gives way to a new one."""

    actor: Actor
    reason: str
    receipt_id: str
    """Of the new receipt."""
    channel: str
    external_reference: str = ""
    payer: BankAccount | None = None
    """As before where None."""
    terminal: str = ""
    card_type: str = ""
    mandate: str = ""


@dataclass(frozen=True)
class ConfirmStep:
    """A receipt, and what confirms it; nothing more than time for a cheque."""

    receipt_id: str
    at: datetime
    news: ConfirmReceipt


@dataclass(frozen=True)
class BounceStep:
    receipt_id: str
    at: datetime
    command: BounceReceipt


@dataclass(frozen=True)
class CancelStep:
    receipt_id: str
    at: datetime
    command: CancelReceipt


@dataclass(frozen=True)
class ReverseStep:
    receipt_id: str
    at: datetime
    command: ReverseReceipt


@dataclass(frozen=True)
class IdentifyStep:
    receipt_id: str
    at: datetime
    command: IdentifyReceipt


@dataclass(frozen=True)
class ReplaceStep:
    """One transaction takes the old receipt back and enters the new one."""

    receipt_id: str
    at: datetime
    command: ChangeMethod
    order: ReceiptOrder
    """The new one."""


@dataclass(frozen=True)
class CollectedStep:
    """How the payment ended that was to collect a receipt."""

    receipt_id: str
    at: datetime
    outcome: PaymentOutcome
