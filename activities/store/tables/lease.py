"""Tables of lease applications: what was stated, what became of it, what was offered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from activities.store.tables.columns import document, identity, instant, texts


class LeaseApplicationRow(SQLModel, table=True):
    """One application as it stands now."""

    __tablename__ = "lease_application"
    __table_args__ = (Index("ix_lease_application_dealer_state", "dealer", "state"),)

    application_id: str = Field(primary_key=True)
    product: str
    branch: str
    region: str
    dealer: str
    lessee_name: str
    lessee_identifier: str = Field(index=True)
    title: str
    price_minor: int = Field(sa_type=BigInteger)
    financed_minor: int = Field(sa_type=BigInteger)
    currency: str
    state: str = Field(index=True)
    sentence: str = ""
    """Why it is in that state, for people."""
    version: int
    """Of the form, from 1."""
    round: int = 1
    """How often it was decided, and is being decided now."""
    grade: str = ""
    contract_number: str | None = Field(default=None, unique=True)
    captured_by: str
    opened_at: datetime = instant(index=True)
    changed_at: datetime = instant()


class LeaseFormRow(SQLModel, table=True):
    """A version of the form of an application; never changed."""

    __tablename__ = "lease_form"

    application_id: str = Field(primary_key=True, foreign_key="lease_application.application_id")
    version: int = Field(primary_key=True)
    form: dict[str, Any] = document()
    form_sha256: str
    captured_by: str
    entered_at: datetime = instant()


class LeasePartyRow(SQLModel, table=True):
    """A party of the form in force, by which applications are found."""

    __tablename__ = "lease_party"
    __table_args__ = (
        ForeignKeyConstraint(["application_id"], ["lease_application.application_id"]),
        Index("ix_lease_party_identifier", "identifier"),
    )

    application_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    """As in the form, from 0."""
    role: str
    kind: str
    name: str
    identifier: str


class LeaseAssetRow(SQLModel, table=True):
    """An asset of the form in force: nothing is leased twice."""

    __tablename__ = "lease_asset"
    __table_args__ = (
        ForeignKeyConstraint(["application_id"], ["lease_application.application_id"]),
        Index("ix_lease_asset_identifier", "identifier"),
    )

    application_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    kind: str
    identifier: str
    description: str
    price_minor: int = Field(sa_type=BigInteger)


class LeaseOfferRow(SQLModel, table=True):
    """What was offered in a round of an application."""

    __tablename__ = "lease_offer"

    application_id: str = Field(primary_key=True, foreign_key="lease_application.application_id")
    round: int = Field(primary_key=True)
    terms_sha256: str
    """Of the kept ``AgreedTerms``."""
    conditions: list[str] = texts()
    """For people."""
    valid_until: datetime = instant()
    by_rules: bool = False
    """Nobody was asked: the rules' own word stood."""
    state: str
    """``open``, ``accepted``, ``declined``, ``lapsed``."""
    decided_by: str | None = None
    decided_at: datetime | None = instant(nullable=True)


class LeaseEventRow(SQLModel, table=True):
    """What happened to an application, in order, for people."""

    __tablename__ = "lease_event"

    event_id: int | None = identity()
    application_id: str = Field(index=True, foreign_key="lease_application.application_id")
    key: str = Field(unique=True)
    """Names the step that wrote it: a repetition enters nothing."""
    at: datetime = instant()
    by: str
    state: str
    sentence: str
