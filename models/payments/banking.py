"""What we ask of a bank, and what a bank says: the words of every bank interface.

A bank that does not answer has not refused. Silence is `BankSaid.NOTHING`, and the payment is asked
for again by *our* reference, the only identifier that is known before the bank has said anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.money import Money


class Direction(StrEnum):
    """Which way the money goes, as the house sees it."""

    PAY_OUT = "pay-out"
    COLLECTION = "collection"
    """A direct debit: the bank takes the money from the other side for us."""


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account as a bank is told of it."""

    number: str
    """IBAN or domestic account number, without blanks."""
    name: str
    """Its owner, in the script that the bank keeps."""
    bank: str = ""
    """CNAPS code or BIC of the bank that keeps it; empty for the instructed bank itself."""


@dataclass(frozen=True, slots=True)
class BankOrder:
    """One instruction to a bank.

    ``reference`` is ours and the same in every try, inquiry and file that concerns this order.
    """

    reference: str
    direction: Direction
    own_account: BankAccount
    counterparty: BankAccount
    amount: Money
    execution_date: date
    purpose: str = ""
    mandate: str = ""
    """The debtor's mandate, for collections."""


class BankSaid(StrEnum):
    """What an answer means to us."""

    TAKEN = "taken"
    """Received for processing; not final."""
    SETTLED = "settled"
    """Booked; final unless it is returned."""
    REJECTED = "rejected"
    """Not booked and never will be; final."""
    CANCELLED = "cancelled"
    """Withdrawn at our request before it was booked; final."""
    RETURNED = "returned"
    """Booked, and later booked back."""
    UNHEARD_OF = "unheard-of"
    """The bank knows no order of this reference: not yet, or never."""
    NOTHING = "nothing"
    """No usable answer: time-out, broken line, server error, unreadable or unsigned reply."""


class Heard(StrEnum):
    """Where an answer came from."""

    INSTRUCTION = "instruction"
    INQUIRY = "inquiry"
    CANCELLATION = "cancellation"
    NOTIFICATION = "notification"
    """The bank told us without being asked: a call, or a status or notification file."""
    STATEMENT = "statement"
    PERSON = "person"
    """Somebody asked the bank by telephone and entered what it said."""


@dataclass(frozen=True, slots=True)
class BankAnswer:
    """One thing that a bank said about one order."""

    said: BankSaid
    heard: Heard
    bank_reference: str = ""
    """The bank's own identifier of the booking."""
    amount: Money | None = None
    """The amount booked, where the bank tells."""
    fee: Money | None = None
    value_date: date | None = None
    code: str = ""
    """The bank's reason code as it stands in its answer: ``AC04``, ``INSUFFICIENT_FUNDS``."""
    reason: str = ""
    heard_at: datetime | None = None
    evidence: str = ""
    """SHA-256 of the kept message, where the wording of the answer itself is kept."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of an account statement that was asked for over the service interface."""

    account: str
    amount: Money
    """Signed as the account's owner sees it: money in is positive."""
    booking_date: date
    value_date: date
    reference: str
    """Our reference, where the bank carries it along."""
    bank_reference: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that waits in a bank's outgoing directory."""

    name: str
    size: int
    modified_at: datetime
