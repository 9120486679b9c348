"""Every table, so that metadata is complete once this package is imported."""

from sqlmodel import SQLModel

from activities.store.tables import bills, customers, house, ledger

metadata = SQLModel.metadata

__all__ = ["bills", "customers", "house", "ledger", "metadata"]
