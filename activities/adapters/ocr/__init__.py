"""Reading documents: pages in, tables and forms found, cells read by an exchangeable engine."""
