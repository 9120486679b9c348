"""What the doors of all offices have in common: signed requests, lost answers, the demonstrator's rules."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse, Response

from sandbox.banks.signing import canonical
from sandbox.offices.misbehaviour import UnknownMisbehaviourError
from sandbox.serving import cut_connection

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from sandbox.banks.signing import Scheme
    from sandbox.offices.misbehaviour import Rules

_SKEW_SECONDS: Final = 300


class NoAnswer(Response):
    """The connection is reset where an answer would stand."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del send
        await cut_connection(scope, receive)


def target_of(request: Request) -> str:
    """Path and query, as they are signed."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def fault_of(scheme: Scheme, request: Request, body: bytes) -> str:
    """Why a request is not taken for the house's own; empty when it is."""
    headers = request.headers
    timestamp = headers.get("x-timestamp", "")
    signed = canonical(request.method, target_of(request), timestamp, headers.get("x-nonce", ""), body)
    if not scheme.is_signed(signed, headers.get("x-signature", "")):
        return "X-Signature does not fit the request"
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > _SKEW_SECONDS:
        return "X-Timestamp is not within five minutes"
    return ""


async def misbehave(rules: Rules[Any], request: Request) -> Response:
    """POST {"kind": …, "next": 2} adds a rule, DELETE takes all away; answers with those in force."""
    if request.method == "DELETE":
        rules.clear()
    elif request.method == "POST":
        try:
            rules.add(json.loads(await request.body()))
        except UnknownMisbehaviourError as error:
            return JSONResponse({"error": str(error)}, 400)
    return JSONResponse(rules.shown())
