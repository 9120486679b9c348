"""Tables of bulk debits and of the files that pass between banks and us."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from activities.store.tables.columns import document, instant


class DebitDueRow(SQLModel, table=True):
    """An amount that is to be collected from somebody; collected at most once at a time."""

    __tablename__ = "debit_due"
    __table_args__ = (Index("ix_debit_due_open", "bank", "state", "next_try"),)

    due_id: str = Field(primary_key=True)
    """Business key: contract and instalment."""
    bank: str
    branch: str
    product: str
    business_reference: str = Field(index=True)
    debtor_name: str
    debtor_account: str
    debtor_bank: str
    mandate: str
    mandate_signed: date
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    due_date: date
    state: str
    """open, in-batch, collected, routed or withdrawn."""
    tries: int = 0
    next_try: date
    sentence: str = ""
    """Why it is in that state."""
    entered_at: datetime = instant()
    changed_at: datetime = instant()


class DebitBatchRow(SQLModel, table=True):
    """Debits that go out together."""

    __tablename__ = "debit_batch"

    batch_id: str = Field(primary_key=True)
    bank: str
    product: str
    collection_date: date
    state: str = Field(index=True)
    sentence: str
    items: int
    total_minor: int = Field(sa_type=BigInteger)
    left_out: int
    currency: str
    ledger_account: str
    other_account: str
    profile_version: int
    ordered_by: str
    decided_by: str | None = None
    built_at: datetime = instant()
    changed_at: datetime = instant()
    closed_at: datetime | None = instant(nullable=True)


class DebitItemRow(SQLModel, table=True):
    """One debit of a batch: one try to collect one due."""

    __tablename__ = "debit_item"
    __table_args__ = (
        UniqueConstraint("bank", "reference"),
        Index("ix_debit_item_state", "batch_id", "state"),
    )

    batch_id: str = Field(primary_key=True, foreign_key="debit_batch.batch_id")
    item_no: int = Field(primary_key=True)
    due_id: str = Field(foreign_key="debit_due.due_id", index=True)
    bank: str
    reference: str
    """Our end-to-end reference."""
    business_reference: str
    branch: str
    debtor_name: str
    debtor_account: str
    debtor_bank: str
    mandate: str
    mandate_signed: date
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    state: str
    code: str = ""
    reason: str = ""
    bank_reference: str = ""
    value_date: date | None = None
    settled_in: str = ""
    """Kind of file that said so: other kinds may number the same booking differently."""
    return_date: date | None = None
    """Value date of the return."""
    voucher: str | None = None
    return_voucher: str | None = None
    file_id: str | None = None
    changed_at: datetime = instant()


class BankFileRow(SQLModel, table=True):
    """A file that went to a bank or came from one; its content is a kept document."""

    __tablename__ = "bank_file"
    __table_args__ = (UniqueConstraint("bank", "way", "name", "sha256"),)

    file_id: str = Field(primary_key=True)
    bank: str = Field(index=True)
    way: str
    """``out`` or ``in``."""
    name: str
    sha256: str
    kind: str
    """``pain.008``, ``camt.054`` …; empty until it was read."""
    message_id: str = Field(default="", index=True)
    batch_id: str | None = Field(default=None, foreign_key="debit_batch.batch_id", index=True)
    state: str
    """out: made, sending, sent; in: kept, applied, unreadable."""
    items: int = 0
    total_minor: int = Field(default=0, sa_type=BigInteger)
    outcome: dict[str, Any] | None = document(nullable=True)
    sentence: str = ""
    made_at: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)
    """When it was sent, or applied."""
