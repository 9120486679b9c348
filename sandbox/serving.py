"""Runs a sandbox program: one line when ready, a clean stop on SIGTERM, connections that can be cut."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from starlette.types import ASGIApp, Receive, Scope

HOST = "127.0.0.1"

_open_lines: dict[tuple[str, int], asyncio.Transport] = {}


class CuttableProtocol(H11Protocol):
    """HTTP that remembers its connections, so that a misbehaving site can drop one in mid-answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._peer = transport.get_extra_info("peername")[:2]
        _open_lines[self._peer] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        _open_lines.pop(self._peer, None)
        super().connection_lost(exc)


async def cut_connection(scope: Scope, receive: Receive) -> None:
    """Reset the request's TCP connection, as a site that went down does."""
    transport = _open_lines.get(tuple(scope["client"]))
    if transport is not None:
        transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


def bound_socket(port: int) -> socket.socket:
    """A listening socket on the loopback address; port 0 takes a free one."""
    # Named TCP on purpose: asyncio switches Nagle's delay (40 ms an answer) off only then.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(512)
    return listener


def say(line: str) -> None:
    """One line for the program's parent."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def serve(app: ASGIApp, listener: socket.socket, *, on_ready: Callable[[], None]) -> None:
    """Answer until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        app,
        http=CuttableProtocol,
        log_level="warning",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=2,
        timeout_keep_alive=60,
    )
    server = _AnnouncedServer(config, on_ready)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.ask_to_stop)
    await server.serve([listener])


class _AnnouncedServer(uvicorn.Server):
    """Says when it listens, and takes a stop by signal for a clean exit."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    def ask_to_stop(self) -> None:
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals alone: uvicorn would raise them again after it stopped."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._on_ready()
