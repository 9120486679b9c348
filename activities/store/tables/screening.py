"""Tables of pre-approval: dealers, the blacklist, groups of customers, outside answers, screenings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from activities.store.tables.columns import document, identity, instant


class DealerRow(SQLModel, table=True):
    """A dealer: a plain record that pre-approval checks."""

    __tablename__ = "dealer"

    code: str = Field(primary_key=True)
    name: str
    identifier: str = Field(unique=True)
    """USCC."""
    rating: str
    """``A`` (best) to ``D``."""
    limit_minor: int = Field(sa_type=BigInteger)
    """What may be outstanding of applications that came through the dealer."""
    currency: str = "CNY"
    status: str
    changed_at: datetime = instant()


class DealerEventRow(SQLModel, table=True):
    """What was changed about a dealer, by whom and why."""

    __tablename__ = "dealer_event"

    event_id: int | None = identity()
    dealer: str = Field(foreign_key="dealer.code", index=True)
    change: str
    """``status active → suspended``."""
    reason: str
    by: str
    at: datetime = instant()


class BlacklistEntryRow(SQLModel, table=True):
    """Somebody or something that the house does no business with. Never deleted: lifted, with a reason."""

    __tablename__ = "blacklist_entry"
    __table_args__ = (Index("ix_blacklist_entry_value", "kind", "value"),)

    entry_id: int | None = identity()
    kind: str
    value: str
    """As compared: capitals, no blanks."""
    name: str = ""
    reason: str
    in_force_from: date
    in_force_until: date | None = None
    """Last day; none for good."""
    entered_by: str
    entered_at: datetime = instant()
    lifted_by: str | None = None
    lifted_at: datetime | None = instant(nullable=True)
    lifted_because: str | None = None


class BlacklistHitRow(SQLModel, table=True):
    """An entry that was met, and by which rule."""

    __tablename__ = "blacklist_hit"
    __table_args__ = (
        UniqueConstraint("entry_id", "application_id", "round", "occasion", "rule", name="uq_blacklist_hit"),
    )

    hit_id: int | None = identity()
    entry_id: int = Field(sa_type=BigInteger, foreign_key="blacklist_entry.entry_id")
    application_id: str = Field(foreign_key="lease_application.application_id", index=True)
    round: int
    occasion: str
    rule: str
    """Which statement of the application it fits: ``lessee``, ``phone of guarantor``, ``asset 1``."""
    at: datetime = instant()


class RelationRow(SQLModel, table=True):
    """Which group a customer belongs to, and whether it is a related party of the house."""

    __tablename__ = "customer_relation"

    identifier: str = Field(primary_key=True)
    name: str = ""
    group_code: str = Field(default="", index=True)
    """Empty for none."""
    related: bool = False
    note: str = ""
    entered_by: str
    entered_at: datetime = instant()


class OutsideAnswerRow(SQLModel, table=True):
    """What an outside source said of a party, or why it said nothing. Asked once for each key."""

    __tablename__ = "outside_answer"
    __table_args__ = (Index("ix_outside_answer_party", "application_id", "source", "party"),)

    application_id: str = Field(primary_key=True, foreign_key="lease_application.application_id")
    version: int = Field(primary_key=True)
    round: int = Field(primary_key=True)
    source: str = Field(primary_key=True)
    party: str = Field(primary_key=True)
    reference: str = Field(index=True)
    """Ours, under which the source was asked; of an earlier key where its answer was used again."""
    consent: str
    """What entitles the house to ask."""
    sha256: str | None = Field(default=None, foreign_key="document.sha256")
    """Of the answer as it came."""
    findings: dict[str, Any] | None = document(nullable=True)
    """As it was read."""
    fault: str = ""
    """Why there is none: unknown."""
    charges: int = 1
    """How often the source charged for it; more than one is to be disputed."""
    asked_at: datetime = instant()


class LeaseScreeningRow(SQLModel, table=True):
    """One screening: what was known, and what the tables made of it."""

    __tablename__ = "lease_screening"
    __table_args__ = (Index("ix_lease_screening_at", "screened_at"),)

    application_id: str = Field(primary_key=True, foreign_key="lease_application.application_id")
    round: int = Field(primary_key=True)
    version: int = Field(primary_key=True)
    advice: str
    grade: str
    points: int
    reasons: list[dict[str, Any]] = document()
    facts: dict[str, Any] = document()
    tables: str
    """Name of the set of tables."""
    parameters_version: int
    trace_sha256: str = Field(foreign_key="document.sha256")
    screened_at: datetime = instant()
