"""Workflow ids of receipts: they carry business meaning, and commands find them by it."""

from __future__ import annotations

from datetime import date


def receipt_workflow(receipt_id: str) -> str:
    return f"receipt-{receipt_id}"


def terminal_day_workflow(terminal: str, day: date) -> str:
    return f"terminal-day-{terminal}-{day.isoformat()}"


def refund_workflow(payment_id: str) -> str:
    """Around the payment that gives money back."""
    return f"refund-{payment_id}"
