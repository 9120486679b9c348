"""Disbursement: reviewed, locked, stopped by fraud feedback, paid, told to finance at once."""
