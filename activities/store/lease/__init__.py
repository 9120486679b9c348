"""All SQL of leases: applications, documents, screening, contracts, disbursements."""
