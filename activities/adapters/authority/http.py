"""A signing authority behind HTTP: JSON, each request signed with a shared key, RFC 3161 beside it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx

from activities.adapters.banks.signing import HmacSignatures, signed_headers
from activities.ports.authority import (
    AuthorityRefusedError,
    AuthorityUnreachableError,
    Evidence,
    SessionState,
    SignatureWish,
    SigningAuthority,
    SigningSession,
)
from activities.ports.secrets import SecretStore

KEY_SECRET: Final = "authority_key"  # noqa: S105 - a name
"""Name of the secret that we sign requests with."""
ROOT_SECRET: Final = "authority_root"  # noqa: S105 - a name
"""Name of the secret with the certificates that we trust (PEM)."""

_ANSWER_SECONDS: Final = 20.0
_REFUSALS: Final = frozenset({400, 401, 403, 404, 409, 410, 422})


class HttpAuthority(SigningAuthority):
    """See `SigningAuthority`.

    Args:
        address: base URL; None where it is not configured, and every request stays unanswered.
        secrets: hold the shared key.
        clock: tells the time that requests carry.
        answer_seconds: how long an answer may take.
    """

    def __init__(
        self,
        address: str | None,
        secrets: SecretStore,
        clock: Callable[[], datetime],
        *,
        answer_seconds: float = _ANSWER_SECONDS,
    ) -> None:
        self._address = (address or "").rstrip("/")
        self._secrets = secrets
        self._clock = clock
        self._client = httpx.AsyncClient(timeout=answer_seconds, limits=httpx.Limits(keepalive_expiry=30))

    async def open(self, wish: SignatureWish) -> SigningSession:
        """See `SigningAuthority.open`."""
        subject = {
            "kind": wish.kind,
            "name": wish.name,
            "identifier": wish.identifier,
            "phone": wish.phone,
            "representative": wish.representative,
        }
        document = {"title": wish.title, "sha256": wish.sha256}
        return await self._session("/sessions", {"key": wish.key, "subject": subject, "document": document})

    async def ask_signature(self, session_id: str, digest: str) -> SigningSession:
        """See `SigningAuthority.ask_signature`."""
        return await self._session(f"/sessions/{quote(session_id)}/signature", {"digest": digest})

    async def remind(self, session_id: str) -> None:
        """See `SigningAuthority.remind`."""
        await self._session(f"/sessions/{quote(session_id)}/reminder", {})

    async def cancel(self, session_id: str, reason: str) -> None:
        """See `SigningAuthority.cancel`."""
        await self._session(f"/sessions/{quote(session_id)}/cancellation", {"reason": reason})

    async def timestamp(self, request: bytes) -> bytes:
        """See `SigningAuthority.timestamp`."""
        return await self._post("/timestamp", request, "application/timestamp-query")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    @property
    def _key(self) -> HmacSignatures:
        key = self._secrets.get(KEY_SECRET).encode()
        return HmacSignatures(key, key)

    async def _session(self, target: str, body: dict[str, Any]) -> SigningSession:
        content = await self._post(target, json.dumps(body, ensure_ascii=False).encode(), "application/json")
        try:
            return _session(json.loads(content))
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
            raise AuthorityUnreachableError(
                f"the signing authority answered {target} in words that cannot be read ({error})"
            ) from error

    async def _post(self, target: str, body: bytes, media_type: str) -> bytes:
        if not self._address:
            raise AuthorityUnreachableError(
                "LEASEFLOW_AUTHORITY_URL is not set", remedy="Set it to the signing authority's address"
            )
        path = urlsplit(self._address).path + target
        headers = signed_headers(self._key, "POST", path, body, at=self._clock())
        headers["Content-Type"] = media_type
        try:
            reply = await self._client.post(self._address + target, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise AuthorityUnreachableError(
                f"the signing authority does not answer ({type(error).__name__} {error})".rstrip(),
                remedy="It is asked again",
            ) from error
        if reply.is_success:
            return reply.content
        told = f"the signing authority answers {reply.status_code} {_told(reply)}".rstrip()
        if reply.status_code in _REFUSALS:
            remedy = "Check the secret authority_key" if reply.status_code == HTTPStatus.UNAUTHORIZED else ""
            raise AuthorityRefusedError(told, remedy=remedy)
        raise AuthorityUnreachableError(told, remedy="It is asked again")


def _session(told: dict[str, Any]) -> SigningSession:
    evidence = told.get("evidence") or {}
    return SigningSession(
        session_id=str(told["session"]),
        state=SessionState(told["state"]),
        certificate=_bytes(told["certificate"]),
        evidence=Evidence(
            chain=tuple(map(_bytes, told["chain"])),
            ocsp=tuple(map(_bytes, evidence.get("ocsp", ()))),
            crls=tuple(map(_bytes, evidence.get("crls", ()))),
        ),
        signature=_bytes(told.get("signature", "")),
        reason=str(told.get("reason", ""))[:200],
    )


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _told(reply: httpx.Response) -> str:
    try:
        said = reply.json()
    except ValueError:
        return ""
    return str(said.get("error", ""))[:200] if isinstance(said, dict) else ""
