"""Workflow ids of payments: they carry business meaning, and commands find them by it."""

from __future__ import annotations


def payment_workflow(payment_id: str) -> str:
    return f"payment-{payment_id}"


def return_workflow(payment_id: str) -> str:
    """Booking back a settled payment."""
    return f"payment-return-{payment_id}"


def batch_workflow(batch_id: str) -> str:
    return f"debit-batch-{batch_id}"


def mailbox_workflow(bank: str) -> str:
    return f"bank-mailbox-{bank}"
