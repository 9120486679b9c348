"""Pre-approval: outside data and the house's own, weighed by decision tables that show their reasons."""
