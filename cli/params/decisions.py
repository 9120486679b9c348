"""Deciding on a proposal."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from activities.store import parameter_changes
from cli.house import reading, send_update, who
from cli.output import As, Reason, done
from cli.params.proposals import ProposalId
from models.calendar import SHANGHAI
from models.errors import RefusedByRuleError
from models.parameters.changes.messages import (
    Approval,
    ChangeOutcome,
    ProposalState,
    Rejection,
    Withdrawal,
    change_workflow,
)
from workers.settings import load_settings
from workers.temporal import connect


def approve(
    proposal_id: ProposalId,
    note: Annotated[str, typer.Option("--note", help="Kept with the proposal.")] = "",
    actor: As = None,
) -> None:
    """Agree to a proposal of somebody else; it becomes a version.

    Example: leaseflow params approve payments-1 --as xu.bo
    """
    outcome = _decide(proposal_id, "approve", Approval(who(actor), note))
    if outcome.state is ProposalState.STALE:
        raise RefusedByRuleError(
            f"{proposal_id} is stale: {outcome.sentence}", remedy="It must be proposed again"
        )
    when = outcome.effective_from
    told = f", in force from {when.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if when else ""
    done(f"params/{proposal_id} approved as version {outcome.version}{told}")


def reject(proposal_id: ProposalId, reason: Reason, actor: As = None) -> None:
    """Turn a proposal down.

    Example: leaseflow params reject payments-1 --reason "too low" --as xu.bo
    """
    outcome = _decide(proposal_id, "reject", Rejection(who(actor), reason))
    done(f"params/{proposal_id} {outcome.state}")


def withdraw(proposal_id: ProposalId, reason: Reason, actor: As = None) -> None:
    """Take your own proposal back.

    Example: leaseflow params withdraw payments-1 --reason "typed wrong" --as he.ting
    """
    outcome = _decide(proposal_id, "withdraw", Withdrawal(who(actor), reason))
    done(f"params/{proposal_id} {outcome.state}")


def _decide(proposal_id: str, update: str, command: object) -> ChangeOutcome:
    with reading() as session:
        parameter_changes.find(session, proposal_id)

    async def send() -> ChangeOutcome:
        client = await connect(load_settings())
        return await send_update(client, change_workflow(proposal_id), update, command, answer=ChangeOutcome)

    return asyncio.run(send())
