"""Following one disbursement in real time, a line for each change."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from activities.store.lease import disbursements
from activities.store.lease.disbursement_lists import ReviewLine
from cli.disbursements.look import DisbursementId, as_data, review_lines
from cli.house import reading
from cli.output import ExitCode, Json, done, print_json
from models.calendar import SHANGHAI
from models.errors import RefusedByRuleError, TimedOutError
from models.lease.disbursement.messages import DisbursementState

_LOOK_EVERY: Final = 0.5
"""Seconds; the books are asked, one row each time."""


def watch(
    disbursement_id: DisbursementId,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to watch at most.")] = 600.0,
    as_json: Json = False,
) -> None:
    """Show each change of a disbursement and of its payment until it ends.

    Exit code 0 when it is paid, 1 when it is not, 4 when it still goes on or waits for somebody.

    Example: leaseflow disbursements watch SH-2026-000001-D1
    """
    with reading() as session:
        disbursements.find(session, disbursement_id)
    line = _follow(disbursement_id, wait=wait, quiet=as_json)
    if as_json:
        print_json(as_data(line))
    if line.state == DisbursementState.NOT_PAID:
        raise RefusedByRuleError(
            f"disbursement {disbursement_id} was not paid",
            remedy="Order it anew with leaseflow disbursements retry, or cancel it",
        )
    if not _ends(line):
        raise TimedOutError(
            f"disbursement {disbursement_id} is still {line.state}",
            remedy="See whom it waits for: leaseflow disbursements show; then watch again",
        )
    if line.state != DisbursementState.PAID:
        raise typer.Exit(ExitCode.REFUSED)


def _follow(disbursement_id: str, *, wait: float, quiet: bool) -> ReviewLine:
    """The last line seen: at its end, or when patience ended."""
    until, told = time.monotonic() + wait, ""
    while True:
        (line,) = review_lines(disbursement_id=disbursement_id)
        news = _sentence(line)
        if news != told and not quiet:
            done(f"{datetime.now(UTC).astimezone(SHANGHAI):%H:%M:%S} {news}")
        told = news
        if _ends(line) or time.monotonic() >= until:
            return line
        time.sleep(_LOOK_EVERY)


def _ends(line: ReviewLine) -> bool:
    """Nothing will change by itself: it has ended, or its payment has, and a person must say what then."""
    state = DisbursementState(line.state)
    return state.is_final or state is DisbursementState.NOT_PAID


def _sentence(line: ReviewLine) -> str:
    payment = f"; payment {line.payment_id} {line.payment_state}" if line.payment_state else ""
    locked = f"; locked by {line.locked_by}" if line.locked_by else ""
    return f"disbursement/{line.disbursement_id} {line.state}: {line.sentence}{payment}{locked}"
