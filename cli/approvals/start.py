"""Asking for a decision, for any process or person."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel, ConfigDict, ValidationError
from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.store import parameters
from activities.store.approval import approvals
from cli.house import reading, web_link, who
from cli.output import As, DryRun, Json, changed, note
from models.approval.errors import ApprovalExistsError
from models.approval.messages import ApprovalRequest, NegotiableTerm
from models.approval.routing import find_route
from models.approval.workflow_ids import approval_workflow
from models.errors import InvalidInputError, RefusedByRuleError
from models.money import Money
from models.parameters.approval import ApprovalRoute
from models.parameters.registry import APPROVAL_POLICIES
from models.people import Actor
from workers.settings import load_settings
from workers.temporal import connect
from workflows.queues import Queue


class RequestFile(BaseModel):
    """An approval request as people write it: the amount in yuan, who asks is who gives the command."""

    model_config = ConfigDict(extra="forbid")

    approval_id: str
    policy: str
    kind: str
    subject: str
    title: str
    amount: str
    product: str = ""
    grade: str = ""
    region: str = ""
    branch: str = ""
    counterparty: str = ""
    facts: tuple[str, ...] = ()
    involved: tuple[str, ...] = ()
    negotiable: tuple[NegotiableTerm, ...] = ()
    amount_term: str = "amount"
    return_to: tuple[str, ...] = ()
    round: int = 1

    def request(self, actor: Actor) -> ApprovalRequest:
        said: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields}
        return ApprovalRequest(**said | {"amount": Money.of(self.amount), "requested_by": actor})


def start(
    file: Annotated[Path, typer.Option("--file", help="The request in JSON; see the guide.")],
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Ask for a decision; the policy says who is asked. --dry-run shows the route.

    Example: leaseflow approvals start --file request.json --as luo.dan
    """
    request = read_request(file).request(who(actor))
    with reading() as session:
        in_force = parameters.in_force(session, APPROVAL_POLICIES, datetime.now(UTC))
        route = find_route(in_force.value, request)
        if approvals.find_same(session, request) is not None and not dry_run:
            raise RefusedByRuleError(
                f"{request.approval_id} was asked already", remedy="See leaseflow approvals show"
            )
    facts = {"approval_id": request.approval_id, "route": route.name, "steps": [s.name for s in route.steps]}
    if dry_run:
        changed(f"route {route.name!r}: {_asked(route)}", facts, as_json=as_json)
        return
    link = asyncio.run(_start(request))
    changed(
        f"approval/{request.approval_id} asked, route {route.name!r}: {_asked(route)}", facts, as_json=as_json
    )
    note(link)


def read_request(file: Path) -> RequestFile:
    """A request as written in a file.

    Raises:
        InvalidInputError: it cannot be read, is no JSON, or a field is wrong; the message names each.
    """
    try:
        return RequestFile.model_validate(json.loads(file.read_text("utf-8-sig")))
    except OSError as error:
        raise InvalidInputError(
            f"{file} cannot be read: {error.strerror}", remedy="Check the path"
        ) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(
            f"{file.name} is no JSON: {error}", remedy="See the approvals guide"
        ) from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors()
        )
        raise InvalidInputError(f"{file.name}: {faults}", remedy="See the approvals guide") from error


async def _start(request: ApprovalRequest) -> str:
    settings = load_settings()
    client: Client = await connect(settings)
    workflow_id = approval_workflow(request.approval_id)
    try:
        await client.start_workflow(
            "Approval",
            request,
            id=workflow_id,
            task_queue=Queue.ENGINE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            static_summary=f"{request.title}, {request.amount}"[:200],
        )
    except WorkflowAlreadyStartedError as error:
        raise ApprovalExistsError(request.approval_id) from error
    return web_link(settings, client, workflow_id)


def _asked(route: ApprovalRoute) -> str:
    steps = [
        f"{step.name} ({step.role.value}{f' x {step.people}' if step.people > 1 else ''}"
        f"{f', up to {step.final_up_to}' if step.final_up_to is not None else ''})"
        for step in route.steps
    ]
    return ", ".join(steps) or "nobody is asked, the rules' own word stands"
