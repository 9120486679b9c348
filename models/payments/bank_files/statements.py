"""What a bank's file says, as values: statements, their entries and the transactions behind them.

The terms are those of ISO 20022 camt; MT940 and CSV files are told in the same words. Amounts are never
negative (the direction carries the sign); balances are signed, a debit balance being negative.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from models.payments.bank_files.flags import Flag
from models.payments.bank_files.instructions import PaymentInstructionRead, PaymentStatusRead


class Direction(StrEnum):
    """Which way money went, seen from the account."""

    CREDIT = "credit"
    DEBIT = "debit"

    @property
    def opposite(self) -> Direction:
        """The other way."""
        return Direction.DEBIT if self is Direction.CREDIT else Direction.CREDIT


class EntryStatus(StrEnum):
    """How certain an entry is; only booked ones change the booked balance."""

    BOOKED = "booked"
    PENDING = "pending"
    INFO = "info"
    FUTURE = "future"
    REJECTED = "rejected"
    """The trade was closed or refused; no money moved."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Charge:
    """A fee that the file names beside an entry or a transaction."""

    amount: Decimal
    currency: str | None
    direction: Direction | None = None
    kind: str | None = None
    included: bool | None = None
    """Whether the amount of the entry already holds it; None when the file does not say."""


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance of an account at the end of a day."""

    kind: str
    """The code of ISO 20022: OPBD, CLBD, ITBD, PRCD, CLAV, FWAV, ..."""
    amount: Decimal
    """Signed; a debit balance is negative."""
    currency: str | None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class TransactionDetail:
    """One transaction behind an entry."""

    amount: Decimal | None = None
    currency: str | None = None
    direction: Direction | None = None
    end_to_end_id: str | None = None
    instruction_id: str | None = None
    transaction_id: str | None = None
    mandate_id: str | None = None
    bank_reference: str | None = None
    payment_information_id: str | None = None
    message_id: str | None = None
    uetr: str | None = None
    counterparty: str | None = None
    counterparty_account: str | None = None
    counterparty_bank: str | None = None
    """BIC, or the clearing code of the counterparty's bank."""
    ultimate_counterparty: str | None = None
    creditor_id: str | None = None
    remittance: tuple[str, ...] = ()
    """Unstructured remittance information, line by line."""
    structured_remittance: tuple[str, ...] = ()
    """Creditor and document references."""
    purpose: str | None = None
    return_reason: str | None = None
    return_information: str | None = None
    charges: tuple[Charge, ...] = ()
    bank_transaction_code: str | None = None
    proprietary_code: str | None = None
    original_amount: Decimal | None = None
    original_currency: str | None = None
    exchange_rate: Decimal | None = None
    additional_information: str | None = None


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """A line of a statement."""

    amount: Decimal
    currency: str | None
    direction: Direction | None
    """None only when a file (a wallet's neutral row) gives no way to tell."""
    status: EntryStatus
    booking_date: date | None
    value_date: date | None
    reference: str | None
    """The bank's reference; else the entry's own; else the customer's."""
    end_to_end_id: str | None
    reversal: bool
    details: tuple[TransactionDetail, ...] = ()
    booked_at: str | None = None
    """Date and time as written, where the file gives a time."""
    entry_reference: str | None = None
    bank_reference: str | None = None
    customer_reference: str | None = None
    bank_transaction_code: str | None = None
    proprietary_code: str | None = None
    batch_size: int | None = None
    """How many transactions were booked as one, as the file declares."""
    charges: tuple[Charge, ...] = ()
    balance_after: Decimal | None = None
    additional_information: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts and sums, declared by a file or computed from what was read; None where not told."""

    entries: int | None = None
    sum: Decimal | None = None
    """Of all amounts, without regard to their direction."""
    credit_entries: int | None = None
    credit_sum: Decimal | None = None
    debit_entries: int | None = None
    debit_sum: Decimal | None = None
    net: Decimal | None = None
    """Credits less debits."""
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """An account's entries over a period, or a notification about some of them."""

    account: str | None
    id: str | None
    currency: str | None
    opening: Decimal | None
    closing: Decimal | None
    entries: tuple[StatementEntry, ...]
    number: str | None = None
    created: str | None = None
    from_date: date | None = None
    to_date: date | None = None
    owner: str | None = None
    bank: str | None = None
    balances: tuple[Balance, ...] = ()
    declared: Totals = field(default_factory=Totals)
    additional_information: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class BankFile:
    """Everything that a file says, and what is to be said about it."""

    format: str
    """``camt.053``, ``pain.001``, ``mt940``, ``mt942``, ``csv``, ``fixed``."""
    version: str | None
    """``001.02`` of an ISO 20022 message; the profile's name for CSV and fixed-width files."""
    message: str | None = None
    """The whole message name, ``camt.053.001.02``."""
    message_id: str | None = None
    created: str | None = None
    profile: str | None = None
    encoding: str | None = None
    statements: tuple[Statement, ...] = ()
    payments: tuple[PaymentInstructionRead, ...] = ()
    statuses: tuple[PaymentStatusRead, ...] = ()
    declared: Totals = field(default_factory=Totals)
    computed: Totals = field(default_factory=Totals)
    flags: tuple[Flag, ...] = ()
