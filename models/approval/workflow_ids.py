"""Workflow ids of approvals: commands find them by it."""

from __future__ import annotations


def approval_workflow(approval_id: str) -> str:
    return f"approval-{approval_id}"
