"""Financing plans: how much falls due when, what of it is interest, and what it yields. Pure arithmetic."""
