"""Keeps a forwarder and a reader running for each partner system; partners come while it runs."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

import structlog
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from activities.store.database import Database
from activities.store.forwarding import partners
from models.errors import ServiceUnreachableError
from models.forwarding.messages import PartnerOrder
from models.forwarding.workflow_ids import inbox_workflow, outbox_workflow
from models.parameters.partners import PartnerProfile
from workflows.queues import Queue

log = structlog.get_logger(__name__)

_LOOK_EVERY: Final = 5.0
"""Seconds until a new partner is noticed."""


class PartnerWorkflows:
    """Starts the workflows of every partner whose profile is in force.

    Args:
        client: of the engine's Temporal.
        database: where the profiles are.
    """

    def __init__(self, client: Client, database: Database) -> None:
        self._client = client
        self._database = database
        self._started: set[str] = set()

    async def serve(self, stop: asyncio.Event) -> None:
        """Look for new partners until asked to stop."""
        while not stop.is_set():
            try:
                for profile in await asyncio.to_thread(self._new_profiles):
                    await start_partner(self._client, profile)
                    self._started.add(profile.code)
            except (RPCError, ServiceUnreachableError) as error:
                log.warning("partners not started", reason=str(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _LOOK_EVERY)

    def _new_profiles(self) -> list[PartnerProfile]:
        with self._database.transaction() as session:
            return [each for each in partners.profiles(session) if each.code not in self._started]


async def start_partner(client: Client, profile: PartnerProfile) -> None:
    """Start a partner's forwarder and reader, unless they run."""
    order = PartnerOrder(profile.code, profile.name)
    for workflow, workflow_id, what in (
        ("OutboxForwarder", outbox_workflow(profile.code), "deliver to"),
        ("InboxReader", inbox_workflow(profile.code), "read from"),
    ):
        await client.start_workflow(
            workflow,
            order,
            id=workflow_id,
            task_queue=Queue.ENGINE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=f"{what} {profile.name}",
        )
    log.info("partner served", partner=profile.code, transport=profile.transport)
