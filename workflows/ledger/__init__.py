"""When the ledger does things by itself: sealing."""
