"""How every answer of the API is shaped, and who may have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse, Response

from sandbox.exchange.sessions import COOKIE, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.requests import Request

    from sandbox.exchange.site import Site

    Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]

OK: Final = 0
WRONG_PASSWORD: Final = 1001
CHALLENGE: Final = 1002
NO_SESSION: Final = 4010
PAGES_ONLY: Final = 4030
UNKNOWN: Final = 4040

_PAGES_SEND: Final = "X-Page-Token"


def is_page(request: Request) -> bool:
    """Whether the site's own pages ask."""
    site: Site = request.app.state.site
    return request.headers.get(_PAGES_SEND) == site.token


def current_session(request: Request) -> Session | None:
    """The visitor's session, also when it waits for a challenge's answer."""
    site: Site = request.app.state.site
    return site.sessions.find(request.cookies.get(COOKIE))


def for_members(endpoint: Endpoint) -> Endpoint:
    async def checked(request: Request) -> Response:
        is_api = request.url.path.startswith("/api/")
        if is_api and (refusal := pages_only(request)) is not None:
            return refusal
        session = current_session(request)
        if session is None or session.challenge is not None:
            return refuse(NO_SESSION, "会话已失效,请重新登录", status=401)
        return await endpoint(request)

    return checked


def pages_only(request: Request) -> Response | None:
    site: Site = request.app.state.site
    if site.misbehaviour.api or is_page(request):
        return None
    return refuse(PAGES_ONLY, "接口仅供本站页面使用", status=403)


def answer(data: dict[str, Any]) -> JSONResponse:
    return JSONResponse({"code": OK, "message": "ok", "data": data})


def refuse(code: int, message: str, *, status: int = 200, data: object = None) -> JSONResponse:
    return JSONResponse({"code": code, "message": message, "data": data}, status_code=status)
