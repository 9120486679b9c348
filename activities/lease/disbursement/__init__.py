"""Disbursements done: entered with their purchase, checked right before the money goes, noted, withdrawn."""
