"""The demonstrator's side of the partners. No login: it is a sandbox."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.partners.misbehaviour import UnknownMisbehaviourError

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.partners.partner import Partner


class UnknownPartnerError(ValueError):
    """No partner of this name is played."""


def routes() -> list[Route]:
    """The admin addresses; misbehaviour does not touch them."""
    return [
        Route("/admin/health", health),
        Route("/admin/{partner}/misbehave", misbehave, methods=["GET", "POST", "DELETE"]),
        Route("/admin/{partner}/messages", messages),
        Route("/admin/{partner}/disorder", disorder),
        Route("/admin/{partner}/send", send, methods=["POST"]),
    ]


async def refused(_: Request, error: Exception) -> Response:
    """400, naming what is known."""
    return JSONResponse({"error": str(error)}, status_code=400)


async def health(request: Request) -> Response:
    """Counts by partner."""
    partners: dict[str, Partner] = request.app.state.partners
    counts = {name: len(partner.books.messages(name)) for name, partner in partners.items()}
    return JSONResponse({"status": "ok", "partners": counts})


async def misbehave(request: Request) -> Response:
    """POST {"kind": "refuse", "status": 503, "next": 3, "id": "…"} adds a rule, DELETE takes all away."""
    partner = _partner(request)
    if request.method == "DELETE":
        partner.misbehaviour.clear()
    elif request.method == "POST":
        partner.misbehaviour.add(json.loads(await request.body()))
    return JSONResponse(partner.misbehaviour.shown())


async def messages(request: Request) -> Response:
    """Every message that the partner has, in the order in which it first came."""
    partner = _partner(request)
    rows = partner.books.messages(partner.name, topic=request.query_params.get("topic", ""))
    return JSONResponse({"total": len(rows), "messages": [_shown(row) for row in rows]})


async def disorder(request: Request) -> Response:
    """Where order was broken."""
    partner = _partner(request)
    return JSONResponse(partner.books.disorder(partner.name))


async def send(request: Request) -> Response:
    """POST {"id", "topic", "body", "ordering_key"}: the partner sends this to the leasing house."""
    message = json.loads(await request.body())
    try:
        status, answer = await _partner(request).send(message)
    except OSError as error:
        return JSONResponse({"error": str(error)}, 502)
    return JSONResponse({"status": status, "answer": answer})


KNOWN_ERRORS = (UnknownMisbehaviourError, UnknownPartnerError)


def _partner(request: Request) -> Partner:
    partners: dict[str, Partner] = request.app.state.partners
    name = request.path_params["partner"]
    if name not in partners:
        raise UnknownPartnerError(f"partner {name!r} is none of {', '.join(partners)}")
    return partners[name]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"body": json.loads(row["body"])}
