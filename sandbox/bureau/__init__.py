"""A played credit bureau."""

from sandbox.bureau.office import open_office

__all__ = ["open_office"]
