"""Contracts: drawn up, numbered, signed by all sides, registered, amended."""
