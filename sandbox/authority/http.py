"""The authority's addresses: signed requests of the house, and what everybody may read."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.authority.office import Office, RefusedError
from sandbox.offices.doors import NoAnswer, fault_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from sandbox.authority.books import Session
    from sandbox.banks.signing import Scheme


class HttpDoor:
    """Signing sessions, timestamps and certificates over HTTP.

    Args:
        office: the authority.
        scheme: by which the house signs its requests.
    """

    def __init__(self, office: Office, scheme: Scheme) -> None:
        self._office = office
        self._scheme = scheme

    def routes(self) -> list[Route]:
        """The addresses."""
        return [
            Route("/sessions", self.open, methods=["POST"]),
            Route("/sessions/{id}", self.look),
            Route("/sessions/{id}/signature", self.sign, methods=["POST"]),
            Route("/sessions/{id}/reminder", self.remind, methods=["POST"]),
            Route("/sessions/{id}/cancellation", self.cancel, methods=["POST"]),
            Route("/timestamp", self.timestamp, methods=["POST"]),
            Route("/ca/{name}.crt", self.certificate),
            Route("/ca/{name}.crl", self.revocations),
            Route("/ca/ocsp", self.status, methods=["POST"]),
        ]

    async def open(self, request: Request) -> Response:
        """POST {"key", "subject": {kind, name, identifier, …}, "document": {title, sha256}}."""
        body = await self._signed(request)
        wish: dict[str, Any] = json.loads(body)
        key = str(wish.pop("key", ""))
        return await self._misbehaving(key, wish.get("subject") or {}, lambda: self._office.open(key, wish))

    async def look(self, request: Request) -> Response:
        """How a session stands."""
        await self._signed(request)
        session = self._office.find(request.path_params["id"])
        return await self._misbehaving(session.key, session.subject, lambda: session)

    async def sign(self, request: Request) -> Response:
        """POST {"digest": SHA-256 in hexadecimal digits}: asks the signer, at once or still."""
        digest = json.loads(await self._signed(request)).get("digest", "")
        session = self._office.find(request.path_params["id"])
        return await self._misbehaving(
            session.key, session.subject, lambda: self._office.ask_signature(session.id, digest)
        )

    async def remind(self, request: Request) -> Response:
        """Write to the signer again."""
        await self._signed(request)
        return self._told(self._office.remind(request.path_params["id"]))

    async def cancel(self, request: Request) -> Response:
        """POST {"reason"}: the house wants no signature any more."""
        reason = json.loads(await self._signed(request)).get("reason", "")
        return self._told(self._office.end(request.path_params["id"], "cancelled", reason))

    async def timestamp(self, request: Request) -> Response:
        """RFC 3161 over HTTP."""
        body = await self._signed(request)
        if refuse := self._office.misbehaviour.strikes("refuse", "timestamp"):
            return Response(status_code=refuse.status)
        return Response(await self._office.timestamp(body), media_type="application/timestamp-reply")

    async def certificate(self, request: Request) -> Response:
        """The root's or the issuing authority's certificate."""
        holders = {"root": self._office.ca.root, "issuing": self._office.ca.issuing}
        holder = holders.get(request.path_params["name"])
        if holder is None:
            return Response(status_code=404)
        content = holder.certificate.public_bytes(Encoding.DER)
        return Response(content, media_type="application/pkix-cert")

    async def revocations(self, request: Request) -> Response:
        """A revocation list."""
        name = request.path_params["name"]
        if name not in {"root", "issuing"}:
            return Response(status_code=404)
        return Response(self._office.ca.revocations(name), media_type="application/pkix-crl")

    async def status(self, request: Request) -> Response:
        """OCSP (RFC 6960) about what was issued here."""
        asked = ocsp.load_der_ocsp_request(await request.body()).serial_number
        issued = (x509.load_der_x509_certificate(each.certificate) for each in self._office.books.sessions())
        for certificate in (self._office.ca.timestamping.certificate, *issued):
            if certificate.serial_number == asked:
                return Response(self._office.ca.status(certificate), media_type="application/ocsp-response")
        refusal = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
        return Response(refusal.public_bytes(Encoding.DER), media_type="application/ocsp-response")

    async def _misbehaving(self, key: str, subject: dict[str, Any], do: Callable[[], Session]) -> Response:
        strikes = self._office.misbehaviour.strikes
        if late := strikes("late", key, subject):
            await asyncio.sleep(late.seconds)
        if strikes("cut", key, subject):
            return NoAnswer()
        if refuse := strikes("refuse", key, subject):
            return JSONResponse({"error": "not now"}, refuse.status)
        answer = self._told(do())
        return NoAnswer() if strikes("silent", key, subject) else answer

    def _told(self, session: Session) -> Response:
        told: dict[str, Any] = {
            "session": session.id,
            "state": session.state,
            "reason": session.reason,
            "certificate": base64.b64encode(session.certificate).decode(),
            "chain": self._office.chain(),
        }
        if session.state == "signed" and session.signature is not None:
            told["signature"] = base64.b64encode(session.signature).decode()
            told["evidence"] = self._office.evidence(session)
        return JSONResponse(told)

    async def _signed(self, request: Request) -> bytes:
        body = await request.body()
        if fault := fault_of(self._scheme, request, body):
            raise RefusedError(401, fault)
        return body
