"""A played pool of anti-fraud data."""

from sandbox.antifraud.office import open_office

__all__ = ["open_office"]
