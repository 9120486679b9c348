"""The site's own books: who fetched what, so that a test can prove politeness and resumption."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any, Final

_KEPT: Final = 50_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One request that was answered, or cut."""

    sequence: int
    at: float
    """Seconds of a monotonic clock, when the request came."""
    account: str
    """User name of the session, or empty."""
    client: str
    """``page`` for the site's own pages, ``program`` for everything else."""
    method: str
    path: str
    query: str
    status: int
    """0 when the connection was cut."""


class Books:
    """The latest requests in order."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self._sequence = 0

    @staticmethod
    def now() -> float:
        """The clock of the books."""
        return time.monotonic()

    def write(
        self, *, at: float, account: str, client: str, method: str, path: str, query: str, status: int
    ) -> None:
        """Add a request."""
        self._sequence += 1
        self._entries.append(Entry(self._sequence, at, account, client, method, path, query, status))

    def read(self, *, account: str = "", path: str = "") -> list[dict[str, Any]]:
        """Requests of an account (or all) whose path contains a text."""
        return [
            asdict(entry)
            for entry in self._entries
            if (not account or entry.account == account) and path in entry.path
        ]

    def clear(self) -> None:
        """Begin a new page."""
        self._entries.clear()
