"""The ledger's SQL: posting, holds, accounts, balances, statements, seals."""
