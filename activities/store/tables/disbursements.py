"""Tables of disbursements: what is to be paid for a contract, how it was reviewed, what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from activities.store.tables.columns import identity, instant, texts


class DisbursementRow(SQLModel, table=True):
    """One disbursement as it stands now."""

    __tablename__ = "disbursement"
    __table_args__ = (Index("ix_disbursement_state_branch", "state", "branch"),)

    disbursement_id: str = Field(primary_key=True)
    """Of its first payment, too."""
    request_hash: str
    contract_number: str = Field(index=True, foreign_key="lease_contract.contract_number")
    application_id: str = Field(index=True)
    dealer: str
    branch: str
    payee_name: str
    payee_account: str
    payee_bank: str
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    bank: str
    """That pays."""
    purpose: str
    by_rules: bool
    """No reviewer need look."""
    cost_minor: int = Field(sa_type=BigInteger)
    """What the purchase put into the books as asset; the rest is input VAT."""
    purchase_voucher: str
    state: str
    sentence: str
    """Why it is in that state, for people."""
    step: int
    """Number of the workflow's step that wrote it last: what comes late does not overwrite."""
    payment_id: str = Field(default="", index=True)
    """Of the payment under way or last tried."""
    voucher: str = ""
    """Of the pay-out."""
    ordered_by: str
    captured_by: str
    corrected_by: str = ""
    """Who changed the account of the payee."""
    approved_by: str = ""
    locked_by: str = ""
    locked_until: datetime | None = instant(nullable=True)
    stopped_by: str = ""
    stop_reason: str = ""
    findings: list[str] = texts()
    """Of the last checks."""
    recovery: str = ""
    """What is to be done about money that is out and should not be."""
    ordered_at: datetime = instant(index=True)
    changed_at: datetime = instant()


class DisbursementEventRow(SQLModel, table=True):
    """What happened to a disbursement, in order, for people."""

    __tablename__ = "disbursement_event"
    __table_args__ = (UniqueConstraint("disbursement_id", "step"),)

    event_id: int | None = identity()
    disbursement_id: str = Field(foreign_key="disbursement.disbursement_id")
    step: int
    """Of the workflow; a repetition enters nothing."""
    state: str
    sentence: str
    by: str
    at: datetime = instant()
