"""Applications that nobody touches, from form to active lease, on the whole embedded stack.

The product is ``vehicle-express``: the rules approve, the offer is taken beforehand, the played authority
signs for everybody at once, the played registry registers, the played HTTP bank pays with 50 ms before
every answer, and the start of the lease is posted. Offices speak well of everybody.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from temporalio.client import Client

from benchmarks.lease_steps import StepTimes, steps_of
from benchmarks.lease_world import BANK_LATENCY_MS, CLERK, everybody_good, told_memory
from benchmarks.stack import running_stack
from cli.lease.starting import start
from models.lease.application.form import LeaseForm
from models.lease.application.messages import ApplicationState, OpenApplication
from tests.factories.leases import LeaseFactory
from workers.settings import load_settings
from workers.temporal import connect

PRODUCT: Final = "vehicle-express"
_WARM_UP: Final = 2


@dataclass(frozen=True, slots=True)
class StraightFigures:
    """Seconds from starting an application to its active lease."""

    runs: int
    p50: float
    p95: float
    first: float
    """Of the very first after the stack came up: browser, fonts and certificates are loaded by it."""
    at_once: int
    at_once_p50: float
    """The same where several run at a time."""


def straight(runs: int, *, at_once: int = 4) -> StraightFigures:
    """One after another, then several at a time; prints where the time goes."""
    with tempfile.TemporaryDirectory(prefix="leaseflow-lease-") as folder, running_stack(Path(folder)):
        return asyncio.run(_measure(Path(folder), runs, at_once))


async def _measure(home: Path, runs: int, at_once: int) -> StraightFigures:
    settings = load_settings(home=home)
    everybody_good(home, bank_latency_ms=BANK_LATENCY_MS)
    client = await connect(settings)
    forms = _forms()
    first, *_ = [await _one(client, next(forms)) for _ in range(_WARM_UP)]
    taken, times = [], StepTimes()
    for form in (next(forms) for _ in range(runs)):
        taken.append(await _one(client, form))
        times.add(await steps_of(client, form.application_id))
    times.tell(median(taken))
    together = [await _one_of_many(client, forms, at_once) for _ in range(max(1, runs // at_once))]
    told_memory(home)
    return StraightFigures(
        runs=runs,
        p50=median(taken),
        p95=quantiles(taken, n=20)[18],
        first=first,
        at_once=at_once,
        at_once_p50=median(seconds for round_ in together for seconds in round_),
    )


def _forms() -> Iterator[LeaseForm]:
    factory = LeaseFactory(71, prefix="STRAIGHT")
    while True:
        yield factory.form(PRODUCT, accept_unchanged=True)


async def _one(client: Client, form: LeaseForm) -> float:
    began = time.perf_counter()
    outcome = await (await start(client, OpenApplication(form, CLERK, submit=True))).result()
    seconds = time.perf_counter() - began
    if outcome.state is not ApplicationState.ACTIVE:
        raise RuntimeError(f"{form.application_id} is {outcome.state}: {outcome.sentence}")
    return seconds


async def _one_of_many(client: Client, forms: Iterator[LeaseForm], at_once: int) -> list[float]:
    return await asyncio.gather(*(_one(client, next(forms)) for _ in range(at_once)))
