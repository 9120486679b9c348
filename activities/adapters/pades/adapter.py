"""The port, on top of the modules beside this one, which import pyhanko (0.5 s) only when called."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from activities.ports.authority import Evidence, SigningSession
from activities.ports.pdf_signatures import (
    CertificateHolder,
    PdfSignatures,
    PreparedSignature,
    SealFace,
    SignaturePlace,
    SignedPdf,
    StampTime,
)
from models.lease.contract.verification import Verification


class PyhankoSignatures(PdfSignatures):
    """See `PdfSignatures`.

    Args:
        roots: gives the certificates that are trusted when signing, PEM.
    """

    def __init__(self, roots: Callable[[], bytes]) -> None:
        self._roots = roots

    def with_places(self, pdf: bytes, places: Sequence[SignaturePlace]) -> bytes:
        """See `PdfSignatures.with_places`."""
        from activities.adapters.pades import signing  # noqa: PLC0415

        return signing.with_places(pdf, places)

    def holder(self, certificate: bytes) -> CertificateHolder:
        """See `PdfSignatures.holder`."""
        from activities.adapters.pades.trust import holder_of  # noqa: PLC0415

        return holder_of(certificate)

    def prepare(
        self, pdf: bytes, field: str, face: SealFace, certificate: bytes, chain: Sequence[bytes]
    ) -> PreparedSignature:
        """See `PdfSignatures.prepare`."""
        from activities.adapters.pades import signing  # noqa: PLC0415

        return signing.prepare(pdf, field, face, certificate, chain)

    def finish(
        self,
        prepared: PreparedSignature,
        session: SigningSession,
        stamp: StampTime,
    ) -> SignedPdf:
        """See `PdfSignatures.finish`."""
        from activities.adapters.pades import signing  # noqa: PLC0415
        from activities.adapters.pades.trust import load_roots  # noqa: PLC0415

        return signing.finish(prepared, session, stamp, load_roots(self._roots()))

    def seal(self, pdf: bytes, evidence: Evidence, stamp: StampTime) -> bytes:
        """See `PdfSignatures.seal`."""
        from activities.adapters.pades import signing  # noqa: PLC0415
        from activities.adapters.pades.trust import load_roots  # noqa: PLC0415

        return signing.seal(pdf, evidence, stamp, load_roots(self._roots()))

    def verify(self, pdf: bytes, roots: bytes) -> Verification:
        """See `PdfSignatures.verify`."""
        from activities.adapters.pades import verifying  # noqa: PLC0415

        return verifying.verify(pdf, roots)
