"""The demonstrator's side of the authority: what signers do, and what goes wrong. No login: a sandbox."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.serialization import Encoding
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.authority.office import RefusedError
from sandbox.offices import doors

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.authority.books import Session
    from sandbox.authority.office import Office


def routes() -> list[Route]:
    """The admin addresses; misbehaviour does not touch them."""
    return [
        Route("/admin/health", health),
        Route("/admin/root.pem", root),
        Route("/admin/misbehave", misbehave, methods=["GET", "POST", "DELETE"]),
        Route("/admin/sessions", sessions),
        Route("/admin/sessions/{id}/{act}", act, methods=["POST"]),
        Route("/admin/revoke", revoke, methods=["POST"]),
    ]


async def refused(_: Request, error: Exception) -> Response:
    """What was wrong with a request."""
    status = error.status if isinstance(error, RefusedError) else 500
    return JSONResponse({"error": str(error)}, status_code=status)


async def health(request: Request) -> Response:
    """Sessions by state."""
    counts: dict[str, int] = {}
    for session in _office(request).books.sessions():
        counts[session.state] = counts.get(session.state, 0) + 1
    return JSONResponse({"status": "ok", "sessions": counts})


async def root(request: Request) -> Response:
    """The certificate that verifiers trust."""
    pem = _office(request).ca.root.certificate.public_bytes(Encoding.PEM)
    return Response(pem, media_type="application/x-pem-file")


async def misbehave(request: Request) -> Response:
    """POST {"kind": "decline", "who": "李雷", "next": 1} adds a rule, DELETE takes all away."""
    return await doors.misbehave(_office(request).misbehaviour, request)


async def sessions(request: Request) -> Response:
    """Who was asked to sign what, and how it stands; ``?state=waiting`` for those who have not."""
    wanted = request.query_params.get("state")
    found = [each for each in _office(request).books.sessions() if wanted in (None, each.state)]
    return JSONResponse([_shown(each) for each in found])


async def act(request: Request) -> Response:
    """POST …/sign, …/decline ({"reason"}) or …/expire: what the signer does."""
    office, session_id, what = _office(request), request.path_params["id"], request.path_params["act"]
    body = await request.body()
    reason = json.loads(body).get("reason", "") if body else ""
    if what == "sign":
        return JSONResponse(_shown(office.sign(session_id)))
    states = {"decline": "declined", "expire": "expired"}
    if what not in states:
        raise RefusedError(404, f"{what!r} is none of sign, decline, expire")
    return JSONResponse(_shown(office.end(session_id, states[what], reason or states[what])))


async def revoke(request: Request) -> Response:
    """POST {"identifier"}: take a signer's certificates back."""
    identifier = json.loads(await request.body())["identifier"]
    return JSONResponse({"revoked": _office(request).revoke(identifier)})


def _office(request: Request) -> Office:
    office: Office = request.app.state.office
    return office


def _shown(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "key": session.key,
        "state": session.state,
        "subject": session.subject,
        "document": session.request["document"],
        "reason": session.reason,
        "reminders": session.reminders,
    }
