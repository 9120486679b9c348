"""From a PDF to a signed one: places, a prepared signature, the finished one, the seal."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from io import BytesIO
from typing import Final

from asn1crypto import cms, crl, ocsp, x509
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers import (
    ExternalSigner,
    PdfSignatureMetadata,
    PdfSigner,
    PdfTimeStamper,
)
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from activities.adapters.pades.seals import draw_seal
from activities.adapters.pades.stamping import AskedTimeStamper
from activities.adapters.pades.trust import check_certificate, check_same_certificate, check_signature
from activities.ports.authority import Evidence, SigningSession
from activities.ports.pdf_signatures import (
    PreparedSignature,
    SealFace,
    SignaturePlace,
    SignedPdf,
    StampTime,
)

DIGEST: Final = "sha256"
_ROOM: Final = 32_768
"""Hexadecimal digits kept for a signature: 16 KiB take long chains and their timestamp."""


def with_places(pdf: bytes, places: Sequence[SignaturePlace]) -> bytes:
    """See `PdfSignatures.with_places`."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    for place in places:
        append_signature_field(
            writer, SigFieldSpec(sig_field_name=place.field, on_page=place.page, box=place.box)
        )
    return _written(writer)


def prepare(
    pdf: bytes, field: str, face: SealFace, certificate: bytes, chain: Sequence[bytes]
) -> PreparedSignature:
    """See `PdfSignatures.prepare`."""
    return asyncio.run(_prepare(pdf, field, face, certificate, chain))


async def _prepare(
    pdf: bytes, field: str, face: SealFace, certificate: bytes, chain: Sequence[bytes]
) -> PreparedSignature:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    first = not writer.prev.embedded_signatures
    metadata = PdfSignatureMetadata(
        field_name=field,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        name=face.name,
        certify=first,
        # nothing but further signatures may follow the first one
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    signer = _signer(certificate, chain)
    style = _seal_style(writer.prev, field, face)
    pdf_signer = PdfSigner(metadata, signer=signer, stamp_style=style)
    digest, _, output = await pdf_signer.async_digest_doc_for_signing(
        writer, existing_fields_only=True, bytes_reserved=_ROOM
    )
    attributes: bytes = (await signer.signed_attrs(digest.document_digest, DIGEST, use_pades=True)).dump()
    return PreparedSignature(
        pdf=_content(output),
        digest=hashlib.sha256(attributes).hexdigest(),
        details={
            "document": digest.document_digest.hex(),
            "start": str(digest.reserved_region_start),
            "end": str(digest.reserved_region_end),
            "attributes": attributes.hex(),
        },
    )


def finish(
    prepared: PreparedSignature,
    session: SigningSession,
    stamp: StampTime,
    roots: Sequence[x509.Certificate],
) -> SignedPdf:
    """See `PdfSignatures.finish`."""
    return asyncio.run(_finish(prepared, session, stamp, roots))


async def _finish(
    prepared: PreparedSignature,
    session: SigningSession,
    stamp: StampTime,
    roots: Sequence[x509.Certificate],
) -> SignedPdf:
    details = prepared.details
    attributes = cms.CMSAttributes.load(bytes.fromhex(details["attributes"]))
    check_same_certificate(session.certificate, attributes)
    check_signature(session.certificate, attributes.dump(), session.signature)
    signer = _signer(session.certificate, session.evidence.chain, session.signature)
    stamper = AskedTimeStamper(stamp)
    container = await signer.async_sign_prescribed_attributes(
        DIGEST, signed_attrs=attributes, timestamper=stamper
    )
    signed_at = await stamper.checked(session.evidence, roots)
    await check_certificate(session.certificate, session.evidence, roots, at=signed_at)
    output = BytesIO(prepared.pdf)
    place = PreparedByteRangeDigest(
        bytes.fromhex(details["document"]), int(details["start"]), int(details["end"])
    )
    place.fill_with_cms(output, container)
    certificate = x509.Certificate.load(session.certificate)
    return SignedPdf(
        pdf=output.getvalue(),
        signed_at=signed_at,
        subject=certificate.subject.human_friendly,
        serial=f"{certificate.serial_number:x}",
    )


def seal(pdf: bytes, evidence: Evidence, stamp: StampTime, roots: Sequence[x509.Certificate]) -> bytes:
    """See `PdfSignatures.seal`."""
    return asyncio.run(_seal(pdf, evidence, stamp, roots))


async def _seal(pdf: bytes, evidence: Evidence, stamp: StampTime, roots: Sequence[x509.Certificate]) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[x509.Certificate.load(each) for each in evidence.chain],
        ocsps=[ocsp.OCSPResponse.load(each) for each in evidence.ocsp],
        crls=[crl.CertificateList.load(each) for each in evidence.crls],
    )
    stamper = AskedTimeStamper(stamp)
    sealing = PdfTimeStamper(stamper, field_name="seal")
    output = await sealing.async_timestamp_pdf(writer, DIGEST, bytes_reserved=_ROOM)
    await stamper.checked(evidence, roots)
    return _content(output)


def _signer(certificate: bytes, chain: Sequence[bytes], signature: bytes | None = None) -> ExternalSigner:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([x509.Certificate.load(each) for each in chain])
    return ExternalSigner(
        signing_cert=x509.Certificate.load(certificate), cert_registry=store, signature_value=signature
    )


def _seal_style(reader: PdfFileReader, field: str, face: SealFace) -> StaticStampStyle:
    left, lower, right, upper = _box(reader, field)
    width, height = right - left, upper - lower
    drawing = RawContent(draw_seal(face, width, height), box=BoxConstraints(width=width, height=height))
    return StaticStampStyle(background=drawing, border_width=0)


def _box(reader: PdfFileReader, field: str) -> tuple[float, float, float, float]:
    """The visible box of a signature field.

    Raises:
        LookupError: the PDF has no such field.
    """
    for each in reader.root["/AcroForm"]["/Fields"]:
        found = each.get_object()
        if found["/T"] == field:
            left, lower, right, upper = (float(edge) for edge in found["/Rect"])
            return left, lower, right, upper
    raise LookupError(f"the PDF has no signature field {field!r}")


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    output = BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()


def _content(output: object) -> bytes:
    if not isinstance(output, BytesIO):
        raise TypeError("pyhanko gave back no buffer")
    return output.getvalue()
