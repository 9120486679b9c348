"""Applications are started here, by one form or by thousands."""

from __future__ import annotations

from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from models.lease.application.messages import ApplicationOutcome, OpenApplication
from models.lease.workflow_ids import application_workflow
from workflows.queues import Queue

Handle = WorkflowHandle[object, ApplicationOutcome]


async def start(client: Client, opening: OpenApplication) -> Handle:
    """Start an application, or join the one that its id stands for; one that failed may be started again.

    Raises:
        WorkflowAlreadyStartedError: an application of this id has ended.
    """
    form = opening.form
    return await client.start_workflow(
        "LeaseApplication",
        opening,
        id=application_workflow(form.application_id),
        task_queue=Queue.ENGINE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
        result_type=ApplicationOutcome,
        static_summary=f"{form.product} for {form.lessee.name}"[:200],
    )
