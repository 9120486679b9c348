"""What partners have been sent, on disk before it is acknowledged."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    arrival INTEGER PRIMARY KEY AUTOINCREMENT, partner TEXT, id TEXT, topic TEXT, ordering_key TEXT,
    number INTEGER, day TEXT, sha256 TEXT, body TEXT, repeats INTEGER DEFAULT 0, UNIQUE (partner, id));
CREATE TABLE IF NOT EXISTS conflicts (partner TEXT, id TEXT, sha256 TEXT);
"""


def hashed(body: object) -> str:
    """SHA-256 of a body as JSON with sorted keys and no spaces."""
    written = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()


class Books:
    """Messages of every partner.

    Args:
        path: of the database file; None keeps it in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self._connection = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)

    def keep(self, partner: str, message: dict[str, Any]) -> str:
        """Keep a message once: ``new``, ``known``, or ``conflict`` when its id has another body."""
        sha256 = hashed(message["body"])
        entered = self._connection.execute(
            "INSERT INTO messages (partner, id, topic, ordering_key, number, day, sha256, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                partner,
                message["id"],
                message["topic"],
                message["ordering_key"],
                message["number"],
                message["day"],
                sha256,
                json.dumps(message["body"], ensure_ascii=False),
            ),
        )
        if entered.rowcount:
            return "new"
        known = self._connection.execute(
            "UPDATE messages SET repeats = repeats + 1 WHERE partner = ? AND id = ? RETURNING sha256",
            (partner, message["id"]),
        ).fetchall()[0]
        if known["sha256"] == sha256:
            return "known"
        self._connection.execute("INSERT INTO conflicts VALUES (?, ?, ?)", (partner, message["id"], sha256))
        return "conflict"

    def messages(self, partner: str, *, day: str = "", topic: str = "") -> list[dict[str, Any]]:
        """Messages in the order in which they first came."""
        rows = self._connection.execute(
            "SELECT * FROM messages WHERE partner = ?1 AND ?2 IN ('', day) AND ?3 IN ('', topic)"
            " ORDER BY arrival",
            (partner, day, topic),
        )
        return [dict(row) for row in rows]

    def receipt(self, partner: str, message_id: str) -> str:
        """The partner's own number of a message."""
        row = self._connection.execute(
            "SELECT arrival FROM messages WHERE partner = ? AND id = ?", (partner, message_id)
        ).fetchone()
        return f"{partner[:2].upper()}{row['arrival']:08d}" if row else ""

    def disorder(self, partner: str) -> list[str]:
        """Where a number did not follow the one before, within an ordering key."""
        last: defaultdict[str, int] = defaultdict(int)
        found = []
        for row in self.messages(partner):
            if row["number"] != last[row["ordering_key"]] + 1:
                found.append(f"{row['id']}: {row['number']} after {last[row['ordering_key']]}")
            last[row["ordering_key"]] = row["number"]
        return found

    def digests(self, partner: str, day: str) -> dict[str, dict[str, Any]]:
        """Count and hash of a day's messages by topic."""
        by_topic: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self.messages(partner, day=day):
            by_topic[row["topic"]].append(row)
        return {
            topic: {
                "count": len(rows),
                "hash": hashlib.sha256(
                    "".join(
                        f"{row['id']}:{row['sha256']}\n" for row in sorted(rows, key=lambda row: row["id"])
                    ).encode()
                ).hexdigest(),
            }
            for topic, rows in by_topic.items()
        }

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
