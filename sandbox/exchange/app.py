"""The site as an ASGI application."""

from __future__ import annotations

import asyncio
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox.exchange import admin, api, login
from sandbox.exchange.answers import current_session, is_page
from sandbox.exchange.sheets import FONT_PATH
from sandbox.serving import cut_connection

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from sandbox.exchange.site import Site

_STATIC: Final = files("sandbox.exchange").joinpath("static")
_FOR_MEMBERS: Final = ("/api/articles", "/api/accounts", "/files/")


def build_app(site: Site) -> Starlette:
    """The application that shows a site."""
    app = Starlette(
        routes=[
            Route("/", front_page),
            *login.routes(),
            *api.routes(),
            *admin.routes(),
            Route("/static/font.otf", cjk_font),
            Mount("/static", StaticFiles(directory=str(_STATIC))),
        ],
        middleware=[Middleware(_Weather, site=site)],
    )
    app.state.site = site
    return app


async def front_page(request: Request) -> Response:
    """The single page; everything else happens behind its hash routes."""
    site: Site = request.app.state.site
    html = _STATIC.joinpath("index.html").read_text(encoding="utf-8")
    return HTMLResponse(html.replace("{{page-token}}", site.token), headers={"Cache-Control": "no-store"})


async def cjk_font(_: Request) -> Response:
    """The font that the pictures are drawn with."""
    return FileResponse(FONT_PATH, media_type="font/otf", headers={"Cache-Control": "max-age=86400"})


class _Weather:
    """Misbehaves as asked before a request is answered, tells the page its layout, and keeps the books."""

    def __init__(self, app: ASGIApp, *, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/admin/"):
            await self._app(scope, receive, send)
            return
        at = self._site.books.now()
        status = 0
        request = Request(scope)
        session = current_session(request)

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                layout = self._site.misbehaviour.layout.encode()
                message["headers"] = [*message["headers"], (b"x-layout", layout)]
            await send(message)

        await self._answer(scope, receive, noting)
        self._site.books.write(
            at=at,
            account=session.account if session else "",
            client="page" if is_page(request) else "program",
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode(),
            status=status,
        )

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        wrong = self._site.misbehaviour
        if wrong.slow:
            await asyncio.sleep(wrong.slow)
        if wrong.down:
            await cut_connection(scope, receive)
            return
        if (status := wrong.error_due()) != 0:
            failure = JSONResponse({"code": 5000, "message": "系统繁忙"}, status_code=status)
            await failure(scope, receive, send)
            return
        if scope["path"].startswith(_FOR_MEMBERS) and wrong.expiry_due():
            self._site.sessions.open.clear()
        await self._app(scope, receive, send)
