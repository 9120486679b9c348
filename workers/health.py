"""The health page of a worker process: 200 while every worker runs, 503 otherwise."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from http import HTTPStatus
from types import TracebackType
from typing import Self

from temporalio.worker import Worker

from workflows.queues import Queue


class Health:
    """Serves ``/health`` while the context is open.

    Args:
        address: ``host:port``, None to serve nothing.
        workers: whose state is shown.
        queues: the queues they serve.
    """

    def __init__(self, address: str | None, workers: Sequence[Worker], queues: Sequence[Queue]) -> None:
        self._address = address
        self._workers = workers
        self._queues = queues
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        if self._address is not None:
            host, _, port = self._address.rpartition(":")
            self._server = await asyncio.start_server(self._answer, host, int(port))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        running = all(worker.is_running for worker in self._workers)
        status = HTTPStatus.OK if running else HTTPStatus.SERVICE_UNAVAILABLE
        state = {"running": running, "pid": os.getpid(), "queues": [queue.value for queue in self._queues]}
        body = json.dumps(state).encode()
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()
