"""What an audit of the ledger found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was posted or sealed."""

    check: str
    """One of ``seal``, ``chain``, ``balance``, ``numbers``, ``stored-balance``, ``holds``, ``snapshot`` and
    ``guard``."""
    what: str
    """What differs, for people."""
    block: int | None = None
    journal_id: int | None = None
    voucher: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """A whole audit."""

    journals: int
    sealed: int
    blocks: int
    head: str
    """Hash of the newest block; kept elsewhere, it can be given back with ``--expect``."""
    faults: tuple[Fault, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.faults
