"""The bell that wakes whoever waits at a box, and the turn that one process at a time has there."""

from __future__ import annotations

import asyncio
import time
from enum import StrEnum
from types import TracebackType
from typing import Final, Self

import psycopg
from sqlalchemy import text
from sqlmodel import Session

from activities.store.database import Database

_CHANNEL: Final = "leaseflow_forwarding"
_AGAIN_SECONDS: Final = 0.5
"""How often a turn that another process has is asked for."""


class Box(StrEnum):
    """Where messages wait."""

    OUTBOX = "outbox"
    INBOX = "inbox"


def ring(session: Session, box: Box, partner: str, *, command: bool = False) -> None:
    """Wake who waits at a partner's box, once this transaction is committed.

    Args:
        session: of the transaction.
        box: which one.
        partner: whose.
        command: a person changed something: even who rests after a failure should look now.
    """
    said = f"{box}/{partner}{'/now' if command else ''}"
    session.execute(text("SELECT pg_notify(:channel, :said)"), {"channel": _CHANNEL, "said": said})


class Turn:
    """The right to move messages of one box, held by one process at a time.

    It is a lock of a PostgreSQL session: when the process dies, so does its session, and the next one
    gets its turn. The same session hears the bell.
    """

    def __init__(self, database: Database, box: Box, partner: str) -> None:
        url = database.engine.url.set(drivername="postgresql")
        self._url = url.render_as_string(hide_password=False)
        self._name = f"{box}/{partner}"
        self._connection: psycopg.AsyncConnection[tuple[object, ...]] | None = None

    async def __aenter__(self) -> Self:
        """Listen, and wait for the turn."""
        self._connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        try:
            await self._connection.execute(f"LISTEN {_CHANNEL}")
            while not await self._take():  # noqa: ASYNC110 - the other process is no event of ours
                await asyncio.sleep(_AGAIN_SECONDS)
        except BaseException:  # a waiting worker that stops must not leave a session behind
            await self._connection.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def still_ours(self) -> None:
        """Raise if the session, and the turn with it, is lost.

        Raises:
            psycopg.OperationalError: it is.
        """
        await self._session().execute("SELECT 1")

    async def wait(self, seconds: float, *, commands_only: bool = False) -> None:
        """Wait until the bell rings, or so long.

        Args:
            seconds: at most.
            commands_only: sleep on when there is merely another message.

        Raises:
            psycopg.OperationalError: the session, and the turn with it, is lost.
        """
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            async for bell in self._session().notifies(timeout=left, stop_after=1):
                if bell.payload == f"{self._name}/now":
                    return
                if bell.payload == self._name and not commands_only:
                    return

    async def _take(self) -> bool:
        cursor = await self._session().execute(
            "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (self._name,)
        )
        row = await cursor.fetchone()
        return row is not None and bool(row[0])

    def _session(self) -> psycopg.AsyncConnection[tuple[object, ...]]:
        if self._connection is None:
            raise RuntimeError("the turn was not entered")
        return self._connection
