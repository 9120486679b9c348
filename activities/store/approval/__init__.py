"""Approvals, their tasks and decisions, and who is absent."""
