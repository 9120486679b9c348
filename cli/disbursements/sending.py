"""Sending a command to a disbursement's workflow."""

from __future__ import annotations

import asyncio

from sqlmodel import Session
from temporalio.client import Client

from activities.store.lease import disbursements
from cli.house import reading, send_update, web_link
from cli.output import changed, done, note
from models.lease.disbursement.messages import DisbursementStatus
from models.lease.workflow_ids import disbursement_workflow
from workers.settings import load_settings
from workers.temporal import connect


def send(disbursement_id: str, update: str, command: object, *, dry_run: bool, as_json: bool) -> None:
    """Send one command and tell what became of it; a rehearsal tells where it stands only.

    Raises:
        UnknownDisbursementError: there is none of this id.
        RefusedByRuleError: the workflow refuses it, or has ended.
    """
    with reading() as session:
        row = disbursements.find(session, disbursement_id)
    if dry_run:
        done(f"disbursement/{disbursement_id} is {row.state}: {update} would be sent (nothing was changed)")
        return
    asyncio.run(_send(disbursement_id, update, command, as_json=as_json))


async def update_one(
    client: Client, disbursement_id: str, update: str, command: object
) -> DisbursementStatus:
    """The workflow's answer to one command; see `cli.house.send_update` for what it raises."""

    def stands(session: Session) -> str:
        row = disbursements.find(session, disbursement_id)
        recovery = f"; {row.recovery}" if row.recovery else ""
        return f"the disbursement is {row.state}{recovery}"

    return await send_update(
        client,
        disbursement_workflow(disbursement_id),
        update,
        command,
        answer=DisbursementStatus,
        stands=stands,
    )


async def _send(disbursement_id: str, update: str, command: object, *, as_json: bool) -> None:
    settings = load_settings()
    client = await connect(settings)
    status = await update_one(client, disbursement_id, update, command)
    note(web_link(settings, client, disbursement_workflow(disbursement_id)))
    changed(
        f"disbursement/{disbursement_id} {status.state}: {status.sentence}",
        facts(disbursement_id, status),
        as_json=as_json,
    )


def facts(disbursement_id: str, status: DisbursementStatus) -> dict[str, object]:
    """A status for machines."""
    lock = status.lock
    return {
        "disbursement_id": disbursement_id,
        "state": status.state,
        "sentence": status.sentence,
        "waiting_for": status.waiting_for,
        "payment_id": status.payment_id,
        "locked_by": lock.holder if lock else "",
        "locked_until": lock.until if lock else None,
        "approved_by": status.approved_by,
        "stopped_by": status.suspicion.by if status.suspicion else "",
    }
