"""What an office knows of people, whom it was asked about, and what it charged."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (subject TEXT PRIMARY KEY, record TEXT);
CREATE TABLE IF NOT EXISTS enquiries (
    reference TEXT PRIMARY KEY, subject TEXT, client TEXT, consent TEXT, sha256 TEXT,
    times INTEGER DEFAULT 1);
CREATE TABLE IF NOT EXISTS charges (number INTEGER PRIMARY KEY AUTOINCREMENT, reference TEXT);
"""


class ConflictingEnquiryError(ValueError):
    """The reference was used for another question."""


class Books:
    """An office's own books.

    Args:
        path: of the database file; None keeps it in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self._connection = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)

    def record(self, subject: str) -> dict[str, Any] | None:
        """What was set about somebody; None where nothing was."""
        row = self._connection.execute("SELECT record FROM records WHERE subject = ?", (subject,)).fetchone()
        found: dict[str, Any] | None = None if row is None else json.loads(row["record"])
        return found

    def set_record(self, subject: str, record: dict[str, Any]) -> None:
        """Say what is known of somebody; ``*`` of everybody of whom nothing else was said."""
        self._connection.execute(
            "INSERT INTO records VALUES (?, ?) ON CONFLICT (subject) DO UPDATE SET record = excluded.record",
            (subject, json.dumps(record, ensure_ascii=False)),
        )

    def enquire(self, question: dict[str, Any], client: str) -> list[str]:
        """Enter an enquiry, charge for it once, and give the charges of its reference.

        Raises:
            ConflictingEnquiryError: the reference was used for another question.
        """
        reference, subject = question["reference"], question["subject"]["identifier"]
        sha256 = hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()
        row = self._connection.execute(
            "INSERT INTO enquiries (reference, subject, client, consent, sha256) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (reference) DO UPDATE SET times = times + 1 RETURNING times, sha256",
            (reference, subject, client, question["consent"], sha256),
        ).fetchall()[0]
        if row["sha256"] != sha256:
            raise ConflictingEnquiryError(f"reference {reference!r} was used for another question")
        if row["times"] == 1:
            self.charge(reference)
        return self.charges(reference)

    def charge(self, reference: str) -> None:
        """Charge for an enquiry."""
        self._connection.execute("INSERT INTO charges (reference) VALUES (?)", (reference,))

    def charges(self, reference: str = "") -> list[str]:
        """Numbers of all charges, or of those for one enquiry."""
        rows = self._connection.execute(
            "SELECT number FROM charges WHERE ?1 IN ('', reference) ORDER BY number", (reference,)
        )
        return [f"CH{row['number']:08d}" for row in rows]

    def enquiries(self, subject: str = "") -> list[dict[str, Any]]:
        """Enquiries in the order in which they first came: the footprint of those asked about."""
        rows = self._connection.execute(
            "SELECT reference, subject, client, consent, times FROM enquiries"
            " WHERE ?1 IN ('', subject) ORDER BY rowid",
            (subject,),
        )
        return [dict(row) for row in rows]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
