"""Signatures within PDFs: places for them, signing by digest, sealing, verifying."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from activities.ports.authority import Evidence, SigningSession
from models.lease.contract.verification import Verification

StampTime = Callable[[bytes], bytes]
"""Answers an RFC 3161 request; blocks."""


@dataclass(frozen=True, slots=True)
class SignaturePlace:
    """Where a signature is seen: a box in points from the lower left corner of a page."""

    field: str
    page: int
    """From 0."""
    box: tuple[int, int, int, int]
    """Left, lower, right, upper."""


@dataclass(frozen=True, slots=True)
class SealFace:
    """What is seen in the box: a round seal with a star for a firm, a square one for a person."""

    name: str
    is_organisation: bool


@dataclass(frozen=True, slots=True)
class CertificateHolder:
    """Whom a certificate names."""

    name: str
    identifier: str


@dataclass(frozen=True, slots=True)
class PreparedSignature:
    """A PDF with room for one signature, and what has to be signed; a crash does not change it."""

    pdf: bytes
    digest: str
    """SHA-256 of the signed attributes, in hexadecimal digits."""
    details: dict[str, str]
    """Where the signature goes, and the attributes."""


@dataclass(frozen=True, slots=True)
class SignedPdf:
    """A PDF with one more signature."""

    pdf: bytes
    signed_at: datetime
    """By the authority's timestamp."""
    subject: str
    serial: str


class PdfSignatures(Protocol):
    """PAdES. All of it is computing: it blocks, and belongs on a thread."""

    def with_places(self, pdf: bytes, places: Sequence[SignaturePlace]) -> bytes:
        """A PDF with empty signature fields."""
        ...

    def holder(self, certificate: bytes) -> CertificateHolder:
        """Whom a certificate (DER) names; nothing is said about whether to believe it."""
        ...

    def prepare(
        self, pdf: bytes, field: str, face: SealFace, certificate: bytes, chain: Sequence[bytes]
    ) -> PreparedSignature:
        """Leave room for a signature and compute what has to be signed."""
        ...

    def finish(
        self,
        prepared: PreparedSignature,
        session: SigningSession,
        stamp: StampTime,
    ) -> SignedPdf:
        """Put a signature with its timestamp in its place.

        Raises:
            UntrustedSignatureError: it does not fit what was to be signed or the certificate that was named
                then, or nobody whom we trust vouches for the certificate or the timestamp.
        """
        ...

    def seal(self, pdf: bytes, evidence: Evidence, stamp: StampTime) -> bytes:
        """Add what verifiers need later, and a timestamp over all of it.

        Raises:
            UntrustedSignatureError: nobody whom we trust vouches for the timestamp.
        """
        ...

    def verify(self, pdf: bytes, roots: bytes) -> Verification:
        """What can be said about a PDF's signatures without asking anybody.

        Args:
            pdf: the file.
            roots: certificates that are trusted, PEM.

        Raises:
            InvalidInputError: it is no PDF that can be read, or the roots are no certificates.
        """
        ...
