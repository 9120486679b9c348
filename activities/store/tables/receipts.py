"""Tables of receipts, of the terminals that take cards, of refunds, and of customers' payment methods."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from activities.store.tables.columns import instant


class ReceiptRow(SQLModel, table=True):
    """One receipt as it stands now."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("channel", "reference_key"),
        Index("ix_receipt_channel_day", "channel", "business_date"),
        Index("ix_receipt_terminal", "terminal", "terminal_day"),
    )

    receipt_id: str = Field(primary_key=True)
    request_hash: str
    channel: str
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    payer_name: str
    payer_account: str
    payer_bank: str
    branch: str
    taken_by: str
    external_reference: str = Field(index=True)
    reference_key: str | None = None
    """Where the external reference is taken once; null once it came to nothing and may be taken again."""
    terminal: str = ""
    terminal_day: date | None = None
    card_type: str = ""
    mandate: str = ""
    business_date: date
    value_date: date
    state: str = Field(index=True)
    sentence: str
    """Why it is in that state, for people."""
    clearing_account: str
    bank_account: str
    profile_version: int
    bank_reference: str | None = None
    fee_minor: int = Field(default=0, sa_type=BigInteger)
    """Kept from the amount when it cleared."""
    charge_minor: int = Field(default=0, sa_type=BigInteger)
    """What the bank charged for a bounce."""
    collected_by: str | None = Field(default=None, foreign_key="payment.payment_id")
    """The payment that collects it and posts its vouchers; null where the receipt posts its own."""
    replaces: str | None = Field(default=None, foreign_key="receipt.receipt_id")
    replaced_by: str | None = None
    received_at: datetime = instant(index=True)
    cleared_at: datetime | None = instant(nullable=True)
    changed_at: datetime = instant()


class ReceiptPartRow(SQLModel, table=True):
    """A share of a receipt and what it is for; identifying puts new parts in the place of one."""

    __tablename__ = "receipt_part"

    receipt_id: str = Field(primary_key=True, foreign_key="receipt.receipt_id")
    part_no: int = Field(primary_key=True)
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    product: str
    business_reference: str = Field(index=True)
    """Empty while nobody knows what it is for."""
    credit_account: str
    superseded: bool = False


class ReceiptEventRow(SQLModel, table=True):
    """Something happened to a receipt."""

    __tablename__ = "receipt_event"

    receipt_event_id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    receipt_id: str = Field(foreign_key="receipt.receipt_id", index=True)
    state: str
    sentence: str
    by: str
    at: datetime = instant()


class ReceiptVoucherRow(SQLModel, table=True):
    """A journal that a receipt posted; a reversal takes back exactly these."""

    __tablename__ = "receipt_voucher"

    journal_key: str = Field(primary_key=True)
    receipt_id: str = Field(foreign_key="receipt.receipt_id", index=True)
    event: str
    voucher: str
    amount_minor: int = Field(sa_type=BigInteger)
    reversed_by: str | None = None
    """Voucher of the mirror."""
    posted_at: datetime = instant()


class RefundPartRow(SQLModel, table=True):
    """What an approved refund takes from a part of a receipt."""

    __tablename__ = "receipt_refund_part"
    __table_args__ = (
        ForeignKeyConstraint(["receipt_id", "part_no"], ["receipt_part.receipt_id", "receipt_part.part_no"]),
    )

    payment_id: str = Field(primary_key=True)
    """Not a foreign key: it is approved before the payment is entered."""
    part_no: int = Field(primary_key=True)
    receipt_id: str = Field(index=True)
    amount_minor: int = Field(sa_type=BigInteger)
    given_back_minor: int = Field(default=0, sa_type=BigInteger)
    """Of it, what was put back because the payment came to nothing or was returned."""
    account: str


class TerminalRow(SQLModel, table=True):
    """A card terminal as it stands now."""

    __tablename__ = "terminal"

    terminal: str = Field(primary_key=True)
    merchant_no: str
    branch: str
    state: str
    day: date | None = None
    """For which it is, or was last, open."""
    sentence: str
    registered_by: str
    registered_at: datetime = instant()
    changed_at: datetime = instant()


class TerminalEventRow(SQLModel, table=True):
    """A terminal came into a state."""

    __tablename__ = "terminal_event"

    terminal_event_id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    terminal: str = Field(foreign_key="terminal.terminal", index=True)
    state: str
    sentence: str
    by: str
    at: datetime = instant()


class TerminalDifferenceRow(SQLModel, table=True):
    """A difference between a terminal's slips and the acquirer, and what a person decided."""

    __tablename__ = "terminal_difference"

    terminal: str = Field(primary_key=True, foreign_key="terminal.terminal")
    day: date = Field(primary_key=True)
    number: int = Field(primary_key=True)
    kind: str
    sentence: str
    trace_no: str
    receipt_id: str
    found_at: datetime = instant()
    decision: str | None = None
    decided_by: str | None = None
    note: str | None = None
    decided_at: datetime | None = instant(nullable=True)


class PaymentMethodRow(SQLModel, table=True):
    """A version of how a business reference is paid; nothing is deleted."""

    __tablename__ = "payment_method"

    business_reference: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    kind: str
    account: str
    account_name: str
    bank: str
    """CNAPS code or BIC of the bank that keeps the account."""
    mandate: str
    mandate_signed: date | None = None
    valid_from: date
    state: str = Field(index=True)
    """proposed, approved or turned-down."""
    changed_by: str
    reason: str
    proposed_at: datetime = instant()
    decided_by: str | None = None
    decided_at: datetime | None = instant(nullable=True)
    note: str | None = None
    rewritten: int | None = None
    """Open dues that were brought to it when it was approved."""
