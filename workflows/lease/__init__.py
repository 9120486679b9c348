"""Workflows of leases: application, contract, disbursement."""
