"""What is done for leases: applications, documents, screening, contracts, disbursements."""
