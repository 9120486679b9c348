"""A running lease: what is due, what was paid, what is owed today, and what changes it. Pure arithmetic."""
