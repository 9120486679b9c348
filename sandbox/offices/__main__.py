"""``python -m sandbox.offices``: play every office of the outside world that a lease needs.

They share a process to save memory; each has its own books, words and misbehaviour under its own path.
"""

from __future__ import annotations

import argparse
import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from sandbox import antifraud, authority, bureau, movables
from sandbox.serving import HOST, bound_socket, say, serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from starlette.requests import Request

    OpenOffice = Callable[[Path | None, str], AbstractAsyncContextManager[Starlette]]
    """Opens an office, given where it keeps its books (None: in memory) and its own base URL."""


def offices() -> Mapping[str, OpenOffice]:
    """Every office by the path under which it answers."""
    return {
        "authority": authority.open_office,
        "bureau": bureau.open_office,
        "antifraud": antifraud.open_office,
        "movables": movables.open_office,
    }


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and serve."""
    options = _parser().parse_args(arguments)
    listener = bound_socket(options.port)
    address = f"http://{HOST}:{listener.getsockname()[1]}"
    app = build_app(options.data, address)
    asyncio.run(serve(app, listener, on_ready=lambda: say(f"ready {address}")))


def build_app(data: Path | None, address: str) -> Starlette:
    """All offices as one ASGI application.

    Args:
        data: directory of their books; None keeps them in memory.
        address: base URL under which they answer.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for path, open_office in offices().items():
                room = None if data is None else data / path
                if room is not None:
                    room.mkdir(parents=True, exist_ok=True)
                office = await stack.enter_async_context(open_office(room, f"{address}/{path}"))
                app.routes.append(Mount(f"/{path}", office))
            yield

    return Starlette(routes=[Route("/admin/health", _health)], lifespan=lifespan)


async def _health(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok", "offices": sorted(offices())})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.offices")
    parser.add_argument("--data", type=Path, help="keep books here between runs")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    return parser


if __name__ == "__main__":
    main()
