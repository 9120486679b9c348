"""Papers that applicants bring, drawn for demo and tests: licences, cards, invoices, bank statements."""
