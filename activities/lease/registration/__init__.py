"""Registrations of movables: entered once, read back, taken out."""
