"""Doing what receipts need: entering, moving, terminals, refunds, telling."""
