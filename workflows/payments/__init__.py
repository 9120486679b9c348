"""Payment processes: one payment, what comes back, batches of debits, receipts."""
