"""What the ledger knows: journals, holds, accounts, events, voucher templates, seals."""
