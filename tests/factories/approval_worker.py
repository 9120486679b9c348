"""A worker that is killed in each of its steps, after what it did is committed and before it is told.

Run: python -m tests.factories.approval_worker ADDRESS DATABASE_URL
It starts one worker after the other, and prints how each ended.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

from temporalio import activity
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from activities.approval.books import PostgresApprovalBooks
from activities.store.database import Database
from models.approval.books import OpenApproval, Opened, Reassess, RecordDecision, RecordNote, Standing
from tests.factories.approval_post import PlayedPost
from workers.registry import steps_of, workflow_runner
from workflows.approval.approval import Approval
from workflows.queues import Queue


def die_at_first() -> None:
    """SIGKILL at the first try of a step: the second one meets what the first one left."""
    if activity.info().attempt == 1:
        os.kill(os.getpid(), signal.SIGKILL)


class MortalBooks(PostgresApprovalBooks):
    """Books whose every step kills its worker once."""

    @activity.defn(name="approval.open")
    def open(self, order: OpenApproval) -> Opened:
        opened = super().open(order)
        die_at_first()
        return opened

    @activity.defn(name="approval.decide")
    def decide(self, record: RecordDecision) -> Standing | None:
        standing = super().decide(record)
        die_at_first()
        return standing

    @activity.defn(name="approval.note")
    def note(self, record: RecordNote) -> None:
        super().note(record)
        die_at_first()

    @activity.defn(name="approval.reassess")
    def reassess(self, wish: Reassess) -> Standing:
        standing = super().reassess(wish)
        die_at_first()
        return standing


async def work(address: str, database_url: str) -> None:
    client = await Client.connect(address, data_converter=pydantic_data_converter)
    database = Database(database_url, pool_size=2)
    with ThreadPoolExecutor(2) as threads:
        worker = Worker(
            client,
            task_queue=Queue.ENGINE,
            workflows=[Approval],
            activities=[*steps_of(MortalBooks(database)), *steps_of(PlayedPost())],
            activity_executor=threads,
            workflow_runner=workflow_runner(),
            max_cached_workflows=0,  # each task is replayed from its history, none waits for a dead worker
        )
        await worker.run()


def supervise(address: str, database_url: str) -> None:
    """Fork workers: what they import is loaded once."""
    while True:
        worker = os.fork()
        if not worker:
            asyncio.run(work(address, database_url))
            return
        signal.signal(signal.SIGTERM, lambda *_: leave(worker))  # noqa: B023 - the one that runs
        _, status = os.waitpid(worker, 0)
        sys.stdout.write(f"ended {os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def leave(worker: int) -> None:
    os.kill(worker, signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    supervise(*sys.argv[1:3])
