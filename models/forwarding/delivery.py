"""What a partner system says to a delivery."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Said(StrEnum):
    """How a delivery ended, as far as we know."""

    TAKEN = "taken"
    """The partner has it."""
    UNAVAILABLE = "unavailable"
    """The partner takes nothing now, or its answer was lost: the same message is sent again."""
    REFUSED = "refused"
    """The partner looked at this message and does not want it; others may go through."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The partner's answer to one delivery."""

    said: Said
    reason: str = ""
    """For people: ``503``, ``no answer in 5 s``."""
    receipt: str = ""
    """The partner's own name for what it took."""
    wait_seconds: float | None = None
    """How long the partner asks us to wait."""
