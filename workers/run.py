"""A worker process: serves task queues until it is asked to stop, then finishes what it holds."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.worker import Worker, WorkerDeploymentConfig

from workers.banks import BankQueues
from workers.health import Health
from workers.partners import PartnerWorkflows
from workers.registry import activities_of, quick_workflow_runner, workflows_of
from workers.settings import Settings
from workers.temporal import connect
from workers.wiring import Wiring
from workflows.queues import Queue

log = structlog.get_logger(__name__)

_GRACE = timedelta(seconds=30)
_SLOTS = {
    Queue.ENGINE: 20,
    Queue.CRAWL: 2,
    Queue.ANALYSIS: 2,
    Queue.FORWARDING: 200,
    Queue.BANKS: 50,
    Queue.OFFICES: 50,
}
"""Activities at once; reading has one for each process, a bank's desk mostly waits for answers."""


async def run_workers(
    settings: Settings, queues: Sequence[Queue], *, health: str | None, metrics: str | None
) -> None:
    """Serve the queues until SIGTERM or SIGINT, then drain.

    Args:
        settings: connections and adapters.
        queues: task queues to serve in this process.
        health: ``host:port`` of the health page; None for none.
        metrics: ``host:port`` of the Prometheus page; None for none.
    """
    telemetry = (
        TelemetryConfig(metrics=PrometheusConfig(bind_address=metrics)) if metrics else TelemetryConfig()
    )
    client = await connect(settings, runtime=Runtime(telemetry=telemetry))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with Wiring(settings) as wiring:
        workers = [build_worker(client, queue, wiring) for queue in queues if queue is not Queue.BANKS]
        banks = bank_queues(client, wiring) if Queue.BANKS in queues else None
        others = [banks.serve(stop)] if banks is not None else []
        if Queue.FORWARDING in queues:
            others.append(PartnerWorkflows(client, wiring.database).serve(stop))
        async with Health(health, workers, queues):
            log.info("serving", queues=[queue.value for queue in queues], build=settings.build_id)
            warming = asyncio.create_task(wiring.warm_up())
            await _serve(workers, others, stop)
            warming.cancel()
    log.info("stopped")


def build_worker(client: Client, queue: Queue, wiring: Wiring) -> Worker:
    """A worker for one queue."""
    slots = _SLOTS.get(queue) or wiring.reading_processes
    steps, workflows = activities_of(queue, wiring), workflows_of(queue)
    return _worker(client, queue, steps, wiring.settings, slots=slots, workflows=workflows)


def bank_queues(client: Client, wiring: Wiring) -> BankQueues:
    """Workers for every bank's queue; all of them share the hands."""
    steps = activities_of(Queue.BANKS, wiring)

    def worker_for(queue: str) -> Worker:
        return _worker(client, queue, steps, wiring.settings, slots=_SLOTS[Queue.BANKS])

    return BankQueues(client, wiring.database, worker_for)


def _worker(
    client: Client,
    queue: str,
    steps: Sequence[Callable[..., Any]],
    settings: Settings,
    *,
    slots: int,
    workflows: Sequence[type] = (),
) -> Worker:
    return Worker(
        client,
        task_queue=queue,
        workflows=workflows,
        activities=steps,
        activity_executor=ThreadPoolExecutor(max_workers=slots, thread_name_prefix=queue),
        workflow_runner=quick_workflow_runner(),
        max_concurrent_activities=slots,
        graceful_shutdown_timeout=_GRACE,
        max_heartbeat_throttle_interval=timedelta(seconds=5),
        default_heartbeat_throttle_interval=timedelta(seconds=5),
        # without a build id the SDK hashes every loaded module, 0.4 to 2.4 s
        deployment_config=WorkerDeploymentConfig(
            version=WorkerDeploymentVersion(deployment_name="leaseflow", build_id=settings.build_id),
            use_worker_versioning=settings.worker_versioning,
            default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE
            if settings.worker_versioning
            else VersioningBehavior.UNSPECIFIED,
        ),
    )


async def _serve(
    workers: Sequence[Worker], others: Sequence[Coroutine[Any, Any, None]], stop: asyncio.Event
) -> None:
    running = [asyncio.create_task(worker.run()) for worker in workers]
    running += [asyncio.create_task(other) for other in others]
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([*running, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    stop.set()
    log.info("draining", seconds=_GRACE.total_seconds())
    await asyncio.gather(*(worker.shutdown() for worker in workers))
    await asyncio.gather(*running)
    for task in done & set(running):
        task.result()  # a worker that ended by itself failed: let its error end the process
