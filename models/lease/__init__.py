"""Leases: from an application to a contract that is signed, registered, paid and ready to be serviced."""
