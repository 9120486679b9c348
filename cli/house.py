"""What commands need of the house: its database, its Temporal client, the person who asks."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import quote

from sqlmodel import Session
from temporalio.client import (
    Client,
    WorkflowFailureError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.store import parameters, people
from models.errors import InvalidInputError, RefusedByRuleError, TimedOutError
from models.parameters.registry import LEASE_CONTRACTS
from models.people import Actor
from workers.settings import Settings, load_settings
from workers.setup import open_database

Answer = TypeVar("Answer")

_UPDATE_PATIENCE = timedelta(seconds=30)


def one_of(field: str, value: str | None, known: Iterable[str]) -> None:
    """Refuse a filter that nothing can fit, rather than list nothing.

    Raises:
        InvalidInputError: a value is given, and it is not one of the known ones.
    """
    names = list(known)
    if value is not None and value not in names:
        raise InvalidInputError(
            f"{field} {value!r} is not known",
            remedy=f"Use one of {', '.join(names)}" if names else "There is none yet",
        )


def known_branch(session: Session, branch: str | None) -> None:
    """Refuse a branch that takes no leases; those that do have a code for contract numbers.

    Raises:
        InvalidInputError: a branch is given, and it has no code.
    """
    if branch is not None:
        in_force = parameters.in_force(session, LEASE_CONTRACTS, datetime.now(UTC))
        one_of("branch", branch, in_force.value.branch_codes)


def first_cause(error: WorkflowFailureError) -> str:
    """What stopped a workflow, in its own words."""
    cause: BaseException = error.cause
    while isinstance(cause, ActivityError) and cause.cause is not None:
        cause = cause.cause
    return cause.message if isinstance(cause, ApplicationError) else str(cause)


@contextmanager
def reading(settings: Settings | None = None) -> Iterator[Session]:
    """A transaction for commands that look or write directly."""
    database = open_database(settings or load_settings(), pool_size=1)
    try:
        with database.transaction() as session:
            yield session
    finally:
        database.close()


def who(name: str | None) -> Actor:
    """The actor behind ``--as NAME``.

    Raises:
        InvalidInputError: nobody is named, or the name is not in the directory.
    """
    if not name:
        raise InvalidInputError(
            "this command is entered under a person's name", remedy="Say who you are with --as NAME"
        )
    with reading() as session:
        return people.find_member(session, name).actor()


def web_link(settings: Settings, client: Client, workflow_id: str) -> str:
    """Where the Temporal web UI shows a workflow."""
    return f"{settings.temporal_ui_url}/namespaces/{client.namespace}/workflows/{quote(workflow_id, safe='')}"


@asynccontextmanager
async def patient(workflow_id: str) -> AsyncIterator[None]:
    """Wait for a worker's answer, but not for ever.

    Raises:
        TimedOutError: no worker answered in time.
    """
    try:
        async with asyncio.timeout(_UPDATE_PATIENCE.total_seconds()):
            yield
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
        # the client tells a wait that was broken off by an error of its own
        raise TimedOutError(
            f"no worker answered for {workflow_id} in {_UPDATE_PATIENCE.total_seconds():.0f} s",
            remedy="See leaseflow status; the command may still take effect",
        ) from error


async def send_update(
    client: Client,
    workflow_id: str,
    update: str,
    command: object,
    *,
    answer: type[Answer],
    request_id: str | None = None,
    stands: Callable[[Session], str] | None = None,
) -> Answer:
    """Send a person's command and give the workflow's answer.

    Args:
        client: the server.
        workflow_id: whom the command is for.
        update: its name.
        command: its argument.
        answer: what comes back.
        request_id: makes a repetition harmless.
        stands: says from the books how that stands whose workflow is not open; raises what is to be told
            where there never was any.

    Raises:
        RefusedByRuleError: the workflow refuses it, has ended, or never was.
        InvalidInputError: it names something that the workflow does not know.
        TimedOutError: no worker answered in time.
    """
    handle = client.get_workflow_handle(workflow_id)
    try:
        async with patient(workflow_id):
            given: Answer = await handle.execute_update(
                update, command, id=request_id or uuid.uuid4().hex, result_type=answer
            )
            return given
    except WorkflowUpdateFailedError as error:
        fact = error.cause
        if not isinstance(fact, ApplicationError):
            raise RefusedByRuleError(str(fact)) from error
        # an id that does not exist is wrong usage, whoever notices it
        unknown = fact.type is not None and fact.type.startswith("Unknown")
        raise (InvalidInputError if unknown else RefusedByRuleError)(fact.message) from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            where = "is not open (it does not exist, or has ended)"
            if stands is not None:
                with reading() as session:
                    where = f"takes no more commands: {stands(session)}"
            raise RefusedByRuleError(f"{workflow_id} {where}", remedy="Nothing was changed") from error
        raise
