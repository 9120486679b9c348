"""What can be said about a signed PDF from the file and the trusted roots alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from io import BytesIO

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import (
    NonexistentAttributeError,
    UnacceptableSignerError,
    find_unique_cms_attribute,
)
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from activities.adapters.pades.stamping import content_time
from activities.adapters.pades.trust import holder_of, load_roots, trusting
from activities.ports.authority import Evidence
from models.errors import InvalidInputError
from models.lease.contract.errors import UntrustedSignatureError
from models.lease.contract.verification import FoundSignature, Verification

_FAULTS = (
    SignatureValidationError,
    UnacceptableSignerError,
    UntrustedSignatureError,
    PdfError,
    ValueError,
    # what the lazy parsers of PDF and ASN.1 raise about a structure that is not what it should be
    LookupError,
    TypeError,
    AttributeError,
)


def verify(pdf: bytes, roots: bytes) -> Verification:
    """See `PdfSignatures.verify`."""
    return asyncio.run(_verify(pdf, load_roots(roots)))


async def _verify(pdf: bytes, roots: Sequence[x509.Certificate]) -> Verification:
    reader = _read(pdf)
    try:
        signatures, stamps = reader.embedded_regular_signatures, reader.embedded_timestamp_signatures
        unsigned = [name for name, value, _ in enumerate_sig_fields(reader) if value is None]
        evidence = _evidence(reader)
    except _FAULTS as error:
        raise InvalidInputError(f"the file's signatures cannot be read ({error})") from error
    sealed = bool(stamps)
    found = [await _judge(each, evidence, roots, sealed=sealed) for each in signatures]
    sealed_at, faults = None, []
    for stamp in stamps:
        sealed_at, fault = await _judge_stamp(stamp, evidence, roots)
        faults += [fault] if fault else []
    if not signatures:
        faults.append("nobody has signed it")
    last = max((*signatures, *stamps), key=lambda each: each.signed_revision, default=None)
    if last is not None and _coverage(last) is not SignatureCoverageLevel.ENTIRE_FILE:
        faults.append("the file goes on behind its last signature or timestamp")
    return Verification(tuple(found), sealed_at, tuple(faults), tuple(unsigned))


def _read(pdf: bytes) -> PdfFileReader:
    try:
        reader = PdfFileReader(BytesIO(pdf))
        reader.root  # noqa: B018 - reads the trailer: what is no PDF shows here
    except (PdfError, ValueError, KeyError, TypeError) as error:
        raise InvalidInputError(
            f"the file is no PDF that can be read ({error})", remedy="Download it anew"
        ) from error
    return reader


async def _judge(
    signature: EmbeddedPdfSignature, evidence: Evidence, roots: Sequence[x509.Certificate], *, sealed: bool
) -> FoundSignature:
    try:
        signed_at, holder = _stamped_at(signature), holder_of(signature.signer_cert.dump())
        covers = (
            "whole file" if _coverage(signature) is SignatureCoverageLevel.ENTIRE_FILE else "its revision"
        )
    except _FAULTS as error:
        unread = f"it cannot be read ({type(error).__name__}: {error})"
        return FoundSignature(signature.field_name, "", "", None, (), "nothing", faults=(unread,))
    faults = [] if signed_at else ["it bears no timestamp"]
    # a certificate need not hold any more: it has to have held when it signed, or stamped
    context = partial(_trusting_then, roots, evidence, signed_at, sealed=sealed)
    try:
        status = await async_validate_pdf_signature(
            signature,
            signer_validation_context=context(),
            ts_validation_context=context(),
            key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
        )
        faults += _faults(status)
        chain = tuple(each.subject.human_friendly for each in status.validation_path or ())
    except _FAULTS as error:
        faults.append(str(error))
        chain = ()
    return FoundSignature(
        field=signature.field_name,
        name=holder.name,
        identifier=holder.identifier,
        signed_at=signed_at,
        chain=tuple(reversed(chain)),
        covers=covers,
        faults=tuple(faults),
    )


def _faults(status: PdfSignatureStatus) -> list[str]:
    """Why a signature does not hold, in sentences."""
    faults = []
    if not status.intact:
        faults.append("what it signed was changed")
    if status.intact and not status.valid:
        faults.append("the signature itself is wrong")
    if not status.trusted:
        why = "revoked" if status.revoked else str(status.error_time_horizon or "no chain to a trusted root")
        faults.append(f"its certificate is not trusted: {why}")
    if status.coverage in {
        SignatureCoverageLevel.UNCLEAR,
        SignatureCoverageLevel.CONTIGUOUS_BLOCK_FROM_START,
    }:
        faults.append("it does not cover its revision of the file")
    if status.modification_level is ModificationLevel.OTHER or status.docmdp_ok is False:
        faults.append("the document was changed after it was signed")
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.intact and stamp.valid and stamp.trusted):
        faults.append("its timestamp is not to be trusted")
    if not faults and not status.bottom_line:
        faults.append("it does not hold as a whole")
    return faults


async def _judge_stamp(
    stamp: EmbeddedPdfSignature, evidence: Evidence, roots: Sequence[x509.Certificate]
) -> tuple[datetime | None, str]:
    """When the file was sealed, and what is wrong with that."""
    try:
        status = await async_validate_pdf_timestamp(
            stamp,
            validation_context=_trusting_then(roots, evidence, content_time(stamp.signed_data), sealed=True),
        )
    except _FAULTS as error:
        return None, f"the timestamp over the file cannot be judged: {error}"
    if not (status.intact and status.valid and status.trusted):
        return status.timestamp, "the timestamp over the file does not hold"
    return status.timestamp, ""


def _trusting_then(
    roots: Sequence[x509.Certificate], evidence: Evidence, at: datetime | None, *, sealed: bool
) -> ValidationContext:
    """What certificates are judged by as of an instant.

    Evidence comes with the seal. A sealed paper without any must not pass: whose certificate was revoked
    could leave the evidence out.
    """
    return trusting(roots, evidence, at=at, revocation="require" if sealed else "soft-fail")


def _stamped_at(signature: EmbeddedPdfSignature) -> datetime | None:
    attributes = signature.signer_info["unsigned_attrs"]
    try:
        token = find_unique_cms_attribute(attributes, "signature_time_stamp_token")
    except NonexistentAttributeError:
        return None
    return content_time(token["content"])


def _coverage(signature: EmbeddedPdfSignature) -> SignatureCoverageLevel:
    return signature.evaluate_signature_coverage()


def _evidence(reader: PdfFileReader) -> Evidence:
    if "/DSS" not in reader.root:
        return Evidence()
    store = DocumentSecurityStore.read_dss(reader)
    return Evidence(
        chain=tuple(each.get_object().data for each in store.certs.values()),
        ocsp=tuple(each.get_object().data for each in store.ocsps),
        crls=tuple(each.get_object().data for each in store.crls),
    )
