"""The HTTP side of partners: signed messages come in, signed messages go to the leasing house."""

from __future__ import annotations

import asyncio
import json
import time
from secrets import token_hex
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.banks.signing import Scheme, canonical
from sandbox.serving import cut_connection

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from sandbox.partners.partner import Partner

_SKEW_SECONDS = 300


class _NoAnswer(Response):
    """The connection is reset where an answer would stand."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del send
        await cut_connection(scope, receive)


class HttpDoor:
    """Partners behind ``/<name>/messages`` and ``/<name>/consistency``.

    Args:
        partners: by name.
        scheme: by which the house signs, and we.
    """

    def __init__(self, partners: dict[str, Partner], scheme: Scheme) -> None:
        self._partners = partners
        self._scheme = scheme

    def routes(self) -> list[Route]:
        """The addresses."""
        return [
            Route("/{partner}/messages", self.take, methods=["POST"]),
            Route("/{partner}/consistency", self.consistency),
        ]

    async def take(self, request: Request) -> Response:
        """Take one message."""
        partner, body = self._partners.get(request.path_params["partner"]), await request.body()
        if partner is None:
            return JSONResponse({"error": "no such partner"}, 404)
        if fault := self._fault(request, body):
            return JSONResponse({"error": fault}, 401)
        message: dict[str, Any] = json.loads(body)
        return await _misbehaved(partner, message["id"]) or _taken(partner, message)

    async def consistency(self, request: Request) -> Response:
        """What a partner has of a day."""
        partner = self._partners.get(request.path_params["partner"])
        if partner is None:
            return JSONResponse({"error": "no such partner"}, 404)
        if fault := self._fault(request, b""):
            return JSONResponse({"error": fault}, 401)
        query = request.query_params
        return JSONResponse(partner.told_of_day(query.get("day", ""), query.get("topic", "")))

    def _fault(self, request: Request, body: bytes) -> str:
        headers = request.headers
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        timestamp = headers.get("x-timestamp", "")
        signed = canonical(request.method, target, timestamp, headers.get("x-nonce", ""), body)
        if not self._scheme.is_signed(signed, headers.get("x-signature", "")):
            return "X-Signature does not fit the request"
        if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > _SKEW_SECONDS:
            return "X-Timestamp is not within five minutes"
        return ""


async def _misbehaved(partner: Partner, message_id: str) -> Response | None:
    """What is answered instead of taking the message."""
    if late := partner.misbehaviour.strikes("late", message_id):
        await asyncio.sleep(late.seconds)
    if partner.misbehaviour.strikes("cut", message_id):
        return _NoAnswer()
    if refusal := partner.misbehaviour.strikes("refuse", message_id):
        return JSONResponse({"error": "refused on command"}, refusal.status)
    return None


def _taken(partner: Partner, message: dict[str, Any]) -> Response:
    kept = partner.keep(message)
    if partner.misbehaviour.strikes("silent", message["id"]):
        return _NoAnswer()
    if kept == "conflict":
        return JSONResponse({"error": f"id {message['id']!r} came with another body"}, 409)
    return JSONResponse({"receipt": partner.books.receipt(partner.name, message["id"])})


class HouseDoor:
    """The leasing house's intake, as a partner posts to it.

    Args:
        address: such as ``http://127.0.0.1:8500/partners/finance``.
        scheme: to sign by.
    """

    def __init__(self, address: str, scheme: Scheme) -> None:
        self._url = f"{address}/messages"
        self._path = urlsplit(self._url).path
        self._scheme = scheme
        self._client = httpx.AsyncClient(timeout=10)

    async def send(self, message: dict[str, Any]) -> tuple[int, Any]:
        """Post one message.

        Raises:
            OSError: the house does not answer.
        """
        body = json.dumps(message, ensure_ascii=False).encode()
        timestamp, nonce = str(int(time.time())), token_hex(8)
        signature = self._scheme.sign(canonical("POST", self._path, timestamp, nonce, body))
        headers = {"X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signature}
        try:
            answer = await self._client.post(self._url, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise OSError(str(error)) from error
        return answer.status_code, answer.json()
