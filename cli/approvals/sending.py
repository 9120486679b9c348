"""How commands reach an approval."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Annotated, Final

import typer
from sqlmodel import Session
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.store.approval import approvals
from cli.house import reading, send_update
from cli.output import changed
from models.approval.messages import ApprovalStatus
from models.approval.workflow_ids import approval_workflow
from workers.settings import load_settings
from workers.temporal import connect

AT_ONCE: Final = 8
"""Approvals spoken to at the same time."""

ApprovalId = Annotated[str, typer.Argument(metavar="ID", help="As shown by approvals inbox.")]


def tell(approval_id: str, update: str, command: object, *, as_json: bool) -> None:
    """Send a person's command and say how the approval stands after it."""
    with reading() as session:
        approvals.find(session, approval_id)

    async def send() -> ApprovalStatus:
        return await send_one(await connect(load_settings()), approval_id, update, command)

    status = asyncio.run(send())
    changed(f"approval/{approval_id} {stands(status)}", {"result": update, **vars(status)}, as_json=as_json)


async def send_one(client: Client, approval_id: str, update: str, command: object) -> ApprovalStatus:
    return await send_update(
        client,
        approval_workflow(approval_id),
        update,
        command,
        answer=ApprovalStatus,
        stands=_stands(approval_id),
    )


def stands(status: ApprovalStatus) -> str:
    """How an approval stands, in a line: ``waiting: li.wei to decide as officer until …``."""
    if status.state.is_final:
        back = f" to {status.returned_to}" if status.returned_to else ""
        return f"{status.state}{back}"
    held = f"; {status.locked_by} holds it" if status.locked_by else ""
    return f"{status.sentence}, {status.state}: {status.waiting_for}{held}"


async def signal_people_changed(client: Client, approval_ids: Sequence[str]) -> None:
    """Have open approvals ask anew who may decide; one that ended meanwhile needs nothing."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def signal(approval_id: str) -> None:
        async with gate:
            try:
                await client.get_workflow_handle(approval_workflow(approval_id)).signal("people_changed")
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise

    await asyncio.gather(*(signal(each) for each in approval_ids))


def _stands(approval_id: str) -> Callable[[Session], str]:
    return lambda session: f"the approval is {approvals.find(session, approval_id).state}"
