"""A running plan: settled early, prepaid, restructured, overdue, replayed. Pure arithmetic."""
