"""Stock customers and the files they came from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from activities.store.tables.columns import instant, texts


class CustomerImportRow(SQLModel, table=True):
    """One customer file that was taken over."""

    __tablename__ = "customer_import"

    import_id: int | None = Field(default=None, primary_key=True)
    filename: str
    sha256: str
    customers: int
    imported_by: str
    imported_at: datetime = instant()


class CustomerRow(SQLModel, table=True):
    """A stock customer. One that a later full file no longer names is retired, not deleted."""

    __tablename__ = "customer"

    customer_id: str = Field(primary_key=True)
    name: str
    uscc: str | None = Field(default=None, index=True)
    region: str | None = None
    former_names: list[str] = texts()
    parent_customer_id: str | None = None
    officer: str | None = None
    exposure_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = "CNY"
    import_id: int = Field(foreign_key="customer_import.import_id")
    retired_at: datetime | None = instant(nullable=True)
