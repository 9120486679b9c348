"""The demonstrator's side of the site: misbehaviour, publication, books. No login: it is a sandbox."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.exchange.misbehaviour import UnknownMisbehaviourError
from sandbox.exchange.site import NothingToCorrectError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from sandbox.exchange.announcements import Announcement, Row
    from sandbox.exchange.site import Site


def routes() -> list[Route]:
    """The admin addresses; misbehaviour does not touch them."""
    return [
        Route("/admin/health", health),
        Route("/admin/misbehave", misbehave, methods=["GET", "POST", "DELETE"]),
        Route("/admin/publish", publish, methods=["POST"]),
        Route("/admin/reset", reset, methods=["POST"]),
        Route("/admin/log", log, methods=["GET", "DELETE"]),
        Route("/admin/challenges", challenges),
        Route("/admin/truth/{announcement_id}", truth),
    ]


async def health(request: Request) -> Response:
    site: Site = request.app.state.site
    return JSONResponse(
        {
            "status": "ok",
            "list_dates": [day.isoformat() for day in site.world.list_dates],
            "newest_size": len(site.world.standings[-1]),
            "announcements": len(site.published),
        }
    )


async def misbehave(request: Request) -> Response:
    """POST {"slow": 2.0, …} turns switches, DELETE turns all off; both and GET answer with the switches."""
    site: Site = request.app.state.site
    if request.method == "DELETE":
        site.misbehaviour.clear()
    elif request.method == "POST":
        try:
            site.misbehaviour.change(await _wishes(request))
        except UnknownMisbehaviourError as error:
            return JSONResponse({"error": str(error)}, status_code=422)
    return JSONResponse(asdict(site.misbehaviour))


async def publish(request: Request) -> Response:
    """POST {"next": true} publishes the next month, {"correct": "latest"} corrects a list."""
    site: Site = request.app.state.site
    wishes = await _wishes(request)
    try:
        if "correct" in wishes:
            published = [site.publish_correction(str(wishes["correct"]))]
        elif wishes.get("next"):
            published = site.publish_next()
        else:
            return JSONResponse({"error": 'say {"next": true} or {"correct": ID}'}, status_code=422)
    except NothingToCorrectError as error:
        return JSONResponse({"error": str(error)}, status_code=404)
    return JSONResponse({"published": [a.announcement_id for a in published]})


async def reset(request: Request) -> Response:
    site: Site = request.app.state.site
    site.reset()
    return JSONResponse({"status": "ok"})


async def log(request: Request) -> Response:
    """The books, filtered by ?account= and ?path= (a part of it); DELETE empties them."""
    site: Site = request.app.state.site
    if request.method == "DELETE":
        site.books.clear()
    query = request.query_params
    entries = site.books.read(account=query.get("account", ""), path=query.get("path", ""))
    return JSONResponse({"total": len(entries), "entries": entries})


async def challenges(request: Request) -> Response:
    """The answers that logins are waiting for: what a person would read off the picture or the phone."""
    site: Site = request.app.state.site
    waiting = [
        {"account": session.account, "kind": session.challenge.kind, "answer": session.challenge.answer}
        for session in site.sessions.open.values()
        if session.challenge
    ]
    return JSONResponse({"waiting": waiting})


async def truth(request: Request) -> Response:
    """What an announcement and its files say, whatever the layout: for tests that compare."""
    site: Site = request.app.state.site
    found = site.published.get(request.path_params["announcement_id"])
    if found is None:
        return JSONResponse({"error": "no such announcement"}, status_code=404)
    return JSONResponse(_told(found))


def _told(found: Announcement) -> dict[str, Any]:
    return {
        "announcement_id": found.announcement_id,
        "list_date": found.list_date.isoformat() if found.list_date else None,
        "with_amounts": found.with_amounts,
        "rows": _rows(found.rows),
        "files": {f.file_id: {"kind": f.kind.value, "rows": _rows(f.rows)} for f in found.files},
    }


def _rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [
        {
            "name": str(row.acceptor.name),
            "uscc": row.acceptor.uscc,
            "printed_uscc": row.acceptor.printed_uscc,
            "overdue_balance": row.standing.overdue_balance,
            "cumulative_overdue": row.standing.cumulative_overdue,
        }
        for row in rows
    ]


async def _wishes(request: Request) -> dict[str, Any]:
    body = await request.body()
    try:
        wishes = json.loads(body or b"{}")
    except ValueError:
        return {}
    return wishes if isinstance(wishes, dict) else {}
