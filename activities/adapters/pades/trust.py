"""Whom we believe: chains to our roots, revocation, and that a signature fits what was signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from asn1crypto import cms, crl, ocsp, pem, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pyhanko.sign.general import check_ess_certid, find_unique_cms_attribute
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from activities.ports.authority import Evidence
from activities.ports.pdf_signatures import CertificateHolder
from models.errors import InvalidInputError
from models.lease.contract.errors import UntrustedSignatureError


def load_roots(roots: bytes) -> list[x509.Certificate]:
    """Certificates that are trusted, from PEM.

    Raises:
        InvalidInputError: there is none, or one cannot be read.
    """
    try:
        found = [x509.Certificate.load(der) for _, _, der in pem.unarmor(roots, multiple=True)]
        for each in found:
            each.subject.native  # noqa: B018 - parses lazily: what is no certificate shows here
    except (ValueError, TypeError) as error:
        raise InvalidInputError(
            f"the trusted root is no certificate in PEM form ({error})",
            remedy="Give the authority's root certificate",
        ) from error
    return found


def holder_of(certificate: bytes) -> CertificateHolder:
    """Whom a certificate names: common name, and the identifier in the subject's serial number.

    Raises:
        UntrustedSignatureError: it is no certificate.
    """
    try:
        subject = x509.Certificate.load(certificate).subject.native
    except (ValueError, TypeError) as error:
        raise UntrustedSignatureError(f"what came as a certificate is none ({error})") from error
    return CertificateHolder(str(subject.get("common_name", "")), str(subject.get("serial_number", "")))


def check_signature(certificate: bytes, signed: bytes, signature: bytes) -> None:
    """Check that a raw signature is of these bytes and this certificate.

    Raises:
        UntrustedSignatureError: it is not.
    """
    public = load_der_public_key(x509.Certificate.load(certificate).public_key.dump())
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
        elif isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        else:
            raise UntrustedSignatureError("the signer's certificate has neither an EC nor an RSA key")
    except InvalidSignature as error:
        raise UntrustedSignatureError(
            "the signature that came back does not fit the digest that was sent",
            remedy="Ask the signing authority what it signed",
        ) from error


def check_same_certificate(certificate: bytes, attributes: cms.CMSAttributes) -> None:
    """Check that a certificate is the one whose holder was checked before anybody was asked to sign.

    Args:
        certificate: that came with the signature.
        attributes: that were signed; they name the certificate of the signer.

    Raises:
        UntrustedSignatureError: it is another.
    """
    named = find_unique_cms_attribute(attributes, "signing_certificate_v2")["certs"][0]
    if not check_ess_certid(x509.Certificate.load(certificate), named):
        raise UntrustedSignatureError(
            f"the signature came back with another certificate ({holder_of(certificate).name!r})"
            " than it was opened with",
            remedy="Ask the signing authority who signed",
        )


async def check_certificate(
    certificate: bytes, evidence: Evidence, roots: Sequence[x509.Certificate], *, at: datetime
) -> None:
    """Check that a certificate leads to a trusted root and was not revoked when it signed.

    Raises:
        UntrustedSignatureError: it does not, or was.
    """
    context = trusting(roots, evidence, at=at)
    validator = CertificateValidator(x509.Certificate.load(certificate), validation_context=context)
    try:
        await validator.async_validate_usage({"non_repudiation"})  # type: ignore[no-untyped-call]
    except (PathError, ValidationError) as error:
        raise UntrustedSignatureError(
            f"the signer's certificate is not to be trusted: {error}",
            remedy="Ask the signing authority for another certificate",
        ) from error


def trusting(
    roots: Sequence[x509.Certificate], evidence: Evidence, *, at: datetime | None, revocation: str = "require"
) -> ValidationContext:
    """What certificates are judged by; nothing is fetched.

    Args:
        roots: trusted.
        evidence: certificates between, and what says that they were not revoked.
        at: when they have to hold; None for now.
        revocation: ``require`` where it must be known, ``soft-fail`` where old data will do.
    """
    return ValidationContext(
        trust_roots=list(roots),
        other_certs=[x509.Certificate.load(each) for each in evidence.chain],
        ocsps=[ocsp.OCSPResponse.load(each) for each in evidence.ocsp],
        crls=[crl.CertificateList.load(each) for each in evidence.crls],
        moment=at,
        allow_fetching=False,
        revocation_mode=revocation,
        # what was asked right after signing speaks for the instant of signing, too
        retroactive_revinfo=True,
    )
