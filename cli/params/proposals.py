"""Proposing a change, and looking at what it would do."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from sqlmodel import Session
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.parameters import checking
from activities.parameters.previews import REPLAY_DAYS
from activities.parameters.previews import preview as made_preview
from activities.store import parameter_changes, parameters
from activities.store.tables.house import ParameterProposalRow
from cli.house import reading, web_link, who
from cli.output import As, DryRun, Json, done, note, print_json, print_table
from cli.params.editing import apply, read_file
from cli.params.views import print_preview, proposal_json
from models.calendar import SHANGHAI
from models.errors import InvalidInputError, RefusedByRuleError
from models.parameters.changes.errors import OpenProposalError, PastEffectiveDateError
from models.parameters.changes.messages import ChangeOutcome, ChangeStatus, Proposal, change_workflow
from models.parameters.registry import parameter_set
from models.people import Actor
from workers.settings import load_settings
from workers.temporal import connect
from workflows.queues import Queue

_LARGEST: Final = 256 * 1024
"""Bytes that a proposal's value may have: it travels through a workflow's history."""
_PREVIEWED_WITHIN: Final = timedelta(seconds=30)

ProposalId = Annotated[str, typer.Argument(metavar="ID", help="As shown by params proposals.")]


def propose(
    name: Annotated[str, typer.Argument(metavar="SET", help="As shown by params list, or bank-CODE.")],
    changes: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=VALUE...", help="Values are JSON or plain text.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; the approver reads it.")] = "",
    file: Annotated[
        Path | None,
        typer.Option(help="The whole set in TOML or JSON, or as show --json; what it lacks is as shipped."),
    ] = None,
    effective: Annotated[
        datetime | None, typer.Option(help="From when (Shanghai time); on approval otherwise.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=3_650, help="So far back looks the preview.")] = REPLAY_DAYS,
    dry_run: DryRun = False,
    actor: As = None,
) -> None:
    """Propose a change: it is checked, previewed, and waits for the approval of somebody else.

    Example: leaseflow params propose bank-harbour limits.per_payment=20000000 --reason "audit" --as he.ting
    """
    person = who(actor)
    if not reason.strip():
        raise InvalidInputError("reason is empty", remedy='Say why: --reason "audit 2026-11"')
    now = datetime.now(UTC)
    instant = effective.replace(tzinfo=SHANGHAI) if effective else None
    with reading() as session:
        proposal = _written(session, name, changes or [], file, instant, person, reason, days, now)
        checking.check(session, proposal, at=now)
        if (other := parameter_changes.open_proposal(session, name)) is not None:
            raise OpenProposalError(name, other.proposal_id)
        if dry_run:
            value = parameter_set(name).checked(proposal.value)
            print_preview(
                made_preview(session, name, value, effective_from=instant or now, at=now, days=days)
            )
            note("nothing was proposed")
            return
    asyncio.run(_start(proposal))


def list_proposals(
    name: Annotated[str | None, typer.Option("--set", help="Of one set only.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Decided ones, too.")] = False,
    as_json: Json = False,
) -> None:
    """Proposals that wait for approval or for their date, newest first.

    Example: leaseflow params proposals --all
    """
    with reading() as session:
        if name is not None:
            parameter_set(name)
        rows = parameter_changes.listed(session, set_name=name, undecided=not everything)
    if as_json:
        print_json([proposal_json(row) for row in rows])
        return
    print_table(
        ("proposal", "state", "proposed by", "reason", "effective from", "decided by", "proposed"),
        [_row(row) for row in rows],
        empty="no proposal is open",
    )


def preview(proposal_id: ProposalId, as_json: Json = False) -> None:
    """What a proposal changes, and what it would have done lately.

    Example: leaseflow params preview payments-1
    """
    with reading() as session:
        row = parameter_changes.find(session, proposal_id)
    found = parameter_changes.preview_of(row)
    if as_json:
        made = parameter_changes.preview_json(found) if found else None
        print_json({**proposal_json(row), "preview": made})
        return
    done(f"{row.proposal_id} by {row.proposed_by}: {row.reason}")
    done(f"{row.state}: {row.sentence}" if row.sentence else row.state)
    if found is not None:
        print_preview(found)


def _written(
    session: Session,
    name: str,
    changes: list[str],
    file: Path | None,
    effective: datetime | None,
    person: Actor,
    reason: str,
    days: int,
    now: datetime,
) -> Proposal:
    wanted = parameter_set(name)
    if effective is not None and effective < now and not wanted.back_dating:
        raise PastEffectiveDateError(name, effective, now)
    if file is None and not changes:
        raise InvalidInputError("nothing is proposed", remedy="Give NAME=VALUE, or a whole set with --file")
    if file is not None:
        value: dict[str, Any] = wanted.checked(read_file(file, name)).model_dump(mode="json")
    else:
        value = parameters.in_force(session, wanted, effective or now).value.model_dump(mode="json")
    apply(value, changes)
    checked = wanted.checked(value)
    size = len(checked.model_dump_json())
    if size > _LARGEST:
        raise InvalidInputError(
            f"the value of {name} has {size} bytes", remedy=f"Keep it under {_LARGEST} bytes"
        )
    return Proposal(
        set_name=name,
        number=parameter_changes.next_number(session, name),
        value=checked.model_dump(mode="json"),
        base_version=parameters.newest_version(session, wanted),
        reason=reason,
        proposed_by=person,
        effective_from=effective,
        replay_days=days,
    )


async def _start(proposal: Proposal) -> None:
    settings = load_settings()
    client = await connect(settings)
    workflow_id = change_workflow(proposal.proposal_id)
    try:
        await client.start_workflow(
            "ParameterChange",
            proposal,
            id=workflow_id,
            task_queue=Queue.ENGINE,
            # the number of one that was refused is used again; an open one is never replaced
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            static_summary=f"{proposal.set_name}: {proposal.reason}"[:200],
        )
    except WorkflowAlreadyStartedError as error:
        raise RefusedByRuleError(
            f"somebody else proposed {proposal.proposal_id} in this moment",
            remedy="See leaseflow params proposals",
        ) from error
    status = await _previewed(client, workflow_id)
    done(f"params/{proposal.proposal_id} {status.state if status else 'being previewed'}")
    for line in (*status.changes, *status.outcome) if status else ():
        done(f"  {line}")
    note(web_link(settings, client, workflow_id))


async def _previewed(client: Client, workflow_id: str) -> ChangeStatus | None:
    """The status once the preview is there; None when that takes long.

    Raises:
        RefusedByRuleError: the proposal breaks a rule.
    """
    handle = client.get_workflow_handle(workflow_id, result_type=ChangeOutcome)
    try:
        async with asyncio.timeout(_PREVIEWED_WITHIN.total_seconds()):
            while True:
                status: ChangeStatus = await handle.query("status", result_type=ChangeStatus)
                if not status.state.is_open:
                    raise RefusedByRuleError((await handle.result()).sentence)
                if status.waiting_for:
                    return status
                await asyncio.sleep(0.1)
    except TimeoutError:
        note("no preview yet: see leaseflow status, then leaseflow params preview")
        return None


def _row(row: ParameterProposalRow) -> tuple[object, ...]:
    effective = row.effective_from
    return (
        row.proposal_id,
        row.state,
        row.proposed_by,
        row.reason,
        f"{effective.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if effective else "approval",
        row.decided_by,
        f"{row.proposed_at.astimezone(SHANGHAI):%Y-%m-%d}",
    )
