"""What runs: worker processes, their wiring and settings, and the embedded stack."""
