"""The authority's certificates: a root, an issuing authority, a timestamp service, and a key a session."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.authority.books import Books

    Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_HOUSE: Final = "示范电子认证服务有限公司"
_YEAR: Final = timedelta(days=365)
_REVOCATION_DAYS: Final = timedelta(days=7)


@dataclass(frozen=True)
class Holder:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key


class CertificateAuthority:
    """Issues certificates and says which of them still hold; keys survive a restart with the books.

    Args:
        books: where keys are kept.
        address: base URL of certificates, revocation lists and status answers.
        now: the authority's clock.
    """

    def __init__(self, books: Books, address: str, now: Callable[[], datetime]) -> None:
        self._books = books
        self._address = address
        self._now = now
        self.root = self._kept("root", self._new_root)
        self.issuing = self._kept("issuing", self._new_issuing)
        self.timestamping = self._kept("timestamping", self._new_timestamping)

    def issue(self, subject: dict[str, Any], *, self_made: bool = False) -> Holder:
        """A certificate of a year for a signer: name, identifier, and the firm of an organisation."""
        key = ec.generate_private_key(ec.SECP256R1())
        parts = [(NameOID.COUNTRY_NAME, "CN")]
        if subject["kind"] == "organisation":
            parts.append((NameOID.ORGANIZATION_NAME, subject["name"]))
        parts += [(NameOID.COMMON_NAME, subject["name"]), (NameOID.SERIAL_NUMBER, subject["identifier"])]
        name = _name(parts)
        builder = _usage(
            self._builder(name, key, _YEAR), content_commitment=True, key_cert_sign=False, crl_sign=False
        )
        if self_made:
            certificate = builder.issuer_name(name).sign(key, hashes.SHA256())
            return Holder(certificate, key)
        return Holder(self._sign(self._pointing(builder, "issuing"), self.issuing), key)

    def revoke(self, certificate: x509.Certificate) -> None:
        """Take a certificate back, from now on."""
        self._books.revoke(certificate.serial_number, self._now().isoformat())

    def revocations(self, which: str) -> bytes:
        """The revocation list of ``root`` or ``issuing``, in DER."""
        holder = self.root if which == "root" else self.issuing
        now = self._now()
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(holder.certificate.subject)
            .last_update(now)
            .next_update(now + _REVOCATION_DAYS)
            .add_extension(x509.CRLNumber(int(now.timestamp() * 1000)), critical=False)
            .add_extension(_key_of(holder), critical=False)
        )
        for serial, at in self._books.revoked().items() if which == "issuing" else ():
            entry = x509.RevokedCertificateBuilder().serial_number(serial)
            builder = builder.add_revoked_certificate(
                entry.revocation_date(datetime.fromisoformat(at)).build()
            )
        return builder.sign(holder.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def status(self, certificate: x509.Certificate) -> bytes:
        """An OCSP answer about a certificate that was issued here, in DER."""
        now = self._now()
        revoked_at = self._books.revoked().get(certificate.serial_number)
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=certificate,
                issuer=self.issuing.certificate,
                algorithm=hashes.SHA1(),  # noqa: S303 - names the issuer, as RFC 5019 wants
                cert_status=ocsp.OCSPCertStatus.REVOKED if revoked_at else ocsp.OCSPCertStatus.GOOD,
                this_update=now,
                next_update=now + _REVOCATION_DAYS,
                revocation_time=datetime.fromisoformat(revoked_at) if revoked_at else None,
                revocation_reason=x509.ReasonFlags.key_compromise if revoked_at else None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self.issuing.certificate)
        )
        return builder.sign(self.issuing.key, hashes.SHA256()).public_bytes(Encoding.DER)

    # ------------------------------------------------------------ the authority's own

    def _new_root(self) -> Holder:
        key = ec.generate_private_key(ec.SECP384R1())
        name = _name([(NameOID.ORGANIZATION_NAME, _HOUSE), (NameOID.COMMON_NAME, "Sandbox Signing Root CA")])
        builder = _authority(self._builder(name, key, 20 * _YEAR), key, path_length=1)
        return Holder(builder.issuer_name(name).sign(key, hashes.SHA256()), key)

    def _new_issuing(self) -> Holder:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name([(NameOID.ORGANIZATION_NAME, _HOUSE), (NameOID.COMMON_NAME, "Sandbox Signing CA 1")])
        builder = _authority(self._builder(name, key, 10 * _YEAR), key, path_length=0)
        return Holder(self._sign(self._pointing(builder, "root"), self.root), key)

    def _new_timestamping(self) -> Holder:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = _name([(NameOID.ORGANIZATION_NAME, _HOUSE), (NameOID.COMMON_NAME, "Sandbox Timestamps 1")])
        builder = _usage(
            self._builder(name, key, 10 * _YEAR),
            content_commitment=False,
            key_cert_sign=False,
            crl_sign=False,
        ).add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        return Holder(self._sign(self._pointing(builder, "issuing"), self.issuing), key)

    def _kept(self, name: str, make: Callable[[], Holder]) -> Holder:
        certificate, key = self._books.material(f"{name}.crt"), self._books.material(f"{name}.key")
        if certificate is None or key is None:
            made = make()
            self._books.keep_material(f"{name}.crt", made.certificate.public_bytes(Encoding.PEM))
            self._books.keep_material(f"{name}.key", key_pem(made.key))
            return made
        loaded = load_pem_private_key(key, None)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise TypeError(f"the kept key {name} is neither EC nor RSA")
        return Holder(x509.load_pem_x509_certificate(certificate), loaded)

    def _builder(self, name: x509.Name, key: Key, life: timedelta) -> x509.CertificateBuilder:
        start = self._now().astimezone(UTC) - timedelta(minutes=5)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + life)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )

    def _pointing(self, builder: x509.CertificateBuilder, issuer: str) -> x509.CertificateBuilder:
        """Say where the issuer's certificate and revocations are."""
        places = [
            x509.AccessDescription(
                AuthorityInformationAccessOID.CA_ISSUERS, _place(f"{self._address}/ca/{issuer}.crt")
            )
        ]
        if issuer == "issuing":
            where = _place(f"{self._address}/ca/ocsp")
            places.append(x509.AccessDescription(AuthorityInformationAccessOID.OCSP, where))
        lists = x509.DistributionPoint([_place(f"{self._address}/ca/{issuer}.crl")], None, None, None)
        return builder.add_extension(x509.AuthorityInformationAccess(places), critical=False).add_extension(
            x509.CRLDistributionPoints([lists]), critical=False
        )

    def _sign(self, builder: x509.CertificateBuilder, issuer: Holder) -> x509.Certificate:
        return (
            builder.issuer_name(issuer.certificate.subject)
            .add_extension(_key_of(issuer), critical=False)
            .sign(issuer.key, hashes.SHA256())
        )


def key_pem(key: Key) -> bytes:
    """A private key in PEM, unprotected: it is a sandbox."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _authority(builder: x509.CertificateBuilder, key: Key, *, path_length: int) -> x509.CertificateBuilder:
    del key
    certifying = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
    return _usage(certifying, content_commitment=False, key_cert_sign=True, crl_sign=True)


def _usage(
    builder: x509.CertificateBuilder, *, content_commitment: bool, key_cert_sign: bool, crl_sign: bool
) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=content_commitment,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return builder.add_extension(usage, critical=True)


def _key_of(holder: Holder) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(holder.key.public_key())


def _name(parts: list[tuple[x509.ObjectIdentifier, str]]) -> x509.Name:
    with warnings.catch_warnings():
        # X.520 allows 64 characters; cryptography counts bytes, of which a Chinese one has three
        warnings.simplefilter("ignore")
        return x509.Name([x509.NameAttribute(oid, value, _validate=False) for oid, value in parts])


def _place(url: str) -> x509.UniformResourceIdentifier:
    return x509.UniformResourceIdentifier(url)
