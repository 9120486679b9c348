"""The bare workflow that bulk applications are held against, and the worker processes that serve it.

``python -m benchmarks.lease_bare engine|outside`` serves one of its two queues until it is terminated, with
the settings of the house's own workers. Its activities are as many, on as many
processes, as an application's on its way to the offer, and do nothing.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module
from typing import Final

from temporalio import activity, workflow
from temporalio.common import WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

with workflow.unsafe.imports_passed_through():
    from workers.registry import quick_workflow_runner
    from workers.settings import load_settings
    from workers.temporal import connect

QUEUE: Final = "bare-engine"
OUTSIDE: Final = "bare-outside"
_PATIENCE: Final = timedelta(seconds=20)
_IN_PLACE: Final = 3
"""Local activities of an application that the rules take to its offer: entered, weighed, routed."""
_SLOTS: Final = {QUEUE: 20, OUTSIDE: 50}


@activity.defn(name="bare.in_place")
def in_place(number: int) -> int:
    """Do nothing, in a thread."""
    return number


@activity.defn(name="bare.outside")
async def outside(number: int) -> int:
    """Do nothing, in another process."""
    return number


@workflow.defn(name="Bare")
class Bare:
    """As many steps as an application has until its offer, all of them ordinary activities."""

    @workflow.run
    async def run(self, number: int) -> int:
        await self._step(number)
        await workflow.execute_activity(outside, number, task_queue=OUTSIDE, start_to_close_timeout=_PATIENCE)
        for _ in range(_IN_PLACE - 1):
            await self._step(number)
        return number

    @staticmethod
    async def _step(number: int) -> None:
        await workflow.execute_activity(in_place, number, start_to_close_timeout=_PATIENCE)


@workflow.defn(name="BareLocal")
class BareLocal:
    """The same steps, in place where an application's are."""

    @workflow.run
    async def run(self, number: int) -> int:
        await self._in_place(number)
        await workflow.execute_activity(outside, number, task_queue=OUTSIDE, start_to_close_timeout=_PATIENCE)
        for _ in range(_IN_PLACE - 1):
            await self._in_place(number)
        return number

    @staticmethod
    async def _in_place(number: int) -> None:
        await workflow.execute_local_activity(in_place, number, start_to_close_timeout=_PATIENCE)


def _runner() -> SandboxedWorkflowRunner:
    """As the house's workers have it: workflow code is not loaded anew for each workflow."""
    return SandboxedWorkflowRunner(
        restrictions=quick_workflow_runner().restrictions.with_passthrough_modules("benchmarks")
    )


async def serve(queue: str) -> None:
    client, slots = await connect(load_settings()), _SLOTS[queue]
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Worker(
        client,
        task_queue=queue,
        workflows=[Bare, BareLocal] if queue == QUEUE else [],
        activities=[in_place] if queue == QUEUE else [outside],
        activity_executor=ThreadPoolExecutor(max_workers=slots),
        workflow_runner=_runner(),
        max_concurrent_activities=slots,
        deployment_config=WorkerDeploymentConfig(
            version=WorkerDeploymentVersion("bare", "1"), use_worker_versioning=False
        ),
    ):
        await stop.wait()


if __name__ == "__main__":
    # by its own name, under which the sandbox finds its workflows
    serve_here = import_module("benchmarks.lease_bare").serve
    asyncio.run(serve_here({"engine": QUEUE, "outside": OUTSIDE}[sys.argv[1]]))
