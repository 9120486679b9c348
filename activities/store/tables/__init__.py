"""Every table, so that metadata is complete once this package is imported."""

from sqlmodel import SQLModel

from activities.store.tables import (
    approvals,
    bills,
    contracts,
    customers,
    debits,
    disbursements,
    forwarding,
    house,
    lease,
    lease_documents,
    ledger,
    notices,
    payments,
    receipts,
    screening,
)

metadata = SQLModel.metadata

__all__ = [
    "approvals",
    "bills",
    "contracts",
    "customers",
    "debits",
    "disbursements",
    "forwarding",
    "house",
    "lease",
    "lease_documents",
    "ledger",
    "metadata",
    "notices",
    "payments",
    "receipts",
    "screening",
]
