"""What verifying a signed paper finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FoundSignature:
    """One signature of a PDF."""

    field: str
    name: str
    """As the certificate says."""
    identifier: str
    signed_at: datetime | None
    """By a trusted timestamp; None where there is none."""
    chain: tuple[str, ...]
    """Subjects from the signer's certificate to the root."""
    covers: str
    """``whole file``, ``its revision`` or ``nothing``; what came after and should not have is a fault."""
    faults: tuple[str, ...] = ()
    """Why it does not hold; empty when it does."""

    @property
    def holds(self) -> bool:
        return not self.faults


@dataclass(frozen=True, slots=True)
class Verification:
    """All signatures of a PDF, and whether anything stands outside them."""

    signatures: tuple[FoundSignature, ...]
    sealed_at: datetime | None = None
    """By the timestamp over the finished file; None while signatures are missing."""
    faults: tuple[str, ...] = ()
    """About the file as a whole."""
    unsigned: tuple[str, ...] = ()
    """Fields in which nobody has signed yet."""

    @property
    def complete(self) -> bool:
        """Whether everybody has signed, and the paper was sealed with what verifiers need."""
        return not self.unsigned and self.sealed_at is not None

    @property
    def intact(self) -> bool:
        """Whether the paper stands as those who have signed did so."""
        return bool(self.signatures) and not self.faults and all(each.holds for each in self.signatures)
