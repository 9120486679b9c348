"""Logging in: password, then perhaps a challenge that a person answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.routing import Route

from sandbox.exchange.answers import (
    CHALLENGE,
    NO_SESSION,
    UNKNOWN,
    WRONG_PASSWORD,
    answer,
    current_session,
    pages_only,
    refuse,
)
from sandbox.exchange.sessions import COOKIE

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.exchange.site import Site


def routes() -> list[Route]:
    """The addresses of the door."""
    return [
        Route("/api/session", session_state),
        Route("/api/login", log_in, methods=["POST"]),
        Route("/api/login/challenge", answer_challenge, methods=["POST"]),
        Route("/api/challenge.png", challenge_picture),
        Route("/api/logout", log_out, methods=["POST"]),
    ]


async def session_state(request: Request) -> Response:
    if (refusal := pages_only(request)) is not None:
        return refusal
    session = current_session(request)
    if session is None:
        return answer({"state": "out"})
    if session.challenge:
        return answer({"state": "challenge", "challenge": session.challenge.kind})
    return answer({"state": "in", "account": session.account})


async def log_in(request: Request) -> Response:
    if (refusal := pages_only(request)) is not None:
        return refusal
    site: Site = request.app.state.site
    body = await _body(request)
    identity = site.sessions.log_in(
        str(body.get("username", "")),
        str(body.get("password", "")),
        challenge=site.misbehaviour.challenge,
    )
    if identity is None:
        return refuse(WRONG_PASSWORD, "用户名或密码错误")
    waiting = site.sessions.open[identity].challenge
    said = refuse(CHALLENGE, "需要验证", data={"challenge": waiting.kind}) if waiting else answer({})
    said.set_cookie(COOKIE, identity, httponly=True, samesite="lax")
    return said


async def answer_challenge(request: Request) -> Response:
    site: Site = request.app.state.site
    session = current_session(request)
    if session is None:
        return refuse(NO_SESSION, "会话已失效,请重新登录", status=401)
    body = await _body(request)
    if site.sessions.answer(session, str(body.get("answer", ""))):
        return answer({})
    return refuse(CHALLENGE, "验证失败,请重试")


async def challenge_picture(request: Request) -> Response:
    session = current_session(request)
    if session is None or session.challenge is None:
        return refuse(UNKNOWN, "没有待完成的验证", status=404)
    return Response(session.challenge.picture, media_type="image/png", headers={"Cache-Control": "no-store"})


async def log_out(request: Request) -> Response:
    site: Site = request.app.state.site
    site.sessions.open.pop(request.cookies.get(COOKIE, ""), None)
    return answer({})


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
