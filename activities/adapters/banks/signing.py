r"""Signatures of the HTTP interface: what is signed, by which key, and how it is checked.

Requests: ``METHOD\nPATH\nTIMESTAMP\nNONCE\nSHA256(body)`` with the path as it stands in the request
line, Unix seconds, and the digest in hexadecimal. Answers have their status in place of the method and
repeat the request's nonce, so that an answer cannot be played again to another request.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from secrets import token_hex
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from activities.adapters.banks.secret_names import secret_of
from activities.ports.secrets import SecretStore
from models.errors import InvalidInputError
from models.parameters.banks import BankProfile


class UnsignedError(Exception):
    """A message is not signed by the bank; the text says what is wrong."""


class Signatures(Protocol):
    """Signs for us, and checks what the bank signed."""

    def sign(self, message: bytes) -> bytes: ...

    def is_signed(self, message: bytes, signature: bytes) -> bool: ...


class HmacSignatures(Signatures):
    """HMAC-SHA256.

    Args:
        own: the key of our requests.
        theirs: the key of the bank's answers; often the same.
    """

    def __init__(self, own: bytes, theirs: bytes) -> None:
        self._own = own
        self._theirs = theirs

    def sign(self, message: bytes) -> bytes:
        return hmac.digest(self._own, message, hashlib.sha256)

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        return hmac.compare_digest(hmac.digest(self._theirs, message, hashlib.sha256), signature)


class Ed25519Signatures(Signatures):
    """Ed25519 (RFC 8032)."""

    def __init__(self, own: Ed25519PrivateKey, theirs: Ed25519PublicKey | None) -> None:
        self._own = own
        self._theirs = theirs

    def sign(self, message: bytes) -> bytes:
        return self._own.sign(message)

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        try:
            if self._theirs is not None:
                self._theirs.verify(signature, message)
        except InvalidSignature:
            return False
        return self._theirs is not None


class RsaSignatures(Signatures):
    """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017), as many banks want it."""

    def __init__(self, own: RSAPrivateKey, theirs: RSAPublicKey | None) -> None:
        self._own = own
        self._theirs = theirs

    def sign(self, message: bytes) -> bytes:
        return self._own.sign(message, padding.PKCS1v15(), hashes.SHA256())

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        try:
            if self._theirs is not None:
                self._theirs.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return self._theirs is not None


def signatures_of(profile: BankProfile, secrets: SecretStore) -> Signatures:
    """The signatures that a bank's profile asks for, with the keys of the secret store.

    Raises:
        InvalidInputError: a secret is missing, or is no key of the scheme.
    """
    if profile.http is None:
        raise InvalidInputError(
            f"bank {profile.code!r} has no http connection", remedy="Add one to its profile"
        )
    scheme, verified = profile.http.signature, profile.http.verify_answers
    own_name, their_name = secret_of(profile.code, "key"), secret_of(profile.code, "public_key")
    own = secrets.get(own_name).encode()
    theirs = secrets.get(their_name).encode() if verified else b""
    if scheme == "hmac-sha256":
        return HmacSignatures(own.strip(), theirs.strip())
    private = _private_key(own, own_name)
    public = _public_key(theirs, their_name) if verified else None
    match scheme, private, public:
        case "ed25519", Ed25519PrivateKey(), Ed25519PublicKey() | None:
            return Ed25519Signatures(private, public)
        case "rsa-sha256", RSAPrivateKey(), RSAPublicKey() | None:
            return RsaSignatures(private, public)
    raise InvalidInputError(
        f"secrets {own_name!r} and {their_name!r} are no keys for signature {scheme!r}",
        remedy="Give keys of that kind in PEM form, or change http.signature in the bank's profile",
    )


def canonical(start: str, target: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """The signed text.

    Args:
        start: the method of a request, or the status of an answer.
        target: path and query of the request line.
        timestamp: Unix seconds.
        nonce: of the request.
        body: as sent.
    """
    return "\n".join((start, target, timestamp, nonce, hashlib.sha256(body).hexdigest())).encode()


def signed_headers(
    signatures: Signatures, method: str, target: str, body: bytes, *, at: datetime
) -> dict[str, str]:
    """What a request carries to be known as ours; its answer is signed with the same ``X-Nonce``.

    Args:
        signatures: to sign by.
        method: of the request.
        target: as of `canonical`.
        body: as sent.
        at: the time that it carries.
    """
    timestamp, nonce = str(int(at.timestamp())), token_hex(16)
    signature = signatures.sign(canonical(method, target, timestamp, nonce, body))
    return {
        "X-Timestamp": timestamp,
        "X-Nonce": nonce,
        "X-Signature": base64.b64encode(signature).decode("ascii"),
    }


def check_signed(
    signatures: Signatures, headers: Mapping[str, str], start: str, target: str, body: bytes, *, now: float
) -> str:
    """Check a message from the bank.

    Args:
        signatures: to check by.
        headers: of the message, found by names in lower case.
        start: as of `canonical`.
        target: as of `canonical`.
        body: as received.
        now: Unix seconds; a timestamp more than five minutes away is refused.

    Returns:
        The nonce that was signed.

    Raises:
        UnsignedError: there is no signature, or it does not fit, or it is of another time.
    """
    missing = [n for n in ("x-timestamp", "x-nonce", "x-signature") if not headers.get(n)]
    if missing:
        raise UnsignedError(f"not signed: no {missing[0]}")
    timestamp, nonce = headers["x-timestamp"], headers["x-nonce"]
    try:
        signature = base64.b64decode(headers["x-signature"], validate=True)
    except ValueError:
        raise UnsignedError("the signature is not Base64") from None
    if not signatures.is_signed(canonical(start, target, timestamp, nonce, body), signature):
        raise UnsignedError("the signature does not fit")
    if not timestamp.isdecimal() or abs(now - int(timestamp)) > SKEW_SECONDS:
        raise UnsignedError(f"signed at {timestamp!r}, which is not within five minutes")
    return nonce


SKEW_SECONDS = 300
"""How far the bank's clock may be from ours."""


def _private_key(pem: bytes, name: str) -> object:
    try:
        return load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:
        raise _no_key(name, "private") from error


def _public_key(pem: bytes, name: str) -> object:
    try:
        return load_pem_public_key(pem)
    except ValueError as error:
        raise _no_key(name, "public") from error


def _no_key(name: str, kind: str) -> InvalidInputError:
    return InvalidInputError(
        f"secret {name!r} is no {kind} key in PEM form", remedy="Store the key with its BEGIN and END lines"
    )
