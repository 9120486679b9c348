"""Played partner systems: a finance system behind HTTP, a core system behind NATS."""
