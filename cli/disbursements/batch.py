"""Approving many disbursements in one command, with a result for each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer
from temporalio.client import Client
from temporalio.service import RPCError

from activities.store.lease import disbursements
from cli.disbursements.look import review_lines
from cli.disbursements.sending import update_one
from cli.house import reading, who
from cli.output import As, DryRun, ExitCode, Json, Yes, confirm, note, print_json, print_table
from models.errors import InvalidInputError, LeaseflowError, ServiceUnreachableError, TimedOutError
from models.lease.disbursement.messages import ApproveDisbursement, DisbursementState
from models.money import Money
from workers.settings import load_settings
from workers.temporal import connect

_AT_ONCE: Final = 8
_UNDER_WAY: Final = frozenset({DisbursementState.PAYING, DisbursementState.PAID})
_MOST: Final = 1_000
"""Disbursements that ``--all`` looks at in one command."""
_REFUSED: Final = "refused"
_UNKNOWN: Final = "unknown"
"""No answer came: the approval may still take effect."""
_REHEARSED: Final = "would be approved"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one approval."""

    disbursement_id: str
    state: str
    """``refused``, ``unknown``, or where the disbursement stands."""
    sentence: str

    @property
    def went(self) -> bool:
        return self.state in _UNDER_WAY


def approve(
    ids: Annotated[list[str] | None, typer.Argument(metavar="DISBURSEMENT...")] = None,
    file: Annotated[Path | None, typer.Option(metavar="FILE", help="Ids, one a line.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything that waits for a review.")] = False,
    max_amount: Annotated[str, typer.Option(metavar="YUAN", help="With --all: none above this.")] = "",
    branch: Annotated[str | None, typer.Option(help="With --all: only of this branch.")] = None,
    reason: Annotated[str, typer.Option("--reason", help="A note; kept in the history.")] = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Let disbursements go: each is checked once more, and paid where nothing stands in the way.

    Exit code 1 where one of them was refused or held, or did not answer.

    Example: leaseflow disbursements approve SH-2026-000001-D1 --as jiang.nan
    Example: leaseflow disbursements approve --all --max-amount 200000 --branch Shanghai --as jiang.nan --yes
    """
    person = who(actor)
    chosen = _chosen(ids or [], file, everything=everything, max_amount=max_amount, branch=branch)
    if dry_run:
        _tell([Result(each, _REHEARSED, "") for each in chosen], as_json=as_json)
        return
    if len(chosen) > 1:
        confirm(f"Approve {len(chosen)} disbursements?", yes=yes)
    results = asyncio.run(approve_all(chosen, ApproveDisbursement(person, reason)))
    _tell(results, as_json=as_json)
    if not all(result.went for result in results):
        raise typer.Exit(ExitCode.REFUSED)


def _chosen(
    ids: Sequence[str], file: Path | None, *, everything: bool, max_amount: str, branch: str | None
) -> list[str]:
    """Which ones are meant, each once, in order.

    Raises:
        InvalidInputError: nothing is named, or too much; or one does not exist, and none is approved.
    """
    ways = sum((bool(ids), file is not None, everything))
    if ways != 1:
        raise InvalidInputError(
            "name disbursements in one way",
            remedy="Give their ids, or --file FILE, or --all --max-amount YUAN",
        )
    if everything:
        if not max_amount:
            raise InvalidInputError("--all needs a ceiling", remedy="Add --max-amount YUAN")
        ceiling = Money.of(max_amount)
        lines = review_lines(state=DisbursementState.WAITING_FOR_REVIEW, branch=branch, limit=_MOST)
        if len(lines) == _MOST:
            note(f"only the {_MOST} that wait longest are looked at; repeat for the others")
        return [line.disbursement_id for line in lines if line.amount <= ceiling]
    if max_amount or branch:
        raise InvalidInputError("--max-amount and --branch go with --all", remedy="Leave them out")
    named = list(dict.fromkeys(_read(file) if file is not None else ids))
    with reading() as session:
        for disbursement_id in named:
            disbursements.find(session, disbursement_id)
    return named


def _read(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8-sig").split()  # some editors put a mark before the first line
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(
            f"file {file} cannot be read: {error}", remedy="Give a text file with an id on each line"
        ) from error


async def approve_all(chosen: Sequence[str], command: ApproveDisbursement) -> list[Result]:
    """What became of each approval, in the same order."""
    client = await connect(load_settings())
    slots = asyncio.Semaphore(_AT_ONCE)

    async def one(disbursement_id: str) -> Result:
        async with slots:
            return await _approve(client, disbursement_id, command)

    return await asyncio.gather(*(one(each) for each in chosen))


async def _approve(client: Client, disbursement_id: str, command: ApproveDisbursement) -> Result:
    try:
        status = await update_one(client, disbursement_id, "approve", command)
    except (TimedOutError, ServiceUnreachableError, RPCError) as silence:
        # of this one only: what became of the others must still be told
        return Result(disbursement_id, _UNKNOWN, str(silence))
    except LeaseflowError as refusal:
        return Result(disbursement_id, _REFUSED, str(refusal))
    return Result(disbursement_id, status.state, status.sentence)


def _tell(results: Sequence[Result], *, as_json: bool) -> None:
    if as_json:
        print_json(results)
        return
    print_table(
        ("disbursement", "state", "why"),
        [(result.disbursement_id, result.state, result.sentence) for result in results],
        empty="nothing waits for a review",
    )
    if not any(result.state == _REHEARSED for result in results):
        note(f"{sum(result.went for result in results)} of {len(results)} go on")
