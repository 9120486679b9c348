"""Payments: what goes out to banks, what comes in, and what is known of each."""
