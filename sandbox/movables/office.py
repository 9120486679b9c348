"""The registry's doors: a signed JSON interface for clients, and the demonstrator's side without login.

Requests carry ``X-Client``, ``X-Timestamp``, ``X-Nonce`` and ``X-Signature`` (HMAC-SHA256 over method, path,
timestamp, nonce and body digest); answers are signed the same way, with their status for the method.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.banks.signing import Hmac, canonical
from sandbox.movables.books import Books
from sandbox.movables.misbehaviour import Misbehaviour
from sandbox.offices import doors
from sandbox.offices.doors import NoAnswer, fault_of, target_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.requests import Request

SANDBOX_KEY: Final = "sandbox"
"""Shared secret of the registry and its only client."""
_WANTED: Final = ("reference", "registrant", "debtor", "items", "amount", "expires")


@asynccontextmanager
async def open_office(data: Path | None, address: str) -> AsyncIterator[Starlette]:
    """The registry as an ASGI application.

    Args:
        data: directory of its books; None keeps them in memory.
        address: its own base URL; requests carry their own.
    """
    del address
    books = Books(data / "movables.sqlite" if data else None)
    office = Office(books, Hmac(SANDBOX_KEY.encode()))
    with closing(books):
        yield Starlette(routes=office.routes())


class Office:
    """One registry.

    Args:
        books: what is registered.
        scheme: by which both sides sign.
    """

    def __init__(self, books: Books, scheme: Hmac) -> None:
        self._books = books
        self._scheme = scheme
        self._misbehaviour = Misbehaviour()

    def routes(self) -> list[Route]:
        return [
            Route("/admin/health", self.health),
            Route("/admin/misbehave", self.misbehave, methods=["GET", "POST", "DELETE"]),
            Route("/admin/registrations", self.everything, methods=["GET", "POST"]),
            Route("/v1/registrations", self.register, methods=["POST"]),
            Route("/v1/registrations", self.find),
            Route("/v1/registrations/{certificate}", self.change, methods=["PUT"]),
            Route("/v1/registrations/{certificate}", self.end, methods=["DELETE"]),
        ]

    # ------------------------------------------------------------ clients

    async def register(self, request: Request) -> Response:
        """POST a registration: 201 with its certificate, 409 where others were there first."""
        body = await request.body()
        if trouble := await self._trouble(request, body):
            return trouble
        content, client = json.loads(body), request.headers["x-client"]
        if fault := _fault(content):
            return self._say(request, 422, {"error": fault})
        known = [
            each for each in self._books.of_reference(client, content["reference"]) if not each["ended_at"]
        ]
        duplicate = self._misbehaviour.strike("duplicate") is not None
        if known and not duplicate:
            if known[0]["content"] != content:
                return self._say(request, 409, {"error": "reference is registered with another content"})
            return self._say(request, 200, known[0])
        if collision := self._collision(client, content):
            return self._say(request, 409, collision)
        return self._enter(request, content, twice=duplicate)

    def _enter(self, request: Request, content: dict[str, Any], *, twice: bool) -> Response:
        client = request.headers["x-client"]
        entry = self._books.enter(client, content)
        if twice:
            entry = self._books.enter(client, content)
        if self._misbehaviour.strike("lost-answer"):
            return NoAnswer()
        if self._misbehaviour.strike("wrong-number"):
            entry = entry | {"certificate": "ZD9999999999999999"}
        return self._say(request, 201, entry)

    async def find(self, request: Request) -> Response:
        """GET by ``reference`` (own, ended ones too) or by ``item`` (everybody's in force)."""
        if trouble := await self._trouble(request, b""):
            return trouble
        query = request.query_params
        if "item" in query:
            found = self._books.of_item(query["item"])
        else:
            found = self._books.of_reference(request.headers["x-client"], query.get("reference", ""))
        return self._say(request, 200, {"registrations": found})

    async def change(self, request: Request) -> Response:
        """PUT the content anew; the certificate stays."""
        body = await request.body()
        if trouble := await self._trouble(request, body):
            return trouble
        content = json.loads(body)
        entry = self._own(request)
        if entry is None or entry["ended_at"]:
            return self._say(
                request, 404, {"error": "no registration of yours in force has this certificate"}
            )
        if fault := _fault(content):
            return self._say(request, 422, {"error": fault})
        if collision := self._collision(request.headers["x-client"], content):
            return self._say(request, 409, collision)
        return self._say(request, 200, self._books.change(entry["certificate"], content))

    async def end(self, request: Request) -> Response:
        """DELETE a registration; one that is out already answers the same."""
        if trouble := await self._trouble(request, b""):
            return trouble
        entry = self._own(request)
        if entry is None:
            return self._say(request, 404, {"error": "no registration of yours has this certificate"})
        reason = request.query_params.get("reason", "")
        return self._say(request, 200, self._books.end(entry["certificate"], reason))

    # ------------------------------------------------------------ the demonstrator

    async def health(self, _: Request) -> Response:
        return JSONResponse({"status": "ok", "registrations": len(self._books.all())})

    async def misbehave(self, request: Request) -> Response:
        """POST {"kind": "down", "next": 2} adds a rule, DELETE takes all away."""
        return await doors.misbehave(self._misbehaviour, request)

    async def everything(self, request: Request) -> Response:
        """GET all; POST {"registrant": "某租赁公司", "item": "L…"} registers for somebody else."""
        if request.method == "POST":
            wish = json.loads(await request.body())
            other = {
                "reference": f"OTHER-{len(self._books.all()) + 1}",
                "registrant": {"name": wish["registrant"], "id": ""},
                "items": [{"id": wish["item"]}],
            }
            return JSONResponse(self._books.enter("other", other), 201)
        return JSONResponse({"registrations": self._books.all()})

    # ------------------------------------------------------------ trust and trouble

    async def _trouble(self, request: Request, body: bytes) -> Response | None:
        """What is answered in place of doing anything."""
        if late := self._misbehaviour.strike("slow"):
            await asyncio.sleep(late.seconds)
        if self._misbehaviour.strike("down"):
            return JSONResponse({"error": "down for maintenance"}, 503)
        if fault := fault_of(self._scheme, request, body):
            return self._say(request, 401, {"error": fault})
        return None

    def _say(self, request: Request, status: int, answer: dict[str, Any]) -> Response:
        body = json.dumps(answer, ensure_ascii=False).encode()
        timestamp, nonce = str(int(time.time())), request.headers.get("x-nonce", "")
        signed = canonical(str(status), target_of(request), timestamp, nonce, body)
        signature = self._scheme.sign(b"" if self._misbehaviour.strike("unsigned") else signed)
        headers = {"X-Timestamp": timestamp, "X-Signature": signature}
        return Response(body, status, headers, media_type="application/json")

    def _own(self, request: Request) -> dict[str, Any] | None:
        entry = self._books.of_certificate(request.path_params["certificate"])
        return entry if entry and entry["client"] == request.headers["x-client"] else None

    def _collision(self, client: str, content: dict[str, Any]) -> dict[str, Any] | None:
        for item in content["items"]:
            for entry in self._books.of_item(item["id"]):
                if entry["client"] != client:
                    holder = entry["content"]["registrant"]["name"]
                    error = f"{item['id']} is registered for {holder} since {entry['registered_at'][:10]}"
                    return {"error": error, "certificate": entry["certificate"]}
        return None


def _fault(content: dict[str, Any]) -> str:
    missing = [name for name in _WANTED if not content.get(name)]
    return f"{', '.join(missing)} must be given" if missing else ""
