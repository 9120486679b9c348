"""Table of what banks told us without being asked, over their service interface."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from activities.store.tables.columns import document, instant


class BankNoticeRow(SQLModel, table=True):
    """One notice of a bank. A bank repeats itself until it is heard: id and content make repetitions one."""

    __tablename__ = "bank_notice"
    __table_args__ = (Index("ix_bank_notice_reference", "bank", "reference"),)

    bank: str = Field(primary_key=True)
    notice_id: str = Field(primary_key=True)
    fingerprint: str = Field(primary_key=True)
    """SHA-256 of what it says: other words under a known id are another notice, and are heard."""
    reference: str
    """Ours, where the bank carries it along."""
    kind: str
    """``order``, or ``incoming`` for money that came in."""
    said: dict[str, Any] = document()
    """The answer, or the line of money that came in."""
    evidence: str
    """SHA-256 of the kept message."""
    state: str = Field(index=True)
    taken_at: datetime = instant()
    told_at: datetime | None = instant(nullable=True)
    """When whom it concerns was told, or nobody needed to be; null while that is still to do."""
