"""``python -m sandbox.partners``: play a finance system behind HTTP and a core system behind NATS."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette

from sandbox.banks.signing import Hmac
from sandbox.partners import admin
from sandbox.partners.books import Books
from sandbox.partners.http import HouseDoor, HttpDoor
from sandbox.partners.partner import Partner
from sandbox.serving import HOST, bound_socket, say, serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.partners.queue import QueueDoor

FINANCE, CORE = "finance", "core"


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and serve."""
    options = _parser().parse_args(arguments)
    listener = bound_socket(options.port)
    app = build_app(options.data, options.house, options.key, options.nats)
    address = f"http://{HOST}:{listener.getsockname()[1]}"
    asyncio.run(serve(app, listener, on_ready=lambda: say(f"ready {address}")))


def build_app(data: Path | None, house: str, key: str, servers: str) -> Starlette:
    """Both partners as an ASGI application.

    Args:
        data: directory of what they keep; None keeps it in memory.
        house: base URL of the leasing house's intake.
        key: shared secret of both directions.
        servers: of NATS; empty plays the core system over HTTP, too.
    """
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
    books = Books(data / "partners.sqlite" if data else None)
    scheme = Hmac(key.encode())
    queue = _queue(servers)
    partners = {
        FINANCE: Partner(FINANCE, books, HouseDoor(f"{house}/{FINANCE}", scheme).send),
        CORE: Partner(
            CORE,
            books,
            partial(queue.send, CORE) if queue else HouseDoor(f"{house}/{CORE}", scheme).send,
        ),
    }

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(partner.reply_for_ever()) for partner in partners.values()]
        if queue is not None:
            tasks.append(asyncio.create_task(queue.serve(partners[CORE])))
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if queue is not None:
            await queue.close()
        books.close()

    app = Starlette(
        routes=[*admin.routes(), *HttpDoor(partners, scheme).routes()],
        lifespan=lifespan,
        exception_handlers=dict.fromkeys(admin.KNOWN_ERRORS, admin.refused),
    )
    app.state.partners = partners
    return app


def _queue(servers: str) -> QueueDoor | None:
    if not servers:
        return None
    from sandbox.partners.queue import QueueDoor  # noqa: PLC0415 - only where NATS is played

    return QueueDoor(servers)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.partners")
    parser.add_argument("--data", type=Path, help="keep messages here between runs")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--house", default="http://127.0.0.1:8500/partners", help="the house's intake")
    parser.add_argument("--key", default="sandbox", help="shared secret of both directions")
    parser.add_argument("--nats", default="", help="address of the NATS server, for the core system")
    return parser


if __name__ == "__main__":
    main()
