"""Signatures of the HTTP bank: what is signed, and the three ways to do it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from abc import ABC, abstractmethod

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey


def canonical(start: str, target: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """What is signed.

    Args:
        start: the method of a request, or the status of an answer.
        target: path and query as they stand in the request line.
        timestamp: Unix time in whole seconds.
        nonce: chosen by who asks; an answer repeats it, which ties it to its request.
        body: as sent.
    """
    return "\n".join((start, target, timestamp, nonce, hashlib.sha256(body).hexdigest())).encode()


class Scheme(ABC):
    """Signs answers for a client and checks its requests."""

    @abstractmethod
    def sign(self, message: bytes) -> str:
        """A signature in Base64."""

    @abstractmethod
    def is_signed(self, message: bytes, signature: str) -> bool:
        """Whether the client signed the message."""


class Hmac(Scheme):
    """HMAC-SHA256 with one shared key for both sides."""

    def __init__(self, shared: bytes) -> None:
        self._shared = shared

    def sign(self, message: bytes) -> str:
        return base64.b64encode(hmac.digest(self._shared, message, hashlib.sha256)).decode()

    def is_signed(self, message: bytes, signature: str) -> bool:
        return hmac.compare_digest(self.sign(message).encode(), signature.encode())


class Ed25519(Scheme):
    """Ed25519 with a key pair on each side."""

    def __init__(self, own: Ed25519PrivateKey, client: Ed25519PublicKey) -> None:
        self._own = own
        self._client = client

    def sign(self, message: bytes) -> str:
        return base64.b64encode(self._own.sign(message)).decode()

    def is_signed(self, message: bytes, signature: str) -> bool:
        try:
            self._client.verify(base64.b64decode(signature, validate=True), message)
        except (InvalidSignature, ValueError):
            return False
        return True


class Rsa(Scheme):
    """RSASSA-PKCS1-v1_5 with SHA-256 and a key pair on each side."""

    def __init__(self, own: RSAPrivateKey, client: RSAPublicKey) -> None:
        self._own = own
        self._client = client

    def sign(self, message: bytes) -> str:
        return base64.b64encode(self._own.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()

    def is_signed(self, message: bytes, signature: str) -> bool:
        try:
            given = base64.b64decode(signature, validate=True)
            self._client.verify(given, message, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True
