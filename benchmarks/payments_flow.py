"""Payments and a debit batch through the whole embedded stack, by the clock."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import quantiles
from typing import Final, TypeVar

from temporalio.client import Client

from activities.store.payments import debits
from benchmarks.stack import running_stack
from cli.payments.order import start
from models.money import Money
from models.payments.banking import BankAccount
from models.payments.debits import DebitDue
from models.payments.messages import (
    BatchDecision,
    BatchOrder,
    BatchOutcome,
    BatchState,
    ItemState,
    PaymentOrder,
    PaymentState,
)
from models.people import Actor, Role
from workers.settings import Settings, load_settings
from workers.setup import open_database
from workers.stack.state import read_state
from workers.temporal import connect
from workflows.queues import Queue

Answer = TypeVar("Answer")

_LATENCY_MS: Final = 50.0
_AT_ONCE: Final = 5
_WARM_UP: Final = 10
_ACCOUNT: Final = BankAccount("31001520313050012345", "上海某某汽车销售有限公司", "104290003033")
_CASHIER: Final = Actor("luo.dan", (Role.CASHIER,))
_TREASURER: Final = Actor("he.ting", (Role.TREASURER,))


@dataclass(frozen=True, slots=True)
class PaymentFigures:
    """Seconds from starting a payment to its posted voucher."""

    payments: int
    p50: float
    p95: float
    per_second: float


@dataclass(frozen=True, slots=True)
class BatchFigures:
    """Seconds from ordering a batch to its close, every debit posted."""

    items: int
    seconds: float


def payments(count: int) -> PaymentFigures:
    """One after another from five sides, through the HTTP bank with 50 ms before every answer."""
    return _on_a_stack(lambda client, settings: _payments(client, settings, count))


def batch(count: int) -> BatchFigures:
    """Built, approved at once, filed, answered by the bank's files, posted, closed."""
    return _on_a_stack(lambda client, settings: _batch(client, settings, count))


def _on_a_stack(measure: Callable[[Client, Settings], Awaitable[Answer]]) -> Answer:
    async def run(home: Path) -> Answer:
        settings = load_settings(home=home)
        return await measure(await connect(settings), settings)

    with tempfile.TemporaryDirectory(prefix="leaseflow-payments-") as folder, running_stack(Path(folder)):
        return asyncio.run(run(Path(folder)))


async def _payments(client: Client, settings: Settings, count: int) -> PaymentFigures:
    _set_habits(settings, latency_ms=_LATENCY_MS)
    waiting = iter(range(count + _WARM_UP))
    taken: list[float] = []

    async def pay() -> None:
        for number in waiting:
            began = time.perf_counter()
            outcome = await (await start(client, _order(number))).result()
            if outcome.state is not PaymentState.SETTLED:
                raise RuntimeError(f"{outcome.payment_id} is {outcome.state}: {outcome.reason}")
            taken.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(pay() for _ in range(_AT_ONCE)))
    seconds = time.perf_counter() - began
    parts = quantiles(taken[_WARM_UP:], n=20)
    return PaymentFigures(count, parts[9], parts[18], len(taken) / seconds)


def _order(number: int) -> PaymentOrder:
    return PaymentOrder(
        payment_id=f"BENCH-{number:06d}",
        product="supplier",
        bank="harbour",
        counterparty=_ACCOUNT,
        amount=Money(10_000 + number),
        business_reference=f"INV-{number}",
        ordered_by=_CASHIER,
    )


async def _batch(client: Client, settings: Settings, count: int) -> BatchFigures:
    day = date(2026, 11, 20)
    database = open_database(settings, pool_size=1)
    try:
        with database.transaction() as session:
            debits.enter_dues(session, [_due(number, day) for number in range(count)], at=datetime.now(UTC))
    finally:
        database.close()
    began = time.perf_counter()
    order = BatchOrder("BENCH", "river", "rent", day, _CASHIER)
    handle = await client.start_workflow(
        "DebitBatch", order, id="debit-batch-BENCH", task_queue=Queue.ENGINE, result_type=BatchOutcome
    )
    await _approve(client)
    outcome = await handle.result()
    seconds = time.perf_counter() - began
    settled = sum(tally.items for tally in outcome.tallies if tally.state is ItemState.SETTLED)
    if outcome.state is not BatchState.CLOSED or settled != count:
        raise RuntimeError(f"the batch ended as {outcome.state} with {settled} of {count} settled")
    return BatchFigures(count, seconds)


async def _approve(client: Client) -> None:
    """As soon as the batch is built; before that the validator refuses."""
    handle = client.get_workflow_handle("debit-batch-BENCH")
    while "to approve" not in (await handle.query("status"))["waiting_for"]:
        pass
    await handle.execute_update("decide", BatchDecision(_TREASURER), id="approve")


def _due(number: int, day: date) -> DebitDue:
    return DebitDue(
        due_id=f"L-{number:06d}/01",
        bank="river",
        product="rent",
        business_reference=f"L-{number:06d}",
        debtor=BankAccount(_ACCOUNT.number, f"承租人{number}", _ACCOUNT.bank),
        mandate=f"M-{number}",
        mandate_signed=date(2025, 5, 5),
        amount=Money(100_000 + number),
        due_date=day,
    )


def _set_habits(settings: Settings, **habits: float) -> None:
    """Of the played HTTP bank."""
    state = read_state(settings.home) or {}
    url = next(service["url"] for service in state["services"] if service["name"] == "banks")
    request = urllib.request.Request(  # noqa: S310 - our own loopback address
        f"{url}/admin/harbour/settings", json.dumps(habits).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - the same
        pass
