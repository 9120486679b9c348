"""Approvals: opened, decided, escalated."""
