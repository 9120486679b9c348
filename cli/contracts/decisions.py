"""What people decide about contracts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.store import documents
from activities.store.lease import contracts, papers
from cli.contracts.look import Number
from cli.house import reading, send_update, web_link, who
from cli.output import As, DryRun, Json, Reason, Yes, changed, confirm, done, note
from models.errors import InvalidInputError, RefusedByRuleError
from models.lease.contract.messages import (
    AmendmentOrder,
    CancelContract,
    ConditionsStanding,
    ConfirmCondition,
    ContractState,
    ContractStatus,
)
from models.lease.trouble import RetryStep
from models.lease.workflow_ids import contract_workflow
from models.people import Role
from workers.settings import load_settings
from workers.temporal import connect
from workflows.queues import Queue


def cancel(
    number: Number,
    reason: Reason,
    yes: Yes = False,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """End a contract before money goes; its registration is taken off.

    Example: leaseflow contracts cancel SH-2026-000001 --reason "lessee withdrew" --as li.wei
    """
    command = CancelContract(who(actor), reason)
    with reading() as session:
        row = contracts.find(session, number)
        state, lessee = row.state, row.lessee_name
    if dry_run:
        done(f"contract/{number} of {lessee} is {state} and would be cancelled (nothing was changed)")
        return
    confirm(f"Cancel contract {number} of {lessee}?", yes=yes)
    asyncio.run(_cancel(number, command, as_json=as_json))


def confirm_condition(
    number: Number,
    name: Annotated[str, typer.Argument(help="Of the condition: insurance, delivery.")],
    evidence: Annotated[Path, typer.Option("--evidence", metavar="FILE", help="The paper that shows it.")],
    reason: Annotated[str, typer.Option("--reason", help="Kept with it.")] = "",
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Say that a condition precedent is met, with the paper that shows it.

    Example: leaseflow contracts confirm SH-2026-000001 insurance --evidence policy.pdf --as jiang.nan
    """
    person = who(actor)
    try:
        content = evidence.read_bytes()
    except OSError as error:
        raise InvalidInputError(f"file {str(evidence)!r} cannot be read ({error.strerror})") from error
    with reading() as session:
        contracts.find(session, number)
        media = "application/pdf" if content.startswith(b"%PDF") else "application/octet-stream"
        sha256 = documents.keep(session, content, media_type=media)
    asyncio.run(_confirm(number, ConfirmCondition(person, name, sha256, reason), as_json=as_json))


def amend(
    number: Number,
    reason: Reason,
    text: Annotated[
        list[str] | None, typer.Option("--text", help="A clause; may be given several times.")
    ] = None,
    clause: Annotated[
        Path | None, typer.Option("--clause", metavar="FILE", help="Clauses, one a line.")
    ] = None,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Draw up a supplementary agreement and have it signed by the same parties.

    Example: leaseflow contracts amend SH-2026-000001 --reason "new due day" --text "支付日改为每月25日。"
    --as li.wei
    """
    person = who(actor)
    person.require(Role.OFFICER, Role.MANAGER, to="amend contracts")
    clauses = _clauses(text or [], clause)
    with reading() as session:
        row = contracts.find(session, number)
        if row.state == ContractState.CANCELLED:
            raise RefusedByRuleError(f"contract {number} is cancelled: it cannot be amended")
        if papers.find(session, number, 0).state != "signed":
            raise RefusedByRuleError(
                f"contract {number} is not signed yet: it cannot be amended",
                remedy="Cancel it and draw it up anew, or wait for its signatures",
            )
        paper = papers.next_number(session, number)
    if dry_run:
        done(f"contract/{number} would get supplementary agreement {number}-A{paper} (nothing was changed)")
        return
    order = AmendmentOrder(number, paper, reason, clauses, person)
    asyncio.run(_amend(order, as_json=as_json))


def retry(number: Number, reason: Reason, actor: As = None, as_json: Json = False) -> None:
    """Do again what failed for good, once somebody has mended its cause; see what contracts show waits for.

    Example: leaseflow contracts retry SH-2026-000001 --reason "the month is open again" --as li.wei
    """
    asyncio.run(_retry(number, RetryStep(who(actor), reason), as_json=as_json))


def _clauses(texts: list[str], file: Path | None) -> tuple[str, ...]:
    if file is not None:
        try:
            texts = [*texts, *file.read_text("utf-8").splitlines()]
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInputError(f"file {str(file)!r} cannot be read ({error})") from error
    clauses = tuple(each.strip() for each in texts if each.strip())
    if not clauses:
        raise InvalidInputError("no clause is given", remedy="Use --text or --clause FILE")
    return clauses


async def _cancel(number: str, command: CancelContract, *, as_json: bool) -> None:
    client = await connect(load_settings())
    state = await send_update(
        client, contract_workflow(number), "cancel", command, answer=ContractState, stands=_stands(number)
    )
    facts = {"contract_number": number, "state": ContractState(state)}
    changed(f"contract/{number} {facts['state']}", facts, as_json=as_json)


async def _retry(number: str, command: RetryStep, *, as_json: bool) -> None:
    client = await connect(load_settings())
    status = await send_update(
        client, contract_workflow(number), "retry", command, answer=ContractStatus, stands=_stands(number)
    )
    facts = {"contract_number": number, "state": status.state}
    changed(f"contract/{number} {status.state}, done again", facts, as_json=as_json)


async def _confirm(number: str, command: ConfirmCondition, *, as_json: bool) -> None:
    client = await connect(load_settings())
    standing = await send_update(
        client,
        contract_workflow(number),
        "confirm_condition",
        command,
        answer=ConditionsStanding,
        stands=_stands(number),
    )
    still = [each.name for each in standing.open]
    sentence = f"contract/{number} {command.name} confirmed; open: {', '.join(still) or 'none'}"
    changed(sentence, {"contract_number": number, "confirmed": command.name, "open": still}, as_json=as_json)


async def _amend(order: AmendmentOrder, *, as_json: bool) -> None:
    settings = load_settings()
    client = await connect(settings)
    agreement = f"{order.contract_number}-A{order.paper}"
    try:
        handle = await client.start_workflow(
            "ContractAmendment",
            order,
            id=contract_workflow(agreement),
            task_queue=Queue.ENGINE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            static_summary=f"{agreement}: {order.reason}"[:200],
        )
    except WorkflowAlreadyStartedError as error:
        raise RefusedByRuleError(
            f"agreement {agreement} is being drawn up by somebody else", remedy="Try again when it is"
        ) from error
    note(web_link(settings, client, handle.id))
    changed(
        f"contract/{order.contract_number} agreement {agreement} is being drawn up",
        {"contract_number": order.contract_number, "agreement": agreement, "paper": order.paper},
        as_json=as_json,
    )


def _stands(number: str) -> Callable[[Session], str]:
    def stands(session: Session) -> str:
        row = contracts.find(session, number)
        return f"it is {row.state}: {row.sentence}"

    return stands
