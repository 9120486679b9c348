"""Saying no, not yet, or never mind."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.approvals.sending import ApprovalId, tell
from cli.house import who
from cli.output import As, Json, Reason
from models.approval.commands import Reject, Return, Withdraw


def reject(approval_id: ApprovalId, reason: Reason, actor: As = None, as_json: Json = False) -> None:
    """Turn it down for good.

    Example: leaseflow approvals reject L2026-0001-1 --reason "income does not carry it" --as li.wei
    """
    tell(approval_id, "reject", Reject(who(actor), reason), as_json=as_json)


def return_(
    approval_id: ApprovalId,
    to: Annotated[str, typer.Option("--to", metavar="STEP", help="As shown by approvals show.")],
    reason: Reason,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Send it back for rework: to an earlier approval step, or to a step of the process that asked.

    Example: leaseflow approvals return L2026-0001-1 --to officer --reason "visit them first" --as sun.yue
    """
    tell(approval_id, "return", Return(who(actor), to, reason), as_json=as_json)


def withdraw(approval_id: ApprovalId, reason: Reason, actor: As = None, as_json: Json = False) -> None:
    """Take it back, for the side that asked.

    Example: leaseflow approvals withdraw L2026-0001-1 --reason "bought elsewhere" --as deng.chao
    """
    tell(approval_id, "withdraw", Withdraw(who(actor), reason), as_json=as_json)
