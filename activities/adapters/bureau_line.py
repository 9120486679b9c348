"""A signed line to an outside office: JSON by POST, both ways under HMAC-SHA256.

What is signed is described in `activities.adapters.banks.signing`; an answer repeats the nonce of its
question, so that none can be played again to another.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from activities.adapters.banks.signing import HmacSignatures, canonical, signed_headers
from activities.ports.bureau import OutsideSilentError, UnusableAnswerError
from activities.ports.secrets import SecretStore

_TRY_LATER: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_LARGEST_ANSWER: Final = 1_000_000
"""Bytes; a report is a few thousand."""


class OfficeLine:
    """Speaks to one office.

    Args:
        name: as people know it: ``bureau``.
        url: base address; None where it is not configured, and every question stays unanswered.
        secrets: hold the shared key, ``<name>_key``.
        clock: tells the time that requests carry.
        client_id: who we are to the office.
    """

    def __init__(
        self,
        name: str,
        url: str | None,
        secrets: SecretStore,
        clock: Callable[[], datetime],
        *,
        client_id: str = "leaseflow",
    ) -> None:
        self.name = name
        self._url = (url or "").rstrip("/")
        self._secrets = secrets
        self._clock = clock
        self._client_id = client_id
        self._client = httpx.AsyncClient(
            timeout=30, limits=httpx.Limits(max_connections=64, max_keepalive_connections=32)
        )

    async def ask(self, path: str, question: Mapping[str, Any], *, reference: str) -> tuple[bytes, Any]:
        """Ask; gives the answer as it came and as JSON. Who asks bounds the time.

        Raises:
            OutsideSilentError: no answer, or one that says "later".
            UnusableAnswerError: refused, not signed by the office, or no JSON.
        """
        if not self._url:
            raise UnusableAnswerError(
                f"LEASEFLOW_{self.name.upper()}_URL is not set", remedy="Set it to the office's address"
            )
        body = json.dumps(question, ensure_ascii=False).encode()
        target = urlsplit(self._url).path + path
        key = self._secrets.get(f"{self.name}_key").strip().encode()
        signed_by = HmacSignatures(own=key, theirs=key)
        headers = signed_headers(signed_by, "POST", target, body, at=self._clock()) | {
            "Content-Type": "application/json; charset=utf-8",
            "X-Client": self._client_id,
            "Idempotency-Key": reference,
        }
        try:
            answer = await self._client.post(f"{self._url}{path}", content=body, headers=headers)
        except httpx.HTTPError as error:
            raise OutsideSilentError(
                f"{self.name} does not answer ({type(error).__name__})", remedy="It is asked again"
            ) from error
        if answer.status_code in _TRY_LATER:
            raise OutsideSilentError(f"{self.name} says {answer.status_code}", remedy="It is asked again")
        if answer.status_code != httpx.codes.OK:
            raise UnusableAnswerError(f"{self.name} refuses: {answer.status_code} {_reason(answer)}".strip())
        self._refuse_forged(signed_by, answer, target, headers["X-Nonce"])
        return answer.content, self._read(answer.content)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _refuse_forged(
        self, signed_by: HmacSignatures, answer: httpx.Response, target: str, nonce: str
    ) -> None:
        timestamp = answer.headers.get("x-timestamp", "")
        message = canonical(str(answer.status_code), target, timestamp, nonce, answer.content)
        try:
            signature = base64.b64decode(answer.headers.get("x-signature", ""), validate=True)
        except binascii.Error:
            signature = b""
        if not signed_by.is_signed(message, signature):
            raise UnusableAnswerError(f"the answer is not signed by {self.name}")

    def _read(self, content: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
        if len(content) > _LARGEST_ANSWER:
            raise UnusableAnswerError(f"the answer of {self.name} is {len(content)} bytes long")
        try:
            return json.loads(content)
        except ValueError:
            raise UnusableAnswerError(f"the answer of {self.name} is no JSON") from None


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"])[:200]
    except (ValueError, KeyError, TypeError):
        return ""
