"""Overdue-bill monitoring: scan the exchange's lists, have people settle doubts, warn officers."""
