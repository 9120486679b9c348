"""Tables of payments: orders, what was sent, what banks said, and how states followed each other."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from activities.store.tables.columns import document, instant


class PaymentRow(SQLModel, table=True):
    """One payment as it stands now."""

    __tablename__ = "payment"
    __table_args__ = (
        Index("ix_payment_bank_day", "bank", "business_date"),
        Index("ix_payment_resembling", "counterparty_account", "amount_minor", "business_reference"),
    )

    payment_id: str = Field(primary_key=True)
    """Also our reference at the bank."""
    request_hash: str
    direction: str
    product: str
    bank: str = Field(index=True)
    branch: str
    counterparty_name: str
    counterparty_account: str
    counterparty_bank: str
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    purpose: str
    business_reference: str = Field(index=True)
    mandate: str
    replaces: str | None = Field(default=None, foreign_key="payment.payment_id")
    refunds: str | None = Field(default=None, index=True)
    even_if_duplicate: bool
    state: str = Field(index=True)
    sentence: str
    """Why it is in that state, for people."""
    ordered_by: str
    decided_by: str | None = None
    """Who released it, or decided on a contradiction."""
    ledger_account: str
    """The bank's account in the ledger."""
    other_account: str
    """The other side of the voucher."""
    parameters_version: int
    profile_version: int
    business_date: date
    """The day on which it goes out; limits per day count by it."""
    reserved_minor: int = Field(default=0, sa_type=BigInteger)
    """What was set aside for it in the ledger, expected fee included; 0 where no limit is kept."""
    bank_reference: str | None = None
    fee_minor: int | None = Field(default=None, sa_type=BigInteger)
    value_date: date | None = None
    voucher: str | None = None
    returned_minor: int = Field(default=0, sa_type=BigInteger)
    requested_at: datetime = instant(index=True)
    changed_at: datetime = instant()


class PaymentEventRow(SQLModel, table=True):
    """A payment came into a state."""

    __tablename__ = "payment_event"

    payment_event_id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    payment_id: str = Field(foreign_key="payment.payment_id", index=True)
    state: str
    sentence: str
    by: str
    at: datetime = instant()


class BankAttemptRow(SQLModel, table=True):
    """An instruction is about to be sent. Who finds this row does not send again."""

    __tablename__ = "bank_attempt"

    bank: str = Field(primary_key=True)
    reference: str = Field(primary_key=True)
    attempt: int = Field(primary_key=True)
    started_at: datetime = instant()
    answer: dict[str, Any] | None = document(nullable=True)
    """What the bank said to it; null while nobody knows."""


class BankAnswerRow(SQLModel, table=True):
    """One thing that a bank said about one order."""

    __tablename__ = "bank_answer"
    __table_args__ = (Index("ix_bank_answer_reference", "bank", "reference"),)

    bank_answer_id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    bank: str
    reference: str
    said: str
    heard: str
    bank_reference: str
    amount_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str | None = None
    code: str
    reason: str
    evidence: str
    heard_at: datetime = instant()


class BankDiscrepancyRow(SQLModel, table=True):
    """A bank said something that does not fit what is known, and nobody has settled it yet."""

    __tablename__ = "bank_discrepancy"
    __table_args__ = (UniqueConstraint("bank", "reference", "kind", "fingerprint"),)

    discrepancy_id: int | None = Field(default=None, primary_key=True)
    bank: str
    reference: str = Field(index=True)
    kind: str
    fingerprint: str
    """Tells repetitions of the same discrepancy from new ones."""
    sentence: str
    answer: dict[str, Any] = document()
    opened_at: datetime = instant()
    settled_at: datetime | None = instant(nullable=True)
    settled_by: str | None = None
    decision: str | None = None
    note: str | None = None
