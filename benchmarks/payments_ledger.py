"""Posting against raw PostgreSQL: the same rows into identical tables, in the same run, turn by turn.

Both sides have a database of their own on one server, made by the same migrations: the same tables, indexes,
foreign keys, checks and triggers (balance at commit, no late lines), the same voucher counter, fsync on.

Raw is what a good engineer would write who knows everything beforehand (account ids, month, that the key is
new): one prepared statement in autocommit, so one round trip, in which the counter's upsert, the journal's
insert and the lines' insert are chained by RETURNING; a batch is the same over UNNEST of arrays. Ours also
looks for the key, finds accounts by code and branch, sees whether they are open and limited and the month is
not closed, runs under a role of its own, and gives per-journal answers. Its call is one round trip in
autocommit, too. What both sides are given (orders, argument lists) is made before the clock starts.

The last pair shows what a payment does: our call between BEGIN and COMMIT of the house's `transaction()`,
beside raw's statement in the same wrapper.
"""

from __future__ import annotations

import signal
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import psutil
import psycopg
from sqlalchemy import Connection
from sqlmodel import Session

from activities.store.database import Database
from activities.store.ledger import posting as ledger
from activities.store.ledger.accounts import open_accounts
from benchmarks.figures import Figure, print_figures
from models.ledger.accounts import AccountPlan, Category, Side
from models.ledger.journals import JournalOrder, Line
from models.money import Money
from workers.stack.postgres import start_postgres

DAY: Final = date(2026, 11, 20)
BATCH: Final = 1_000
CONNECTIONS: Final = 8
_PLANS: Final = (
    AccountPlan("1531", "应收融资租赁款", "Lease receivable", Category.ASSET, Side.DEBIT),
    AccountPlan("2203", "预收账款", "Received in advance", Category.LIABILITY, Side.CREDIT),
)

_RAW_ONE: Final = """
WITH counted AS (
    INSERT INTO ledger_voucher_counter AS c (book, month, last) VALUES ('main', '2026-11-01', 1)
    ON CONFLICT (book, month) DO UPDATE SET last = c.last + 1 RETURNING last
), journal AS (
    INSERT INTO ledger_journal (book, idempotency_key, request_hash, kind, business_date, value_date,
        voucher_month, voucher_number, narrative, source, posted_by, posted_at)
    SELECT 'main', %s, %s, 'test', %s, %s, '2026-11-01', last, %s, 'test', 'x', now() FROM counted
    RETURNING journal_id
)
INSERT INTO ledger_line (journal_id, line_no, account_id, amount_minor, currency, reference)
SELECT j.journal_id, l.n, l.account, l.amount, 'CNY', ''
FROM journal j, (VALUES (1, %s::bigint, %s::bigint), (2, %s, %s)) l(n, account, amount)
"""
_RAW_BATCH: Final = """
WITH counted AS (
    INSERT INTO ledger_voucher_counter AS c (book, month, last) VALUES ('main', '2026-11-01', 1000)
    ON CONFLICT (book, month) DO UPDATE SET last = c.last + 1000 RETURNING last
), journal AS (
    INSERT INTO ledger_journal (book, idempotency_key, request_hash, kind, business_date, value_date,
        voucher_month, voucher_number, narrative, source, posted_by, posted_at)
    SELECT 'main', k.key, k.hash, 'test', k.day, k.day, '2026-11-01', c.last - 1000 + k.n, k.narrative,
           'test', 'x', now()
    FROM counted c, unnest(%s::text[], %s::bytea[], %s::date[], %s::text[])
        WITH ORDINALITY k(key, hash, day, narrative, n)
    RETURNING journal_id, idempotency_key
)
INSERT INTO ledger_line (journal_id, line_no, account_id, amount_minor, currency, reference)
SELECT j.journal_id, l.n, l.account, l.amount, 'CNY', ''
FROM journal j JOIN unnest(%s::text[], %s::int[], %s::bigint[], %s::bigint[]) l(key, n, account, amount)
    ON l.key = j.idempotency_key
"""

Run = Callable[[int], list[Callable[[], object]]]
"""Makes so many turns, everything but the turn itself prepared."""


class _Alone:
    """Lets posting run on a connection in autocommit: one round trip, nothing around it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def connection(self) -> Connection:
        return self._connection


@dataclass(frozen=True, slots=True)
class Sides:
    """The two databases, open."""

    ours: Database
    raw: Database
    accounts: tuple[int, int]

    def our_calls(self, connection: Connection) -> Run:
        alone: Any = _Alone(connection)
        return lambda count: [_call(ledger.post, alone, order) for order in _orders(count)]

    def our_batches(self, connection: Connection) -> Run:
        alone: Any = _Alone(connection)
        return lambda count: [_call(ledger.post_many, alone, _orders(BATCH)) for _ in range(count)]

    def our_transactions(self) -> Run:
        def turn(order: JournalOrder) -> None:
            with self.ours.transaction() as session:
                ledger.post(session, order)

        return lambda count: [_call(turn, order) for order in _orders(count)]

    def raw_calls(self, connection: psycopg.Connection[Any]) -> Run:
        return lambda count: [_call(connection.execute, _RAW_ONE, self._raw_one()) for _ in range(count)]

    def raw_batches(self, connection: psycopg.Connection[Any]) -> Run:
        return lambda count: [_call(connection.execute, _RAW_BATCH, self._raw_batch()) for _ in range(count)]

    def raw_transactions(self) -> Run:
        def turn(arguments: tuple[Any, ...]) -> None:
            with self.raw.transaction() as session:
                session.connection().exec_driver_sql(_RAW_ONE, arguments)

        return lambda count: [_call(turn, self._raw_one()) for _ in range(count)]

    def _raw_one(self) -> tuple[Any, ...]:
        debit, credit = self.accounts
        return (uuid.uuid4().hex, bytes(32), DAY, DAY, "收到租金", debit, 10_000, credit, -10_000)

    def _raw_batch(self) -> tuple[Any, ...]:
        keys = [uuid.uuid4().hex for _ in range(BATCH)]
        return (
            *(keys, [bytes(32)] * BATCH, [DAY] * BATCH, ["收到租金"] * BATCH),
            *([key for key in keys for _ in range(2)], [1, 2] * BATCH),
            *(list(self.accounts) * BATCH, [10_000, -10_000] * BATCH),
        )


def posting(*, small: bool = False) -> list[Figure]:
    """The ledger's figures: our rate over raw PostgreSQL's, medians over interleaved rounds."""
    rounds, singles, batches = (3, 50, 2) if small else (9, 300, 4)
    with _sides() as sides, ExitStack() as stack:
        engine = sides.ours.engine.execution_options(isolation_level="AUTOCOMMIT")
        ours = [stack.enter_context(engine.connect()) for _ in range(CONNECTIONS)]
        address = sides.raw.url.replace("+psycopg", "")
        raw = [stack.enter_context(psycopg.connect(address, autocommit=True)) for _ in range(CONNECTIONS)]
        one = _compare(
            "ledger posting, single, 1 connection",
            [sides.our_calls(ours[0])],
            [sides.raw_calls(raw[0])],
            rounds=rounds,
            turns=singles,
        )
        many = _compare(
            f"ledger posting, single, {CONNECTIONS} connections",
            [sides.our_calls(connection) for connection in ours],
            [sides.raw_calls(connection) for connection in raw],
            rounds=rounds,
            turns=singles // 4,
        )
        batch = _compare(
            f"ledger posting, batch of {BATCH:,}",
            [sides.our_batches(ours[0])],
            [sides.raw_batches(raw[0])],
            rounds=rounds,
            turns=batches,
            each=BATCH,
        )
        inside = _compare(
            "ledger posting, single, in transaction()",
            [sides.our_transactions()],
            [sides.raw_transactions()],
            rounds=rounds,
            turns=singles,
        )
    floors = ((one, 0.7), (many, 0.7), (batch, 0.8), (inside, 0.7))
    return [
        Figure(name, ratio, floor, unit="x", at_least=True, comparable=not small)
        for (name, ratio), floor in floors
    ]


def _compare(
    name: str, ours: list[Run], raw: list[Run], *, rounds: int, turns: int, each: int = 1
) -> tuple[str, float]:
    """Let both sides take turns, after one round that does not count; the median of the rounds' ratios."""
    pairs = [(_rate(ours, turns) * each, _rate(raw, turns) * each) for _ in range(rounds + 1)][1:]
    our_rate, raw_rate = (statistics.median(rates) for rates in zip(*pairs, strict=True))
    print(f"{name}: {our_rate:,.0f} journals/s, raw {raw_rate:,.0f}")
    return f"{name} over raw", statistics.median(mine / theirs for mine, theirs in pairs)


def _rate(runs: list[Run], turns: int) -> float:
    prepared = [run(turns) for run in runs]

    def work(calls: list[Callable[[], object]]) -> None:
        for call in calls:
            call()

    with ThreadPoolExecutor(len(runs)) as pool:
        start = time.perf_counter()
        list(pool.map(work, prepared))
        return turns * len(runs) / (time.perf_counter() - start)


def _call(function: Callable[..., object], *arguments: object) -> Callable[[], object]:
    return lambda: function(*arguments)


def _orders(count: int) -> list[JournalOrder]:
    return [
        JournalOrder(
            key=uuid.uuid4().hex,
            kind="test",
            business_date=DAY,
            value_date=DAY,
            lines=(Line("1531", Money(10_000)), Line("2203", Money(-10_000))),
            narrative="收到租金",
            posted_by="x",
            source="test",
        )
        for _ in range(count)
    ]


@contextmanager
def _sides() -> Iterator[Sides]:
    """Two migrated databases on a server of their own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="leaseflow-ledger-") as home:
        server = start_postgres(Path(home) / "postgres")
        databases = []
        try:
            with psycopg.connect(server.url, autocommit=True) as connection:
                for name in ("ours", "raw"):
                    connection.execute(f"CREATE DATABASE bench_{name}")
            for name in ("ours", "raw"):
                database = Database(
                    server.url.replace("/postgres?", f"/bench_{name}?"), pool_size=CONNECTIONS
                )
                database.migrate()
                with database.transaction() as session:
                    open_accounts(session, _PLANS, opened_by="x")
                databases.append(database)
            yield Sides(databases[0], databases[1], _account_ids(databases[1]))
        finally:
            for database in databases:
                database.close()
            process = psutil.Process(server.pid)
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def _account_ids(database: Database) -> tuple[int, int]:
    with Session(database.engine) as session:
        rows = session.connection().exec_driver_sql("SELECT account_id FROM ledger_account ORDER BY code")
        debit, credit = rows.scalars()
        return debit, credit


if __name__ == "__main__":
    print_figures(posting())
