"""Applications by the hundred, from submission to offer, against a bare workflow, turn by turn in one run.

Both sides are started by the same process, fifty at a time as ``leaseflow lease apply --file`` does, and
counted by one cheap question twenty times a second. Ours are screened for real: played bureau and
anti-fraud data over HTTP, decision tables, exposure, blacklist, the plan, the offer, the books.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from temporalio.client import Client

from activities.store.database import Database
from activities.store.lease import application_lists
from benchmarks.bills_watch import StackWatch
from benchmarks.lease_bare import QUEUE
from benchmarks.lease_world import CLERK, everybody_good, state_of
from benchmarks.stack import running_stack
from cli.lease.starting import start
from models.lease.application.form import LeaseForm
from models.lease.application.messages import ApplicationState, OpenApplication
from tests.factories.leases import LeaseFactory
from workers.settings import load_settings
from workers.setup import open_database
from workers.temporal import connect

PRODUCT: Final = "vehicle-express"
_AT_ONCE: Final = 50
_LOOK_EVERY: Final = 0.05
_BARES: Final = ("Bare", "BareLocal")


@dataclass(frozen=True, slots=True)
class BulkFigures:
    """Rates per second, and the median of the rounds' ratios."""

    applications: int
    ours: float
    bare: float
    local: float
    """Of the bare workflow whose steps are local activities where ours are."""
    ratio: float
    local_ratio: float


def bulk(count: int, *, each: int = 100) -> BulkFigures:
    """Rounds of ours and of bare workflows by turns."""
    with tempfile.TemporaryDirectory(prefix="leaseflow-bulk-") as folder, running_stack(Path(folder)):
        return asyncio.run(measure(Path(folder), count, each))


async def measure(home: Path, count: int, each: int) -> BulkFigures:
    """On a stack that is up."""
    settings = load_settings(home=home)
    everybody_good(home, bank_latency_ms=0)
    with ExitStack() as stack:
        for queue in ("engine", "outside"):
            stack.enter_context(_bare_worker(home, queue))
        database = open_database(settings, pool_size=1)
        stack.callback(database.close)
        sides = _Sides(await connect(settings), database)
        await sides.warm_up(each)
        rounds = []
        print(f"\nseconds for {each}: ours, bare, bare with local activities")
        with StackWatch(state_of(home)) as watch:
            for _ in range(max(1, count // each)):
                taken = (await sides.ours(each), *[await sides.bare(each, name) for name in _BARES])
                print("  " + "  ".join(f"{seconds:6.2f}" for seconds in taken), flush=True)
                rounds.append(taken)
    _tell(watch)
    ours, bare, local = (sum(column) for column in zip(*rounds, strict=True))
    total = each * len(rounds)
    return BulkFigures(
        applications=total,
        ours=total / ours,
        bare=total / bare,
        local=total / local,
        ratio=median(other / mine for mine, other, _ in rounds),
        local_ratio=median(other / mine for mine, _, other in rounds),
    )


class _Sides:
    """Starts workflows of both sides, and waits until all of a round are decided."""

    def __init__(self, client: Client, database: Database) -> None:
        self._client = client
        self._database = database
        self._factory = LeaseFactory(73, prefix="BULK")

    async def warm_up(self, each: int) -> None:
        """A round that does not count: code is imported, connections and caches are filled."""
        await self.ours(each)
        for name in _BARES:
            await self.bare(each, name)

    async def ours(self, each: int) -> float:
        forms = [self._factory.form(PRODUCT) for _ in range(each)]

        async def begin(form: LeaseForm) -> None:
            await start(self._client, OpenApplication(form, CLERK, submit=True))

        def undecided() -> int:
            return self._undecided([form.application_id for form in forms])

        return await _timed([begin(form) for form in forms], lambda: asyncio.to_thread(undecided))

    async def bare(self, each: int, name: str) -> float:
        run = uuid.uuid4().hex[:8]

        async def begin(number: int) -> None:
            await self._client.start_workflow(name, number, id=f"bare-{run}-{number}", task_queue=QUEUE)

        async def undecided() -> int:
            query = f"WorkflowId STARTS_WITH 'bare-{run}-' AND ExecutionStatus = 'Completed'"
            return each - (await self._client.count_workflows(query)).count

        return await _timed([begin(number) for number in range(each)], undecided)

    def _undecided(self, ids: Sequence[str]) -> int:
        with self._database.transaction() as session:
            states = [row.state for row in application_lists.states(session, ids).values()]
        ended = [state for state in states if state not in {ApplicationState.SCREENING, "offered"}]
        if ended:
            raise RuntimeError(f"an application is {ended[0]} where all of them should be offered")
        return len(ids) - states.count(ApplicationState.OFFERED)


async def _timed(begun: list[Awaitable[None]], undecided: Callable[[], Awaitable[int]]) -> float:
    """Seconds until nothing is undecided."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def begin(each: Awaitable[None]) -> None:
        async with places:
            await each

    began = time.perf_counter()
    await asyncio.gather(*(begin(each) for each in begun))
    while await undecided():  # noqa: ASYNC110 - another process decides
        await asyncio.sleep(_LOOK_EVERY)
    return time.perf_counter() - began


@contextmanager
def _bare_worker(home: Path, queue: str) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.lease_bare", queue],
        env={**os.environ, "LEASEFLOW_HOME": str(home)},
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _tell(watch: StackWatch) -> None:
    print("CPU seconds of the stack, both sides together; the bare workers are among others:")
    for name, seconds in watch.cpu.largest_first:
        print(f"  {name:<28}{seconds:>8.1f}")
    print(f"  {'others':<28}{watch.others_cpu:>8.1f}")
