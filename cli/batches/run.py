"""Build, approve, follow and close batches."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Annotated

import typer
from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.store.payments import debits
from cli.batches.dues import check_collected
from cli.house import first_cause, reading, send_update, web_link, who
from cli.output import As, Json, Reason, Yes, changed, confirm, done, note, print_json
from models.calendar import business_date
from models.errors import InvalidInputError, RefusedByRuleError
from models.money import Money
from models.payments.debits import BATCH_ID
from models.payments.errors import UnknownBatchError
from models.payments.messages import (
    BatchDecision,
    BatchOrder,
    BatchOutcome,
    BatchState,
    BatchStatus,
    CloseBatch,
    FileFound,
)
from models.payments.workflow_ids import batch_workflow
from models.people import Role
from workers.settings import load_settings
from workers.temporal import connect
from workflows.queues import Queue

_LOOK_EVERY = 0.2

BatchId = Annotated[str, typer.Argument(metavar="BATCH", help="Your own id for it.")]


def build(
    batch_id: BatchId,
    bank: Annotated[str, typer.Option(help="Bank that collects.")] = "river",
    product: Annotated[str, typer.Option(help="As in params show payments.")] = "rent",
    day: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Collection date; today.")
    ] = None,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Gather everything that is due into a batch, which then waits for a treasurer.

    Example: leaseflow batches build D20261122 --bank river --as luo.dan
    """
    person = who(actor)
    person.require(Role.CASHIER, Role.TREASURER, to="build debit batches")
    if not BATCH_ID.fullmatch(batch_id):
        raise InvalidInputError(
            f"batch {batch_id!r} is not 2 to 23 capital letters, digits and hyphens",
            remedy="Call it otherwise",
        )
    check_collected(bank, product)
    wanted: date = day.date() if day else business_date(datetime.now(UTC))
    asyncio.run(_build(BatchOrder(batch_id, bank, product, wanted, person), as_json=as_json))


def approve(
    batch_id: BatchId,
    refuse: Annotated[bool, typer.Option("--refuse", help="Turn it down instead.")] = False,
    reason: Annotated[str, typer.Option(help="Why; kept with the batch.")] = "",
    yes: Yes = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Let a batch go to the bank, or turn it down.

    Example: leaseflow batches approve D20261122 --yes --as he.ting
    """
    person = who(actor)
    with reading() as session:
        row = debits.find_batch(session, batch_id)
    what = f"{row.items} debits of {Money(row.total_minor, row.currency)} through {row.bank}"
    confirm(f"{'Turn down' if refuse else 'Collect'} {what}?", yes=yes)
    asyncio.run(
        _update(batch_id, "decide", BatchDecision(person, approved=not refuse, note=reason), as_json=as_json)
    )


def close(batch_id: BatchId, reason: Reason, actor: As = None, as_json: Json = False) -> None:
    """Close a batch though the bank has not answered every debit.

    Example: leaseflow batches close D20261122 --reason "their line is down" --as he.ting
    """
    asyncio.run(_update(batch_id, "close", CloseBatch(who(actor), reason), as_json=as_json))


def found(
    batch_id: BatchId,
    arrived: Annotated[bool, typer.Option("--arrived/--missing", help="What the bank says.")],
    reason: Reason,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Say whether a file arrived of which we do not know it.

    Example: leaseflow batches found D20261122 --arrived --reason "called them" --as he.ting
    """
    asyncio.run(_update(batch_id, "found", FileFound(who(actor), arrived, reason), as_json=as_json))


def follow(batch_id: BatchId, as_json: Json = False) -> None:
    """Wait until a batch is closed, and count it out.

    Example: leaseflow batches follow D20261122
    """
    asyncio.run(_follow(batch_id, as_json=as_json))


async def _build(order: BatchOrder, *, as_json: bool) -> None:
    settings = load_settings()
    client = await connect(settings)
    workflow_id = batch_workflow(order.batch_id)
    try:
        handle: WorkflowHandle[object, BatchOutcome] = await client.start_workflow(
            "DebitBatch",
            order,
            id=workflow_id,
            task_queue=Queue.ENGINE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            result_type=BatchOutcome,
            static_summary=f"{order.product} through {order.bank} on {order.collection_date}",
        )
    except WorkflowAlreadyStartedError:
        handle = client.get_workflow_handle(workflow_id, result_type=BatchOutcome)
    note(web_link(settings, client, workflow_id))
    status = await _built(handle)
    facts = {"batch_id": order.batch_id, "state": status.state, "waiting_for": status.waiting_for}
    waits = f": {status.waiting_for}" if status.waiting_for else ""
    changed(f"batch/{order.batch_id} {status.state}{waits}", facts, as_json=as_json)


async def _built(handle: WorkflowHandle[object, BatchOutcome]) -> BatchStatus:
    """How the batch stands once it is gathered.

    Raises:
        RefusedByRuleError: it could not be gathered.
    """
    ended = asyncio.ensure_future(handle.result())
    try:
        while True:
            status: BatchStatus = await handle.query("status", result_type=BatchStatus)
            if status.waiting_for or status.state.is_final:
                return status
            if (await asyncio.wait([ended], timeout=_LOOK_EVERY))[0]:
                ended.result()
    except WorkflowFailureError as error:
        raise RefusedByRuleError(first_cause(error), remedy="Build it again under another id") from error
    finally:
        ended.cancel()


async def _update(batch_id: str, update: str, command: object, *, as_json: bool) -> None:
    client = await connect(load_settings())
    state = await send_update(
        client,
        batch_workflow(batch_id),
        update,
        command,
        answer=BatchState,
        stands=lambda session: f"the batch is {debits.find_batch(session, batch_id).state}",
    )
    facts = {"batch_id": batch_id, "state": BatchState(state)}
    changed(f"batch/{batch_id} {facts['state']}", facts, as_json=as_json)


async def _follow(batch_id: str, *, as_json: bool) -> None:
    client = await connect(load_settings())
    handle: WorkflowHandle[object, BatchOutcome] = client.get_workflow_handle(
        batch_workflow(batch_id), result_type=BatchOutcome
    )
    try:
        outcome = await handle.result()
    except WorkflowFailureError as error:
        raise RefusedByRuleError(first_cause(error)) from error
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        raise UnknownBatchError(batch_id) from error
    if as_json:
        print_json(outcome)
        return
    counted = ", ".join(f"{t.items} {t.state} ({t.total})" for t in outcome.tallies)
    done(
        f"batch/{batch_id} {outcome.state}: {counted}; {outcome.retried} tried again, {outcome.routed} routed"
    )
