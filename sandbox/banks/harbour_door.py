"""The HTTP bank's door: who may come in, signed answers, and trouble on the way out."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import Response

from sandbox.banks.keys import CLIENTS
from sandbox.banks.signing import Scheme, canonical
from sandbox.serving import cut_connection

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import Receive, Scope, Send

    from sandbox.banks.bank import Bank
    from sandbox.banks.harbour import Harbour

_SKEW_SECONDS: Final = 300
"""An older or a more future timestamp is refused."""


class RefusedError(Exception):
    """An answer that says no, and is signed."""

    def __init__(self, status: int, code: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.body = {"code": code, "reason": reason}


class HungUpError(Exception):
    """The client gave up, or its line was cut; there is nobody to answer."""


class NonceBook:
    """Nonces of the last minutes: each is good for one request."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._order: deque[tuple[float, str]] = deque()

    def is_new(self, nonce: str, at: float) -> bool:
        """Whether it was never seen; remembers it."""
        while self._order and self._order[0][0] < at - 2 * _SKEW_SECONDS:
            self._seen.discard(self._order.popleft()[1])
        if nonce in self._seen:
            return False
        self._seen.add(nonce)
        self._order.append((at, nonce))
        return True


class Asked:
    """One request that was let in."""

    def __init__(self, bank: Bank, request: Request, body: bytes, kind: str) -> None:
        self.request = request
        self.body = body
        self.kind = kind
        self.reference = _reference(request, body)
        self._bank = bank

    async def hang(self) -> None:
        """Never answer."""
        while (await self.request.receive())["type"] != "http.disconnect":
            pass
        raise HungUpError

    async def cut(self) -> None:
        """Reset the connection."""
        await cut_connection(self.request.scope, self.request.receive)
        raise HungUpError

    async def trouble_before(self) -> None:
        """What goes wrong before anything is looked at."""
        wrong = self._bank.misbehaviour
        if rule := wrong.due("slow", self.reference, on=self.kind):
            await asyncio.sleep(rule.seconds)
        if wrong.due("silent", self.reference, on=self.kind):
            await self.hang()
        self._maybe_500("before")

    async def trouble_after_booking(self) -> None:
        """What goes wrong after the bank did what it was asked."""
        wrong = self._bank.misbehaviour
        if wrong.due("timeout_after_booking", self.reference, on=self.kind):
            await self.hang()
        if wrong.due("cut_after_booking", self.reference, on=self.kind):
            await self.cut()
        self._maybe_500("after")

    def _maybe_500(self, mode: str) -> None:
        wrong = self._bank.misbehaviour
        if wrong.mode_of("error_500") == mode and wrong.due("error_500", self.reference, on=self.kind):
            raise RefusedError(500, "INTERNAL_ERROR", "系统繁忙")


class Door:
    """An ASGI endpoint that lets one kind of request in and signs what goes out."""

    def __init__(
        self, harbour: Harbour, kind: str, answer: Callable[[Asked], Awaitable[tuple[int, dict[str, Any]]]]
    ) -> None:
        self._harbour = harbour
        self._kind = kind
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        asked = Asked(self._harbour.bank, request, body, self._kind)
        status, scheme = 0, None
        digest = hashlib.sha256(body).hexdigest() if body else ""
        noted = self._harbour.bank.asked(request.method, _target(request), asked.reference, digest)
        if self._harbour.bank.settings.latency_ms:
            await asyncio.sleep(self._harbour.bank.settings.latency_ms / 1_000)
        try:
            scheme = self._let_in(request, body)
            await asked.trouble_before()
            status, said = await self._answer(asked)
        except RefusedError as refusal:
            status, said = refusal.status, refusal.body
        except HungUpError:
            said = None
        finally:
            self._harbour.bank.answered(noted, str(status or "no answer"))
        if said is not None:
            await self._signed(asked, scheme, status, said)(scope, receive, send)

    def _let_in(self, request: Request, body: bytes) -> Scheme:
        headers, now = request.headers, time.time()
        try:
            scheme = self._harbour.keys.scheme(headers.get("x-client", ""))
        except KeyError:
            raise RefusedError(401, "UNKNOWN_CLIENT", "X-Client names no client of this bank") from None
        timestamp, nonce = headers.get("x-timestamp", ""), headers.get("x-nonce", "")
        message = canonical(request.method, _target(request), timestamp, nonce, body)
        if not scheme.is_signed(message, headers.get("x-signature", "")):
            raise RefusedError(401, "WRONG_SIGNATURE", "X-Signature does not fit the request")
        if not timestamp.isdecimal() or abs(now - int(timestamp)) > _SKEW_SECONDS:
            raise RefusedError(401, "STALE", f"X-Timestamp {timestamp!r} is not within five minutes")
        if not nonce or not self._harbour.nonces.is_new(nonce, now):
            raise RefusedError(401, "REPEATED_NONCE", "X-Nonce was used before")
        return scheme

    def _signed(self, asked: Asked, scheme: Scheme | None, status: int, said: dict[str, Any]) -> Response:
        """The answer; a client that the bank does not know gets one in the scheme of the first client."""
        body = json.dumps(said, ensure_ascii=False).encode()
        headers = asked.request.headers
        timestamp, nonce = str(int(time.time())), headers.get("x-nonce", "")
        message = canonical(str(status), _target(asked.request), timestamp, nonce, body)
        signer = scheme or self._harbour.keys.scheme(_known(headers.get("x-client", "")))
        signed = {"X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signer.sign(message)}
        wrong = self._harbour.bank.misbehaviour
        if rule := wrong.due("malformed", asked.reference, on=asked.kind):
            body, signed = _malformed(rule.mode, body, signed)
        if status == 500:  # noqa: PLR2004
            signed = {}
        return Response(body, status, signed, media_type="application/json")


def _known(client: str) -> str:
    return client if client in CLIENTS else next(iter(CLIENTS))


def _malformed(mode: str, body: bytes, signed: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    match mode:
        case "signature":
            return body, signed | {"X-Signature": "A" * 88}
        case "encoding":
            return body.decode().encode("utf-16"), signed
        case _:
            return body[: len(body) // 2], signed


def _target(request: Request) -> str:
    query = request.scope["query_string"].decode()
    path = request.scope["raw_path"].decode()
    return f"{path}?{query}" if query else path


def _reference(request: Request, body: bytes) -> str:
    """The order's reference, or the account's number."""
    in_path = request.path_params.get("reference") or request.path_params.get("number")
    if in_path:
        return str(in_path)
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    return str(said.get("reference", "")) if isinstance(said, dict) else ""
