"""Approval by authority: tiers, four eyes, locks, conditions, returns, deadlines. For any process."""
