"""The web console: pages on which people answer what the processes ask of them."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from temporalio.client import Client

from activities.ports.delivery import AcknowledgementLinks
from activities.ports.transport import IntakeGuard
from activities.store.database import Database
from console.acknowledge import AcknowledgementPages
from console.bank_notices import BankNotices
from console.intake import IntakePages

_GUARDS = {
    # the address holds the token: it must not reach other sites, caches or frames
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
}


def create_app(
    *,
    temporal: Client,
    database: Database,
    signer: AcknowledgementLinks,
    guard: IntakeGuard | None = None,
    notices: BankNotices | None = None,
    language: str = "zh-CN",
) -> Starlette:
    """The console as an ASGI application.

    Args:
        temporal: takes the updates; its data converter must be the engine's.
        database: the books, which are only read.
        signer: checks the links that warnings carry.
        guard: checks the signatures of partner systems; None takes no messages in.
        notices: takes what banks tell; None takes nothing.
        language: of the pages.
    """
    pages = AcknowledgementPages(temporal=temporal, database=database, signer=signer, language=language)
    routes = [
        Route("/acknowledge/{token}", pages.show, methods=["GET"]),
        Route("/acknowledge/{token}", pages.acknowledge, methods=["POST"]),
    ]
    if guard is not None:
        routes.append(
            Route("/partners/{partner}/messages", IntakePages(database, guard).take, methods=["POST"])
        )
    if notices is not None:
        routes.append(Route("/banks/{code}/notices", notices.take, methods=["POST"]))
    return Starlette(
        routes=routes,
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=_guard)],
    )


async def _guard(request: Request, call_next: RequestResponseEndpoint) -> Response:
    response = await call_next(request)
    response.headers.update(_GUARDS)
    return response
