"""Serves the console's pages."""

from __future__ import annotations

import os

import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from activities.adapters.acknowledgement_links import LinkSigner
from activities.adapters.secrets import MountedSecrets
from activities.adapters.transports.guard import SignatureGuard
from console.app import create_app
from workers.keys import data_keys
from workers.settings import Settings
from workers.setup import open_database
from workers.temporal import connect


async def serve_console(settings: Settings, *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    database = open_database(settings, pool_size=2)
    try:
        app = create_app(
            temporal=await connect(settings),
            database=database,
            signer=LinkSigner(data_keys(settings)),
            guard=SignatureGuard(MountedSecrets(settings.secrets_dir)),
            language=settings.language,
        )
        app.router.routes.append(Route("/health", _health))
        config = uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False)
        await uvicorn.Server(config).serve()
    finally:
        database.close()


async def _health(_request: Request) -> Response:
    return JSONResponse({"running": True, "pid": os.getpid()})
