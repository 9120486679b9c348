"""Every bank's own queue, served by this process; banks come and change while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import structlog
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import RateLimit
from temporalio.api.workflowservice.v1 import UpdateTaskQueueConfigRequest
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError
from temporalio.worker import Worker

from activities.store import parameters
from activities.store.database import Database
from models.errors import ServiceUnreachableError
from models.parameters.banks import BankProfile
from models.parameters.registry import NothingInForceError, bank_profile
from models.payments.messages import MailboxOrder
from models.payments.workflow_ids import mailbox_workflow
from workflows.queues import Queue, bank_queue

log = structlog.get_logger(__name__)

_LOOK_EVERY: Final = 5.0
"""Seconds until a changed profile is noticed."""


class BankQueues:
    """Starts a worker for each bank, keeps its rate limit, and its mailbox watched.

    Args:
        client: of the engine's Temporal.
        database: where the profiles are.
        worker_for: makes a worker that serves a bank's queue.
    """

    def __init__(self, client: Client, database: Database, worker_for: Callable[[str], Worker]) -> None:
        self._client = client
        self._database = database
        self._worker_for = worker_for
        self._rates: dict[str, float] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._watched: set[str] = set()
        self._workers: list[Worker] = []

    async def serve(self, stop: asyncio.Event) -> None:
        """Serve until asked to stop; a worker that fails ends the process, as any other does."""
        while not stop.is_set():
            try:
                for profile in await asyncio.to_thread(self._profiles):
                    await self._keep_up_with(profile)
            except (RPCError, ServiceUnreachableError) as error:
                # banks that are served stay served while a server is away
                log.warning("bank profiles not looked at", reason=str(error))
            failed = [task for task in self._running.values() if task.done()]
            for task in failed:
                task.result()
            waiting = asyncio.create_task(stop.wait())
            await asyncio.wait(
                [waiting, *self._running.values()], timeout=_LOOK_EVERY, return_when="FIRST_COMPLETED"
            )
            waiting.cancel()
        await asyncio.gather(*(worker.shutdown() for worker in self._workers))
        await asyncio.gather(*self._running.values())

    def _profiles(self) -> list[BankProfile]:
        now = datetime.now(UTC)
        with self._database.transaction() as session:
            found = []
            for code in parameters.bank_codes(session):
                try:
                    found.append(parameters.in_force(session, bank_profile(code), now).value)
                except NothingInForceError:
                    log.info("bank profile is not in force yet", bank=code)
            return found

    async def _keep_up_with(self, profile: BankProfile) -> None:
        code = profile.code
        if code not in self._running:
            worker = self._worker_for(bank_queue(code))
            self._workers.append(worker)
            self._running[code] = asyncio.create_task(worker.run(), name=f"bank-{code}")
            log.info("serving bank", bank=code)
        if self._rates.get(code) != profile.rules.requests_per_second:
            await self._limit(code, profile.rules.requests_per_second)
        if profile.files is not None and profile.active and code not in self._watched:
            await self._watch(code)

    async def _limit(self, code: str, rate: float) -> None:
        """Tell the server how fast tasks of the queue may start, whoever serves it."""
        request = UpdateTaskQueueConfigRequest(
            namespace=self._client.namespace,
            identity=self._client.identity,
            task_queue=bank_queue(code),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
            update_queue_rate_limit=UpdateTaskQueueConfigRequest.RateLimitUpdate(
                rate_limit=RateLimit(requests_per_second=rate), reason=f"profile of bank {code}"
            ),
        )
        try:
            await self._client.workflow_service.update_task_queue_config(request)
        except RPCError as error:
            log.warning("rate limit not set", bank=code, rate=rate, reason=error.message)
            return
        self._rates[code] = rate
        log.info("rate limit set", bank=code, requests_per_second=rate)

    async def _watch(self, code: str) -> None:
        await self._client.start_workflow(
            "BankMailbox",
            MailboxOrder(code, bank_queue(code)),
            id=mailbox_workflow(code),
            task_queue=Queue.ENGINE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=f"files of {code}",
        )
        self._watched.add(code)
