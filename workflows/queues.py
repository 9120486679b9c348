"""The task queues, one for each kind of work that is scaled by itself."""

from __future__ import annotations

from enum import StrEnum


class Queue(StrEnum):
    """A task queue and what its workers do."""

    ENGINE = "leaseflow-engine"
    """Workflows, and activities that take milliseconds."""
    CRAWL = "leaseflow-crawl"
    """The browser robot; few at once."""
    OCR = "leaseflow-ocr"
    """Reading documents; as many at once as there are cores."""
    ANALYSIS = "leaseflow-analysis"
    """Matching and reports: seconds of computing."""

    FORWARDING = "leaseflow-forwarding"
    """Carrying messages to and from partner systems: steps that last an hour and mostly wait."""
    BANKS = "leaseflow-banks"
    """Every bank's own queue, see `bank_queue`: each has its rate limit, and one bank's silence
    holds up no other."""

    OFFICES = "leaseflow-offices"
    """Asking bureaus, signing services and registries: steps that mostly wait for answers."""

    @property
    def short(self) -> str:
        """The name that people type: ``crawl``."""
        return self.value.removeprefix("leaseflow-")


def bank_queue(code: str) -> str:
    """The task queue of what one bank is asked."""
    return f"leaseflow-bank-{code}"
