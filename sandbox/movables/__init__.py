"""The unified registry of movables, played: registrations, certificates, collisions, misbehaviour."""

from __future__ import annotations

from sandbox.movables.office import open_office

__all__ = ["open_office"]
