"""The signing authority: it knows who signers are, holds their keys, and asks for their consent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from models.errors import RefusedByRuleError, ServiceUnreachableError


class AuthorityUnreachableError(ServiceUnreachableError):
    """The authority does not answer, or not in words that can be read; it is asked again."""


class AuthorityRefusedError(RefusedByRuleError):
    """The authority does not take the request; asking again changes nothing."""


class SessionState(StrEnum):
    """How a signing session stands at the authority."""

    OPEN = "open"
    """Nothing was asked of the signer yet."""
    WAITING = "waiting"
    """The signer was asked, and has not answered."""
    SIGNED = "signed"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class SignatureWish:
    """Whom we want to sign what. The document itself never leaves the house."""

    key: str
    """The same key is the same session, whoever asks how often."""
    kind: str
    """``organisation`` or ``person``."""
    name: str
    identifier: str
    phone: str
    representative: str
    """Who acts for an organisation."""
    title: str
    sha256: str
    """Of the content that is signed, for the signer to see."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verifier needs years later: certificates above the signer's, and that none was revoked."""

    chain: tuple[bytes, ...] = ()
    """DER, the issuer first."""
    ocsp: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class SigningSession:
    """A session as the authority tells it."""

    session_id: str
    state: SessionState
    certificate: bytes
    """Of the signer, DER."""
    evidence: Evidence
    """Revocation data come with the signature."""
    signature: bytes = b""
    """Raw, over the digest that was sent."""
    reason: str = ""


class SigningAuthority(Protocol):
    """Speaks with the authority. Every call may be repeated.

    Each raises `AuthorityUnreachableError` when there is no answer, and `AuthorityRefusedError` when the
    answer is no.
    """

    async def open(self, wish: SignatureWish) -> SigningSession:
        """Open a session, or find the one of the same key; says with which certificate it will be signed."""
        ...

    async def ask_signature(self, session_id: str, digest: str) -> SigningSession:
        """Send the SHA-256 (hexadecimal) that is to be signed; the signer may sign at once, or later."""
        ...

    async def remind(self, session_id: str) -> None:
        """Have the signer written to again."""
        ...

    async def cancel(self, session_id: str, reason: str) -> None:
        """Say that the signature is wanted no more."""
        ...

    async def timestamp(self, request: bytes) -> bytes:
        """An RFC 3161 answer to an RFC 3161 request, both DER."""
        ...
