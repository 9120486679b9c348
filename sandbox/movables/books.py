"""What is registered: certificates and the things that they are about, on disk before they are answered."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS registrations (
    number INTEGER PRIMARY KEY AUTOINCREMENT, client TEXT, reference TEXT, content TEXT, registrant TEXT,
    registered_at TEXT, changed_at TEXT, ended_at TEXT, end_reason TEXT DEFAULT '');
CREATE TABLE IF NOT EXISTS items (number INTEGER, item TEXT, PRIMARY KEY (number, item));
CREATE INDEX IF NOT EXISTS items_by_item ON items (item);
"""


class Books:
    """Registrations of every client.

    Args:
        path: of the database file; None keeps it in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self._connection = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.executescript(_SCHEMA)

    def enter(self, client: str, content: dict[str, Any]) -> dict[str, Any]:
        """Enter a registration under a new certificate."""
        written = json.dumps(content, ensure_ascii=False, sort_keys=True)
        self._connection.execute("BEGIN IMMEDIATE")
        cursor = self._connection.execute(
            "INSERT INTO registrations (client, reference, content, registrant, registered_at)"
            " VALUES (?, ?, ?, ?, ?)",
            (client, content["reference"], written, content["registrant"]["name"], _now()),
        )
        number = cursor.lastrowid or 0
        self._enter_items(number, content)
        self._connection.execute("COMMIT")
        return self.of_certificate(certificate(number)) or {}

    def change(self, shown: str, content: dict[str, Any]) -> dict[str, Any]:
        """Replace the content of a certificate."""
        number = number_of(shown)
        written = json.dumps(content, ensure_ascii=False, sort_keys=True)
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute(
            "UPDATE registrations SET content = ?, changed_at = ? WHERE number = ?", (written, _now(), number)
        )
        self._connection.execute("DELETE FROM items WHERE number = ?", (number,))
        self._enter_items(number, content)
        self._connection.execute("COMMIT")
        return self.of_certificate(shown) or {}

    def end(self, shown: str, reason: str) -> dict[str, Any]:
        """Take a registration out; out already stays as it was."""
        self._connection.execute(
            "UPDATE registrations SET ended_at = ?, end_reason = ? WHERE number = ? AND ended_at IS NULL",
            (_now(), reason, number_of(shown)),
        )
        return self.of_certificate(shown) or {}

    def of_certificate(self, shown: str) -> dict[str, Any] | None:
        rows = self._rows("number = ?", number_of(shown))
        return rows[0] if rows else None

    def of_reference(self, client: str, reference: str) -> list[dict[str, Any]]:
        """Everything that a client registered under its reference, ended ones too, oldest first."""
        return self._rows("client = ? AND reference = ?", client, reference)

    def of_item(self, item: str) -> list[dict[str, Any]]:
        """Registrations in force on a thing, oldest first."""
        return self._rows("ended_at IS NULL AND number IN (SELECT number FROM items WHERE item = ?)", item)

    def all(self) -> list[dict[str, Any]]:
        return self._rows("1")

    def close(self) -> None:
        self._connection.close()

    def _enter_items(self, number: int, content: dict[str, Any]) -> None:
        entries = [(number, each["id"]) for each in content["items"]]
        self._connection.executemany("INSERT OR IGNORE INTO items VALUES (?, ?)", entries)

    def _rows(self, condition: str, *values: object) -> list[dict[str, Any]]:
        found = self._connection.execute(
            f"SELECT * FROM registrations WHERE {condition} ORDER BY number",  # noqa: S608 - conditions are ours
            values,
        )
        return [_shown(dict(row)) for row in found]


def certificate(number: int) -> str:
    """The number that a certificate bears: 16 digits after the registry's letters."""
    return f"ZD{number:016d}"


def number_of(shown: str) -> int:
    digits = shown.removeprefix("ZD")
    return int(digits) if digits.isdecimal() else 0


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "certificate": certificate(row["number"]),
        "client": row["client"],
        "reference": row["reference"],
        "registered_at": row["registered_at"],
        "changed_at": row["changed_at"],
        "ended_at": row["ended_at"],
        "content": json.loads(row["content"]),
    }


def _now() -> str:
    return datetime.now(UTC).isoformat()
