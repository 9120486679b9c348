"""What the authority does: opens sessions, asks signers, signs digests, stamps the time."""

from __future__ import annotations

import base64
import hashlib
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from sandbox.authority.books import Books, Session
from sandbox.authority.ca import CertificateAuthority, Holder, key_pem
from sandbox.authority.misbehaviour import Misbehaviour

if TYPE_CHECKING:
    from collections.abc import Callable

_ENDED: Final = ("signed", "declined", "expired", "cancelled")


class RefusedError(ValueError):
    """The request cannot be taken; ``status`` is what HTTP calls it."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Office:
    """The authority, without the wire.

    Args:
        books: what it keeps.
        address: base URL under which it answers.
        now: its clock.
    """

    def __init__(
        self, books: Books, address: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.books = books
        self.misbehaviour = Misbehaviour()
        self.ca = CertificateAuthority(books, address, now)
        self._now = now

    # ------------------------------------------------------------ sessions

    def open(self, key: str, request: dict[str, Any]) -> Session:
        """A signing session; the same key is the same session.

        Raises:
            RefusedError: the key stands for another request, or something is missing.
        """
        known = self.books.session(key=key)
        if known is not None:
            if known.request != request:
                raise RefusedError(409, f"key {key} stands for another request")
            return known
        subject = request.get("subject") or {}
        missing = [name for name in ("kind", "name", "identifier") if not subject.get(name)]
        if missing or not (request.get("document") or {}).get("sha256"):
            raise RefusedError(
                400, f"subject.{missing[0]} is missing" if missing else "document.sha256 is missing"
            )
        holder = self._certificate(key, subject)
        session = Session(
            key=key,
            id=f"S{uuid.uuid4().hex[:20]}",
            request=request,
            certificate=holder.certificate.public_bytes(Encoding.DER),
            private_key=key_pem(holder.key),
            state="open",
            opened_at=self._now().isoformat(),
        )
        self.books.enter(session)
        return session

    def ask_signature(self, session_id: str, digest: str) -> Session:
        """Ask the signer to sign a SHA-256; a session signs one digest and no other.

        Raises:
            RefusedError: no such session, or it is about another digest.
        """
        session = self.find(session_id)
        if session.digest and session.digest != digest:
            raise RefusedError(409, "the session is about another digest")
        if len(digest) != hashlib.sha256().digest_size * 2:
            raise RefusedError(400, "digest is no SHA-256 in hexadecimal digits")
        if session.state in _ENDED:
            return session
        session.digest = digest
        self._ask_signer(session)
        self.books.save(session)
        return session

    def find(self, session_id: str) -> Session:
        """A session by its id.

        Raises:
            RefusedError: there is none.
        """
        session = self.books.session(session_id=session_id)
        if session is None:
            raise RefusedError(404, "no such session")
        return session

    def end(self, session_id: str, state: str, reason: str = "") -> Session:
        """Decline, expire or cancel a session that is not signed; one that has ended stays as it is."""
        session = self.find(session_id)
        if session.state not in _ENDED:
            session.state, session.reason = state, reason
            self.books.save(session)
        return session

    def sign(self, session_id: str) -> Session:
        """The signer signs what he was asked to.

        Raises:
            RefusedError: nothing was asked of him, or it is too late.
        """
        session = self.find(session_id)
        if session.state == "signed":
            return session
        if session.state != "waiting":
            raise RefusedError(409, f"the session is {session.state}")
        self._sign(session)
        self.books.save(session)
        return session

    def remind(self, session_id: str) -> Session:
        """Write to the signer again."""
        session = self.find(session_id)
        session.reminders += 1
        self.books.save(session)
        return session

    def evidence(self, session: Session) -> dict[str, Any]:
        """What a verifier needs later: the chain, and that it holds now."""
        certificate = x509.load_der_x509_certificate(session.certificate)
        statuses = [self.ca.status(certificate)] if self._is_ours(certificate) else []
        return {
            "ocsp": [_b64(each) for each in (*statuses, self.ca.status(self.ca.timestamping.certificate))],
            "crls": [_b64(self.ca.revocations(which)) for which in ("root", "issuing")],
        }

    def chain(self) -> list[str]:
        """The certificates above a signer's, the issuer first."""
        return [_b64(each.certificate.public_bytes(Encoding.DER)) for each in (self.ca.issuing, self.ca.root)]

    def revoke(self, identifier: str) -> int:
        """Take back every certificate of a signer; says how many."""
        found = [each for each in self.books.sessions() if each.subject["identifier"] == identifier]
        for session in found:
            self.ca.revoke(x509.load_der_x509_certificate(session.certificate))
        return len(found)

    # ------------------------------------------------------------ time

    async def timestamp(self, request: bytes) -> bytes:
        """An RFC 3161 answer."""
        asked = tsp.TimeStampReq.load(request)
        if self.misbehaviour.strikes("no-time"):
            status = tsp.PKIStatusInfo({"status": "rejection"})
            rejection: bytes = tsp.TimeStampResp({"status": status}).dump()
            return rejection
        holder = self.ca.timestamping
        above = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        for each in (self.ca.issuing, self.ca.root):
            above.register(asn1_x509.Certificate.load(each.certificate.public_bytes(Encoding.DER)))
        service = DummyTimeStamper(
            tsa_cert=asn1_x509.Certificate.load(holder.certificate.public_bytes(Encoding.DER)),
            tsa_key=keys.PrivateKeyInfo.load(
                holder.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
            ),
            certs_to_embed=above,
            fixed_dt=self._now(),
        )
        answer: bytes = service.request_tsa_response(asked).dump()
        return answer

    # ------------------------------------------------------------ signers

    def _certificate(self, key: str, subject: dict[str, Any]) -> Holder:
        if self.misbehaviour.strikes("wrong-name", key, subject):
            return self.ca.issue(subject | {"name": "张冠李戴", "identifier": "310104199001011234"})
        self_made = self.misbehaviour.strikes("self-made", key, subject) is not None
        return self.ca.issue(subject, self_made=self_made)

    def _ask_signer(self, session: Session) -> None:
        strikes = self.misbehaviour.strikes
        if declined := strikes("decline", session.key, session.subject):
            session.state, session.reason = "declined", declined.reason
        elif strikes("expire", session.key, session.subject):
            session.state, session.reason = "expired", "not signed in time"
        elif session.state == "waiting" or strikes("wait", session.key, session.subject):
            session.state = "waiting"
        else:
            self._sign(session)

    def _sign(self, session: Session) -> None:
        key = load_pem_private_key(session.private_key, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("signers have EC keys")
        digest = bytes.fromhex(session.digest)
        if self.misbehaviour.strikes("wrong-digest", session.key, session.subject):
            digest = hashlib.sha256(b"something else").digest()
        session.signature = key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))
        session.state = "signed"

    def _is_ours(self, certificate: x509.Certificate) -> bool:
        return certificate.issuer == self.ca.issuing.certificate.subject


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode()
