"""What the authority keeps: its keys, signing sessions, and which certificates it revoked."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS material (name TEXT PRIMARY KEY, content BLOB);
CREATE TABLE IF NOT EXISTS sessions (
    key TEXT PRIMARY KEY, id TEXT UNIQUE, request TEXT, certificate BLOB, private_key BLOB,
    state TEXT, digest TEXT DEFAULT '', signature BLOB, reason TEXT DEFAULT '', reminders INTEGER DEFAULT 0,
    opened_at TEXT);
CREATE TABLE IF NOT EXISTS revoked (serial TEXT PRIMARY KEY, at TEXT);
"""


@dataclass(slots=True)
class Session:
    """Somebody who is to sign something.

    ``state`` is ``open``, ``waiting`` (for the signer), ``signed``, ``declined``, ``expired``, ``cancelled``.
    """

    key: str
    id: str
    request: dict[str, Any]
    certificate: bytes
    private_key: bytes
    state: str
    opened_at: str
    digest: str = ""
    signature: bytes | None = None
    reason: str = ""
    reminders: int = 0

    @property
    def subject(self) -> dict[str, Any]:
        """Who signs."""
        subject: dict[str, Any] = self.request["subject"]
        return subject


class Books:
    """The authority's database.

    Args:
        path: of the file; None keeps it in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self._connection = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)

    def material(self, name: str) -> bytes | None:
        """A key or certificate that was kept."""
        row = self._connection.execute("SELECT content FROM material WHERE name = ?", (name,)).fetchone()
        return bytes(row["content"]) if row else None

    def keep_material(self, name: str, content: bytes) -> None:
        """Keep a key or certificate."""
        self._connection.execute("INSERT INTO material VALUES (?, ?)", (name, content))

    def enter(self, session: Session) -> None:
        """Enter a new session."""
        self._connection.execute(
            "INSERT INTO sessions (key, id, request, certificate, private_key, state, opened_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                session.key,
                session.id,
                json.dumps(session.request, ensure_ascii=False, sort_keys=True),
                session.certificate,
                session.private_key,
                session.state,
                session.opened_at,
            ),
        )

    def save(self, session: Session) -> None:
        """Enter what became of a session."""
        self._connection.execute(
            "UPDATE sessions SET state = ?, digest = ?, signature = ?, reason = ?, reminders = ?"
            " WHERE key = ?",
            (
                session.state,
                session.digest,
                session.signature,
                session.reason,
                session.reminders,
                session.key,
            ),
        )

    def session(self, *, key: str = "", session_id: str = "") -> Session | None:
        """A session by the asker's key or by our own id."""
        row = self._connection.execute(
            "SELECT * FROM sessions WHERE key = ? OR id = ?", (key, session_id)
        ).fetchone()
        return _session(row) if row else None

    def sessions(self) -> list[Session]:
        """All sessions, oldest first."""
        rows = self._connection.execute("SELECT * FROM sessions ORDER BY rowid")
        return [_session(row) for row in rows]

    def revoke(self, serial: int, at: str) -> None:
        """Take a certificate back."""
        self._connection.execute("INSERT OR IGNORE INTO revoked VALUES (?, ?)", (str(serial), at))

    def revoked(self) -> dict[int, str]:
        """When each certificate was taken back, by serial number."""
        rows = self._connection.execute("SELECT serial, at FROM revoked")
        return {int(row["serial"]): row["at"] for row in rows}

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _session(row: sqlite3.Row) -> Session:
    return Session(**{**dict(row), "request": json.loads(row["request"])})
