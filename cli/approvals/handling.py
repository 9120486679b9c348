"""What people do with an approval without deciding it."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.approvals.sending import ApprovalId, tell
from cli.house import who
from cli.output import As, Json, Reason, not_blank
from models.approval.commands import Comment, Lock, Reassign, Tag, Unlock


def lock(approval_id: ApprovalId, actor: As = None, as_json: Json = False) -> None:
    """Take it: until the lock expires nobody else may decide it. Repeat to hold it for longer.

    Example: leaseflow approvals lock L2026-0001-1 --as li.wei
    """
    tell(approval_id, "lock", Lock(who(actor)), as_json=as_json)


def unlock(
    approval_id: ApprovalId,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the history.")] = "",
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Give it back to the pool; a manager may free what somebody else holds.

    Example: leaseflow approvals unlock L2026-0001-1 --as li.wei
    """
    tell(approval_id, "unlock", Unlock(who(actor), reason), as_json=as_json)


def reassign(
    approval_id: ApprovalId,
    to: Annotated[str, typer.Option("--to", metavar="NAME", help="Somebody of its pool.")],
    reason: Reason,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Give it to a named person of the pool, and free it.

    Example: leaseflow approvals reassign L2026-0001-1 --to zhang.min --reason "knows them" --as li.wei
    """
    tell(approval_id, "reassign", Reassign(who(actor), to, reason), as_json=as_json)


def tag(
    approval_id: ApprovalId,
    add: Annotated[list[str] | None, typer.Argument(metavar="TAG...", help="Labels to put on.")] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", help="Labels to take off.")] = None,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Put labels on, or take them off.

    Example: leaseflow approvals tag L2026-0001-1 urgent --remove new --as li.wei
    """
    tags = (*(add or ()), *(f"-{each}" for each in remove or ()))
    if not tags:
        raise typer.BadParameter("name at least one tag, or --remove one")
    tell(approval_id, "tag", Tag(who(actor), tags), as_json=as_json)


def comment(
    approval_id: ApprovalId,
    text: Annotated[str, typer.Option("--text", help="Kept in the history.", callback=not_blank)],
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Say something for others to read.

    Example: leaseflow approvals comment L2026-0001-1 --text "statement of March is missing" --as li.wei
    """
    tell(approval_id, "comment", Comment(who(actor), text), as_json=as_json)
