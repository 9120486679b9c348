"""The ways out to people and systems, as far as they are configured."""

from __future__ import annotations

