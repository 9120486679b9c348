"""Saying yes: to one approval, on conditions if need be, or to many small ones at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from temporalio.service import RPCError

from activities.store import parameters
from activities.store.approval import approvals, tasks
from activities.store.tables.approvals import ApprovalRow
from cli.approvals.sending import AT_ONCE, send_one, stands, tell
from cli.approvals.views import nothing_waits
from cli.house import reading, who
from cli.output import As, DryRun, ExitCode, Json, Yes, confirm, note, print_json, print_table
from models.approval.commands import Approve
from models.approval.errors import BatchLimitError
from models.approval.messages import Condition
from models.errors import InvalidInputError, LeaseflowError, ServiceUnreachableError, TimedOutError
from models.money import Money
from models.parameters.registry import APPROVAL_POLICIES
from models.people import Actor
from workers.settings import load_settings
from workers.temporal import connect

_MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one approval of many."""

    approval_id: str
    result: str
    """``approved``, ``passed-on``, ``refused``, ``unknown`` where no answer came, or ``would-approve`` in a
    dry run."""
    sentence: str


def approve(
    approval_ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...")] = None,
    condition: Annotated[
        list[str] | None,
        typer.Option("--condition", metavar="TERM=VALUE", help="Change a term; one ID only."),
    ] = None,
    remark: Annotated[str, typer.Option("--note", help="Kept with the decision.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="All in your inbox.")] = False,
    file: Annotated[Path | None, typer.Option(help="IDs, one a line.")] = None,
    max_amount: Annotated[
        str | None, typer.Option("--max-amount", metavar="YUAN", help="With --all: up to this amount.")
    ] = None,
    tag: Annotated[str | None, typer.Option("--tag", help="With --all: only with this label.")] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Say yes to one approval, or to many small ones: each gets its own answer, exit 1 if any gets no yes.

    Example: leaseflow approvals approve --all --max-amount 50000 --yes --as li.wei
    """
    person = who(actor)
    named = [*(approval_ids or []), *(_listed(file) if file else [])]
    conditions = tuple(_condition(each) for each in condition or [])
    if not everything and (max_amount or tag):
        raise InvalidInputError("--max-amount and --tag choose from your inbox", remedy="Add --all")
    if not everything and not file and len(named) == 1 and not dry_run:
        tell(named[0], "approve", Approve(person, remark, conditions), as_json=as_json)
        return
    if conditions:
        raise InvalidInputError(
            "conditions are set one by one, and not rehearsed",
            remedy="Name one ID with --condition, without --dry-run",
        )
    chosen = list(dict.fromkeys(named + (_of_inbox(person, max_amount, tag) if everything else [])))
    if not chosen and not everything:
        raise InvalidInputError("nothing is named", remedy="Give IDs, --file or --all")
    results = _decide_many(chosen, Approve(person, remark), yes=yes, dry_run=dry_run)
    _print(results, narrowed=bool(max_amount or tag), as_json=as_json)
    if any(each.result in {"refused", "unknown"} for each in results):
        raise typer.Exit(ExitCode.REFUSED)


def _decide_many(chosen: Sequence[str], command: Approve, *, yes: bool, dry_run: bool) -> list[Result]:
    fitting, refused = _small_enough(chosen)
    total = sum(each.amount_minor for each in fitting)
    question = f"approve {len(fitting)} approvals, {Money(total)} in all"
    if dry_run:
        note(f"would {question}; nothing was changed")
        return [*(Result(each.approval_id, "would-approve", each.title) for each in fitting), *refused]
    if fitting:
        confirm(f"{question}?", yes=yes)
    return [*asyncio.run(approve_each([each.approval_id for each in fitting], command)), *refused]


def _small_enough(chosen: Sequence[str]) -> tuple[list[ApprovalRow], list[Result]]:
    """Those that may be decided among many, and why the others may not."""
    fitting: list[ApprovalRow] = []
    refused: list[Result] = []
    with reading() as session:
        limit = parameters.in_force(session, APPROVAL_POLICIES, datetime.now(UTC)).value.batch_limit
        for approval_id in chosen:
            try:
                row = approvals.find(session, approval_id)
                amount = approvals.amount_of(row)
                if amount.amount > limit:
                    raise BatchLimitError(approval_id, str(amount), str(limit))
                fitting.append(row)
            except LeaseflowError as error:
                refused.append(Result(approval_id, "refused", str(error)))
    return fitting, refused


async def approve_each(approval_ids: Sequence[str], command: Approve) -> list[Result]:
    """What became of each approval, in the same order."""
    client = await connect(load_settings())
    gate = asyncio.Semaphore(AT_ONCE)

    async def send(approval_id: str) -> Result:
        async with gate:
            try:
                status = await send_one(client, approval_id, "approve", command)
            except (TimedOutError, ServiceUnreachableError, RPCError) as silence:
                # of this one only, and it may still take effect: what became of the others must be told
                return Result(approval_id, "unknown", str(silence))
            except LeaseflowError as error:
                return Result(approval_id, "refused", str(error))
        result = "approved" if status.state.is_final else "passed-on"
        return Result(approval_id, result, stands(status))

    return await asyncio.gather(*(send(each) for each in approval_ids))


def _of_inbox(person: Actor, max_amount: str | None, tag: str | None) -> list[str]:
    most = Money.of(max_amount).minor if max_amount else None
    with reading() as session:
        items = tasks.inbox(session, person.username, tag=tag, max_minor=most, limit=_MOST)
    return [each.approval.approval_id for each in items]


def _listed(file: Path) -> list[str]:
    try:  # some editors put a mark before the first line
        found = [line.strip() for line in file.read_text("utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{file} cannot be read: {error}", remedy="Give a text file") from error
    if len(found) > _MOST:
        raise InvalidInputError(f"{file.name} names {len(found)} approvals", remedy=f"Give up to {_MOST}")
    return found


def _condition(text: str) -> Condition:
    term, found, value = text.partition("=")
    if not found or not term.strip():
        raise InvalidInputError(f"condition {text!r} is not TERM=VALUE", remedy="Write it like deposit=20000")
    return Condition(term.strip(), value.strip())


def _print(results: Sequence[Result], *, narrowed: bool, as_json: bool) -> None:
    if as_json:
        print_json(list(results))
        return
    print_table(
        ("approval", "result", "why"),
        [(each.approval_id, each.result, each.sentence) for each in results],
        empty=nothing_waits(narrowed=narrowed),
    )
