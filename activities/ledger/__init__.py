"""The ledger's hands: vouchers from events, previews, sealing, the shipped chart of accounts."""
