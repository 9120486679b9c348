"""Workflow ids of store-and-forward."""

from __future__ import annotations

from datetime import date


def outbox_workflow(partner: str) -> str:
    """Delivers to one partner system, for as long as it is ours."""
    return f"outbox-{partner}"


def inbox_workflow(partner: str) -> str:
    """Takes in and handles what one partner system sends."""
    return f"inbox-{partner}"


def check_workflow(partner: str, day: date) -> str:
    """Compares one day's books with one partner system."""
    return f"consistency-{partner}-{day.isoformat()}"
