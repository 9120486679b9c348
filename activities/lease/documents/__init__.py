"""Documents of lease applications: read, understood, kept; and which are missing."""
