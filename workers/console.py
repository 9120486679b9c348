"""Serves the console's pages."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from temporalio.client import Client

from activities.adapters.acknowledgement_links import LinkSigner
from activities.adapters.banks.notifications import NotificationReader
from activities.adapters.secrets import MountedSecrets
from activities.adapters.transports.guard import SignatureGuard
from activities.payments.telling import Teller
from activities.ports.secrets import SecretStore
from activities.store import documents
from activities.store.database import Database
from console.app import create_app
from console.bank_notices import BankNotices
from models.parameters.banks import BankProfile
from workers.keys import data_keys
from workers.settings import Settings
from workers.setup import open_database
from workers.temporal import connect


async def serve_console(settings: Settings, *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    database = open_database(settings, pool_size=2)
    secrets = MountedSecrets(settings.secrets_dir)
    try:
        temporal = await connect(settings)
        app = create_app(
            temporal=temporal,
            database=database,
            signer=LinkSigner(data_keys(settings)),
            guard=SignatureGuard(secrets),
            notices=bank_notices(database, secrets, temporal),
            language=settings.language,
        )
        app.router.routes.append(Route("/health", _health))
        config = uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False)
        await uvicorn.Server(config).serve()
    finally:
        database.close()


def bank_notices(database: Database, secrets: SecretStore, temporal: Client) -> BankNotices:
    """What takes the notices of banks, each checked by the keys of its bank's profile."""

    def keep(content: bytes, media_type: str) -> str:
        with database.transaction() as session:
            return documents.keep(session, content, media_type=media_type)

    def reader(profile: BankProfile) -> NotificationReader:
        return NotificationReader(profile, secrets, keep, lambda: datetime.now(UTC))

    return BankNotices(database, reader, Teller(database, temporal))


async def _health(_request: Request) -> Response:
    return JSONResponse({"running": True, "pid": os.getpid()})
