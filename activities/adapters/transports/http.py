"""A partner system behind HTTP: each message is one signed POST that may be repeated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from urllib.parse import quote, urlsplit

import httpx

from activities.adapters.banks.signing import signed_headers
from activities.adapters.transports.books import read_digests, read_listing
from activities.adapters.transports.keys import signatures_of
from activities.ports.secrets import SecretStore
from activities.ports.transport import Incoming, PartnerUnreachableError, Transport, passage_id
from models.errors import InvalidInputError
from models.forwarding.consistency import Digest, Exchanged
from models.forwarding.delivery import Answer, Said
from models.forwarding.envelopes import Envelope
from models.parameters.partners import PartnerProfile

_ABOUT_THIS_MESSAGE: Final = frozenset({400, 409, 410, 413, 415, 422})
"""Statuses by which a partner refuses one message; any other failure is about all of them."""
_LONGEST_REASON: Final = 200
_LONGEST_WAIT_SECONDS: Final = 3_600.0
"""Whatever a partner asks for: a slip of its must not stop its messages for days."""


class HttpTransport(Transport):
    """Posts to ``<address>/messages``; ``Idempotency-Key`` and the signed body name the message.

    Args:
        profile: of the partner, with an ``http`` connection.
        secrets: hold the keys, see `signatures_of`.
        clock: tells the time that requests carry.

    Raises:
        InvalidInputError: there is no such connection, or a key is missing or unusable.
    """

    fetches = False

    def __init__(self, profile: PartnerProfile, secrets: SecretStore, clock: Callable[[], datetime]) -> None:
        if profile.http is None:
            raise InvalidInputError(
                f"partner {profile.code!r} has no http connection", remedy="Add one to its profile"
            )
        self._code = profile.code
        self._connection = profile.http
        self._signatures = signatures_of(profile, secrets)
        self._clock = clock
        self._base = urlsplit(profile.http.address).path.rstrip("/")
        self._client = httpx.AsyncClient(
            base_url=profile.http.address,
            timeout=profile.http.answer_seconds,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=64, keepalive_expiry=30),
            follow_redirects=False,
        )

    async def deliver(self, envelope: Envelope, *, drives: int = 0) -> Answer:
        """See `Transport.deliver`."""
        key = quote(passage_id(envelope, drives), safe="/:.-_")
        try:
            reply = await self._send("POST", "/messages", envelope.written(), {"Idempotency-Key": key})
        except httpx.TimeoutException:
            return Answer(Said.UNAVAILABLE, f"no answer in {self._connection.answer_seconds:g} s")
        except httpx.HTTPError as error:
            return Answer(Said.UNAVAILABLE, f"{type(error).__name__} {error}".strip())
        if reply.is_success:
            return Answer(Said.TAKEN, receipt=_told(reply, "receipt"))
        reason = f"{reply.status_code} {_told(reply, 'error')}".strip()
        if reply.status_code in _ABOUT_THIS_MESSAGE:
            return Answer(Said.REFUSED, reason)
        return Answer(Said.UNAVAILABLE, reason, wait_seconds=_retry_after(reply))

    async def fetch(self, limit: int, *, wait_seconds: float) -> Sequence[Incoming]:
        """Nothing: the partner posts to the console."""
        del limit, wait_seconds
        return ()

    async def digests(self, day: date) -> Mapping[str, Digest]:
        """See `Transport.digests`."""
        return read_digests(await self._ask(f"/consistency?day={day.isoformat()}"), self._code)

    async def listing(self, day: date, topic: str) -> Sequence[Exchanged]:
        """See `Transport.listing`."""
        said = await self._ask(f"/consistency?day={day.isoformat()}&topic={quote(topic)}")
        return read_listing(said, self._code)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _ask(self, target: str) -> bytes:
        try:
            reply = await self._send("GET", target, b"", {})
        except httpx.HTTPError as error:
            raise PartnerUnreachableError(
                f"{self._code} does not answer ({type(error).__name__} {error})",
                remedy="Try again when it does",
            ) from error
        if not reply.is_success:
            raise PartnerUnreachableError(
                f"{self._code} answers {reply.status_code} {_told(reply, 'error')}".rstrip(),
                remedy="Try again later",
            )
        return reply.content

    async def _send(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str]
    ) -> httpx.Response:
        signed = signed_headers(self._signatures, method, self._base + target, body, at=self._clock())
        return await self._client.request(
            method,
            target,
            content=body,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "X-Client": self._connection.client_id,
                **signed,
                **headers,
            },
        )


def _told(reply: httpx.Response, name: str) -> str:
    """A field of a JSON answer as a text that the books can keep; empty where there is none."""
    try:
        said = reply.json()
    except ValueError:
        return ""
    value = said.get(name) if isinstance(said, dict) else None
    text = "" if value is None else str(value)
    return "".join(letter for letter in text if letter.isprintable())[:_LONGEST_REASON]


def _retry_after(reply: httpx.Response) -> float | None:
    """``Retry-After`` in seconds, an hour at most; a date there is not honoured."""
    said = reply.headers.get("Retry-After", "")
    return min(float(said), _LONGEST_WAIT_SECONDS) if said.isdecimal() else None
