"""Workflow ids of bill monitoring: they carry business meaning, and commands find them by it."""

from __future__ import annotations

from datetime import date


def scan_workflow(key: date) -> str:
    """A scan ordered by a person: of a list date, or of the day it was ordered."""
    return f"bills-scan-{key}"


def upload_workflow(upload_id: str) -> str:
    return f"bills-scan-upload-{upload_id}"


def review_workflow(scan_id: str) -> str:
    """The review of a scan's doubtful records."""
    return f"bills-review-{scan_id}"


def warning_workflow(scan_id: str, officer: str) -> str:
    """The warning of an officer about a scan's findings."""
    return f"bills-warning-{scan_id}-{officer}"


def item_warning_workflow(item_id: str) -> str:
    """The warning about a finding that came of a review item."""
    return f"bills-warning-{item_id}"
