"""Tables of the ledger. Journals, lines, seals and events are append-only: triggers refuse everything else.

What tables cannot say (checks, triggers, functions, grants) stands in ``activities/store/ledger/sql``.
Signed amounts are in minor units, debit positive; amounts of holds and floors count along the account's
normal side.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE
from sqlmodel import Field, SQLModel

from activities.store.tables.columns import document, identity, instant


class AccountRow(SQLModel, table=True):
    """An account of one book, branch and currency. Its code never changes and it is never deleted."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("book", "code", "branch", "currency"),
        UniqueConstraint("account_id", "currency"),  # what lines refer to: their currency is the account's
    )

    account_id: int | None = identity()
    book: str
    code: str
    branch: str
    currency: str
    name: str
    english_name: str
    category: str
    """``asset``, ``liability``, ``equity``, ``income`` or ``expense``."""
    normal_side: str
    """``debit`` or ``credit``: the side on which the account grows."""
    status: str
    """``open``, ``blocked`` (for a while) or ``closed`` (for good)."""
    floor_minor: int | None = Field(default=None, sa_type=BigInteger)
    """The balance must not fall below it; null where no limit is enforced and no balance is stored."""
    opened_by: str
    opened_at: dt.datetime = instant()


class BalanceRow(SQLModel, table=True):
    """The stored balance of an account with a floor, kept by the posting function under row lock."""

    __tablename__ = "ledger_balance"

    account_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="ledger_account.account_id")
    balance_minor: int = Field(sa_type=BigInteger)
    held_minor: int = Field(sa_type=BigInteger)


class JournalRow(SQLModel, table=True):
    """One journal: a voucher of balanced lines, under a key that posts once."""

    __tablename__ = "ledger_journal"
    __table_args__ = (
        UniqueConstraint("book", "idempotency_key"),
        # the book does not lead: a lookup of a key must never be planned over the numbers of its book
        UniqueConstraint("voucher_month", "book", "voucher_number"),
        UniqueConstraint("reverses"),
        Index("ix_ledger_journal_business_date", "business_date"),
    )

    journal_id: int | None = identity()
    book: str
    idempotency_key: str
    request_hash: bytes = Field(sa_type=LargeBinary)
    kind: str
    business_date: dt.date
    value_date: dt.date
    voucher_month: dt.date
    """The first day of the month."""
    voucher_number: int
    """Gapless within book and month, from 1."""
    reverses: int | None = Field(default=None, sa_type=BigInteger, foreign_key="ledger_journal.journal_id")
    narrative: str
    source: str
    """The workflow or command that asked for it."""
    posted_by: str
    posted_at: dt.datetime = instant()
    entered_xid: int = Field(
        sa_type=BigInteger,
        sa_column_kwargs={"server_default": text("pg_current_xact_id()::text::bigint")},
    )
    """The transaction that entered it: lines of any other are refused."""


class LineRow(SQLModel, table=True):
    """One line of a journal."""

    __tablename__ = "ledger_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "currency"], ["ledger_account.account_id", "ledger_account.currency"]
        ),
        Index("ix_ledger_line_account", "account_id", "journal_id"),
    )

    journal_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="ledger_journal.journal_id")
    line_no: int = Field(primary_key=True)
    account_id: int = Field(sa_type=BigInteger)
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    reference: str


class VoucherCounterRow(SQLModel, table=True):
    """The last voucher number of a book and month."""

    __tablename__ = "ledger_voucher_counter"

    book: str = Field(primary_key=True)
    month: dt.date = Field(primary_key=True)
    last: int


class PeriodRow(SQLModel, table=True):
    """A closed month. It and every earlier one take no more postings."""

    __tablename__ = "ledger_period"

    book: str = Field(primary_key=True)
    month: dt.date = Field(primary_key=True)
    closed_by: str
    closed_at: dt.datetime = instant()


class HoldRow(SQLModel, table=True):
    """An amount set aside for an effect that is under way. Its state ends once and for good."""

    __tablename__ = "ledger_hold"
    __table_args__ = (
        UniqueConstraint("book", "hold_key"),
        Index("ix_ledger_hold_open", "expires_at", postgresql_where=text("state = 'reserved'")),
        Index("ix_ledger_hold_account", "account_id"),
    )

    hold_id: int | None = identity()
    book: str
    hold_key: str
    request_hash: bytes = Field(sa_type=LargeBinary)
    account_id: int = Field(sa_type=BigInteger, foreign_key="ledger_account.account_id")
    amount_minor: int = Field(sa_type=BigInteger)
    state: str
    """``reserved``, then one of ``captured``, ``voided`` and ``expired``."""
    expires_at: dt.datetime = instant()
    reason: str
    source: str
    reserved_at: dt.datetime = instant()


class HoldEventRow(SQLModel, table=True):
    """Each state that a hold came to, and why."""

    __tablename__ = "ledger_hold_event"

    hold_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="ledger_hold.hold_id")
    state: str = Field(primary_key=True)
    journal_key: str | None = None
    """The journal that captured it."""
    reason: str
    happened_at: dt.datetime = instant()


class SnapshotRow(SQLModel, table=True):
    """What an account of many lines came to, up to a journal below which nothing can appear any more."""

    __tablename__ = "ledger_snapshot"

    account_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="ledger_account.account_id")
    up_to_journal_id: int = Field(primary_key=True, sa_type=BigInteger)
    balance_minor: int = Field(sa_type=BigInteger)
    line_count: int = Field(sa_type=BigInteger)
    taken_at: dt.datetime = instant()


class SealRow(SQLModel, table=True):
    """A block of journals under one hash, chained to the block before."""

    __tablename__ = "ledger_seal"

    block_no: int = Field(primary_key=True, sa_type=BigInteger)
    first_journal_id: int = Field(sa_type=BigInteger)
    last_journal_id: int = Field(sa_type=BigInteger)
    journal_count: int
    journals: Any = Field(sa_type=INT8MULTIRANGE, nullable=False)
    """Exactly which ids it holds: a journal that commits late goes into a later block."""
    digests: bytes = Field(sa_type=LargeBinary)
    """Of each journal in order 16 bytes for its head and 16 for its lines: they say what differs."""
    previous_hash: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)
    snapshot_xmax: int = Field(sa_type=BigInteger)
    """Transactions from here on had not begun: once all below have ended, no journal with an id up to
    ``last_journal_id`` can appear."""
    settled_journal_id: int = Field(sa_type=BigInteger)
    """Every journal up to this id is sealed, and no other can appear any more."""
    sealed_at: dt.datetime = instant()


class BusinessEventRow(SQLModel, table=True):
    """A business event that a voucher template posted; templates are previewed against these."""

    __tablename__ = "ledger_business_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["book", "event_key"], ["ledger_journal.book", "ledger_journal.idempotency_key"]
        ),
        Index("ix_ledger_business_event_date", "business_date"),
    )

    book: str = Field(primary_key=True)
    event_key: str = Field(primary_key=True)
    """Also the key of the journal that it posted."""
    event: str
    product: str
    business_date: dt.date
    body: dict[str, Any] = document()
    templates_version: int
    recorded_at: dt.datetime = instant()
