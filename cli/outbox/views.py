"""How messages and checks are shown, and commands on dead letters sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from sqlmodel import Session

from activities.store import parameters
from activities.store.forwarding.inbox import HANDLED
from activities.store.forwarding.outbox import DEAD, DELIVERED, WAITING
from activities.store.tables.forwarding import ConsistencyCheckRow, InboxRow, OutboxRow
from cli.house import one_of, send_update
from cli.output import confirm, done, print_json, print_table
from models.calendar import SHANGHAI
from models.errors import InvalidInputError
from models.forwarding.errors import NothingToRedriveError
from models.forwarding.messages import Redrive, Redriven
from workers.settings import load_settings
from workers.temporal import connect

Answer = TypeVar("Answer")

Partner = Annotated[str, typer.Argument(metavar="PARTNER", help="Code of the partner system.")]
OfPartner = Annotated[str | None, typer.Option("--partner", help="Of one partner only.")]


class OutgoingState(StrEnum):
    """Where a message to a partner stands."""

    WAITING = WAITING
    DELIVERED = DELIVERED
    DEAD = DEAD


class IncomingState(StrEnum):
    """Where a message of a partner stands."""

    WAITING = WAITING
    HANDLED = HANDLED
    DEAD = DEAD


Key = Annotated[str, typer.Argument(metavar="KEY", help="As shown by list.")]
Keys = Annotated[list[str] | None, typer.Argument(metavar="[KEY]...", help="All of the partner without.")]
Limit = Annotated[int, typer.Option(min=1)]
Skip = Annotated[bool, typer.Option("--skip", help="Leave them dead, and let those behind them pass.")]


def of_partner(session: Session, partner: str | None) -> None:
    """Refuse a filter for a partner that there is not."""
    one_of("partner", partner, parameters.partner_codes(session))


def send_command(workflow_id: str, update: str, command: object, answer: type[Answer]) -> Answer:
    """Send a person's command to a partner's workflow."""

    async def work() -> Answer:
        client = await connect(load_settings())
        return await send_update(client, workflow_id, update, command, answer=answer)

    return asyncio.run(work())


def redrive_letters(
    workflow_id: str, meant: Sequence[str], command: Redrive, *, dry_run: bool, yes: bool
) -> None:
    """Drive dead letters again, or let those behind them pass, after asking where it is more than one."""
    what = "skip" if command.skip else "drive again"
    if dry_run:
        done(f"would {what}: {', '.join(meant) or 'nothing'} (nothing was changed)")
        return
    if len(meant) > 1:
        confirm(f"{what} {len(meant)} dead letters?", yes=yes)
    answer = send_command(workflow_id, "redrive", command, Redriven)
    if not answer.keys:
        raise NothingToRedriveError(
            f"no dead letter of {workflow_id} is meant by this", remedy="See leaseflow outbox dead"
        )
    for key in answer.keys:
        done(f"{workflow_id}/{key} {'skipped' if command.skip else 'driven again'}")


def read_body(file: Path) -> dict[str, Any]:
    """The JSON object of a file.

    Raises:
        InvalidInputError: it holds none.
    """
    try:
        text = typer.get_text_stream("stdin").read() if str(file) == "-" else file.read_text("utf-8-sig")
        body = json.loads(text)
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"{file} holds no JSON: {error}", remedy="Give a JSON object") from error
    if not isinstance(body, dict):
        raise InvalidInputError(f"{file} holds no JSON object", remedy="Write it in braces")
    return body


def show_outgoing(rows: Sequence[OutboxRow], *, as_json: bool, empty: str) -> None:
    """Messages for partners as a table or JSON."""
    if as_json:
        print_json([outgoing(row) for row in rows])
        return
    print_table(
        ("key", "partner", "topic", "no.", "state", "attempts", "last error", "put"),
        [
            (
                row.key,
                row.partner,
                row.topic,
                row.number,
                f"{row.state}, blocks" if row.blocks else row.state,
                row.attempts,
                row.last_error,
                clock(row.put_at),
            )
            for row in rows
        ],
        right=["no.", "attempts"],
        empty=empty,
    )


def show_one(body: dict[str, Any], *, as_json: bool) -> None:
    """One message with all that is known."""
    if as_json:
        print_json(body)
        return
    for name, value in body.items():
        shown = json.dumps(value, ensure_ascii=False, indent=2) if name == "body" else value
        done(f"{name:<14} {shown if shown not in (None, '') else '-'}")


def outgoing(row: OutboxRow, *, whole: bool = False) -> dict[str, Any]:
    """A message for a partner as data; stable fields."""
    said = row.model_dump(exclude={"outbox_id"} if whole else {"outbox_id", "body"})
    return {"key": said.pop("key"), "partner": said.pop("partner"), **said}


def incoming(row: InboxRow, *, whole: bool = False) -> dict[str, Any]:
    """A message of a partner as data; stable fields."""
    said = row.model_dump(exclude={"inbox_id"} if whole else {"inbox_id", "body"})
    return {"message_id": said.pop("message_id"), "partner": said.pop("partner"), **said}


def checked(row: ConsistencyCheckRow) -> dict[str, Any]:
    """A check as data; stable fields."""
    return row.model_dump(exclude={"check_id"})


def clock(at: datetime) -> str:
    """Shanghai time to the second."""
    return f"{at.astimezone(SHANGHAI):%m-%d %H:%M:%S}"
