"""Every table, so that metadata is complete once this package is imported."""

from sqlmodel import SQLModel

from activities.store.tables import (
    bills,
    contracts,
    customers,
    debits,
    forwarding,
    house,
    lease,
    ledger,
    notices,
    payments,
    receipts,
)

metadata = SQLModel.metadata

__all__ = [
    "bills",
    "contracts",
    "customers",
    "debits",
    "forwarding",
    "house",
    "lease",
    "ledger",
    "metadata",
    "notices",
    "payments",
    "receipts",
]
