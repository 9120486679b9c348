"""A bank's own books, in SQLite: what it was told, what it booked, and where it lied."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from sandbox.banks.orders import Order, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_ORDER_COLUMNS: Final = tuple(Order.__dataclass_fields__)
_AT_ONCE: Final = 500
"""References in one query."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An order as the books have it."""

    id: int
    order: Order
    digest: str
    batch: str
    status: Status
    bank_reference: str
    code: str
    reason: str
    fee: int
    value_date: str
    taken_at: float
    final_at: float | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement on an account of the house. ``minor`` is signed: money in is positive."""

    account: str
    kind: str
    """``order``, ``fee``, ``return`` or ``incoming``."""
    order_id: int | None
    reference: str
    bank_reference: str
    minor: int
    currency: str
    booking_day: str
    counterparty: str
    counterparty_name: str
    code: str
    text: str
    batch: str
    booked_at: float


_ENTRY_COLUMNS: Final = tuple(Entry.__dataclass_fields__)


class Books:
    """Orders, entries, balances and the rest, safe to use from several threads.

    Args:
        path: the database file; None keeps everything in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = RLock()
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        # A killed program loses nothing by synchronous=OFF; only a machine that loses power does.
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY;")
        self._db.executescript(files("sandbox.banks").joinpath("schema.sql").read_text(encoding="utf-8"))

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """All or nothing; other threads wait. Nests."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows of a query as dictionaries."""
        with self._lock:
            return [dict(row) for row in self._db.execute(query, parameters)]

    def insert(self, table: str, row: dict[str, Any]) -> int:
        """Add a row; gives its id."""
        columns, marks = ", ".join(row), ", ".join("?" * len(row))
        with self._lock:
            # table and columns are names of this package's schema
            inserted = self._db.execute(
                f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608
                tuple(row.values()),
            )
            return inserted.lastrowid or 0

    def note_outcome(self, number: int, outcome: str) -> None:
        with self._lock:
            self._db.execute("UPDATE requests SET outcome = ? WHERE id = ?", (outcome, number))

    def orders_by_reference(self, references: Sequence[str]) -> dict[str, list[Kept]]:
        """What is known under references, oldest first."""
        found: dict[str, list[Kept]] = {}
        for start in range(0, len(references), _AT_ONCE):
            part = references[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(part))
            query = f"SELECT * FROM orders WHERE reference IN ({marks}) ORDER BY id"  # noqa: S608
            for row in self.rows(query, part):
                found.setdefault(row["reference"], []).append(_kept(row))
        return found

    def orders_by_id(self, identities: Sequence[int]) -> list[Kept]:
        """Orders by their numbers, in the books' order."""
        found: list[Kept] = []
        for start in range(0, len(identities), _AT_ONCE):
            part = identities[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(part))
            query = f"SELECT * FROM orders WHERE id IN ({marks}) ORDER BY id"  # noqa: S608
            found += [_kept(row) for row in self.rows(query, part)]
        return found

    def next_order_id(self) -> int:
        (row,) = self.rows("SELECT coalesce(max(id), 0) + 1 AS next FROM orders")
        return int(row["next"])

    def add_orders(self, orders: Sequence[Kept]) -> None:
        columns = (*Kept.__dataclass_fields__,)
        flat = [name for name in columns if name != "order"]
        names = ", ".join((*flat, *_ORDER_COLUMNS))
        marks = ", ".join("?" * (len(flat) + len(_ORDER_COLUMNS)))
        rows = (
            (*(getattr(o, name) for name in flat), *(getattr(o.order, name) for name in _ORDER_COLUMNS))
            for o in orders
        )
        with self.at_once():
            self._db.executemany(f"INSERT INTO orders ({names}) VALUES ({marks})", rows)  # noqa: S608

    def finish(self, orders: Sequence[Kept]) -> None:
        """Write down how orders ended."""
        rows = [(o.status, o.code, o.reason, o.fee, o.value_date, o.final_at, o.id) for o in orders]
        with self.at_once():
            self._db.executemany(
                "UPDATE orders SET status = ?, code = ?, reason = ?, fee = ?, value_date = ?, final_at = ?"
                " WHERE id = ?",
                rows,
            )

    def add_entries(self, entries: Sequence[Entry]) -> None:
        """Book movements and move the balances with them."""
        names, marks = ", ".join(_ENTRY_COLUMNS), ", ".join("?" * len(_ENTRY_COLUMNS))
        rows = [tuple(getattr(entry, name) for name in _ENTRY_COLUMNS) for entry in entries]
        sums: dict[str, int] = {}
        for entry in entries:
            sums[entry.account] = sums.get(entry.account, 0) + entry.minor
        moves = [(minor, number) for number, minor in sums.items()]
        with self.at_once():
            self._db.executemany(f"INSERT INTO entries ({names}) VALUES ({marks})", rows)  # noqa: S608
            self._db.executemany("UPDATE accounts SET balance = balance + ? WHERE number = ?", moves)

    def open_accounts(self, accounts: Sequence[tuple[str, str, str, int]]) -> None:
        """Make up accounts (number, name, currency, opening balance) that are not there yet."""
        with self.at_once():
            self._db.executemany(
                "INSERT OR IGNORE INTO accounts (number, name, currency, opening, balance)"
                " VALUES (?1, ?2, ?3, ?4, ?4)",
                accounts,
            )

    def move(self, moves: Sequence[tuple[int, str]]) -> None:
        """Change balances of other people's accounts, of which no entries are kept."""
        with self.at_once():
            self._db.executemany("UPDATE accounts SET balance = balance + ? WHERE number = ?", moves)

    def mark(self, name: str, value: int) -> None:
        """Remember how far something has come."""
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO marks (name, value) VALUES (?, ?)", (name, value))

    def marked(self, name: str) -> int:
        """How far something has come; 0 at the beginning."""
        found = self.rows("SELECT value FROM marks WHERE name = ?", (name,))
        return int(found[0]["value"]) if found else 0

    def account(self, number: str) -> dict[str, Any] | None:
        found = self.rows("SELECT * FROM accounts WHERE number = ?", (number,))
        return found[0] if found else None

    def schedule(self, items: Sequence[tuple[float, str, int | None, str]]) -> None:
        """Put (due at, what, order id, detail) on the agenda."""
        with self.at_once():
            self._db.executemany(
                "INSERT INTO agenda (due_at, what, order_id, detail) VALUES (?, ?, ?, ?)", items
            )

    def next_due(self) -> float | None:
        (row,) = self.rows("SELECT min(due_at) AS due_at FROM agenda")
        return row["due_at"]  # type: ignore[no-any-return]

    def take_due(self, at: float) -> list[dict[str, Any]]:
        """Take what is due off the agenda, the earliest first."""
        with self.at_once():
            due = self.rows("SELECT * FROM agenda WHERE due_at <= ? ORDER BY due_at, id", (at,))
            self._db.executemany("DELETE FROM agenda WHERE id = ?", [(row["id"],) for row in due])
            return due


def entry_of(kept: Kept, kind: str, minor: int, day: str, now: float, *, text: str) -> Entry:
    """A movement that an order caused."""
    order = kept.order
    return Entry(
        account=order.account,
        kind=kind,
        order_id=kept.id,
        reference=order.reference,
        bank_reference=kept.bank_reference,
        minor=minor,
        currency=order.currency,
        booking_day=day,
        counterparty=order.counterparty,
        counterparty_name=order.counterparty_name,
        code=kept.code,
        text=text,
        batch=kept.batch,
        booked_at=now,
    )


def _kept(row: dict[str, Any]) -> Kept:
    order = Order(**{name: row[name] for name in _ORDER_COLUMNS})
    own = {name: row[name] for name in Kept.__dataclass_fields__ if name != "order"}
    return Kept(order=order, **(own | {"status": Status(own["status"])}))
