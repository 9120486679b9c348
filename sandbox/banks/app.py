"""Both banks' HTTP side as an ASGI application."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette

from sandbox.banks import admin

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.banks.site import Site


def build_app(site: Site) -> Starlette:
    """The application that serves a site."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with site.open():
            yield

    app = Starlette(
        routes=[*site.harbour.routes(), *admin.routes()],
        lifespan=lifespan,
        exception_handlers=dict.fromkeys(admin.KNOWN_ERRORS, admin.refused),
    )
    app.state.site = site
    return app
