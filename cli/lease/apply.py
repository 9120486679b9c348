"""Apply for leases: one form, or a file of them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.lease.application.products import product_of
from activities.lease.application.terms import agreed_terms
from activities.store.lease import application_lists, applications
from cli.house import first_cause, reading, web_link, who
from cli.lease.bulk import apply_many
from cli.lease.checking import Overruled, rehearse, tell_faults
from cli.lease.forms import read_form
from cli.lease.starting import Handle, start
from cli.lease.views import tell_plan
from cli.output import As, DryRun, ExitCode, Json, changed, done, note
from models.calendar import business_date
from models.errors import InvalidInputError, RefusedByRuleError, TimedOutError
from models.lease.application.form import LeaseForm
from models.lease.application.messages import (
    ApplicationState,
    FormEntered,
    OpenApplication,
)
from models.lease.application.rights import require_capture
from models.lease.workflow_ids import application_workflow
from workers.settings import load_settings
from workers.temporal import connect

_LOOK_EVERY = 0.1
"""Seconds between two looks at whether it was entered."""
_ON_ITS_WAY = frozenset({ApplicationState.SCREENING})

app = typer.Typer(add_completion=False)

FormFile = Annotated[Path, typer.Option("--file", help="JSON or TOML form; JSON lines (.jsonl) for many.")]
Wait = Annotated[float, typer.Option(min=0, help="Seconds to wait for the rules to speak.")]


@app.command()
def apply(
    path: FormFile,
    overruled: Overruled = None,
    submit: Annotated[bool, typer.Option("--submit", help="Hand it in at once.")] = False,
    wait: Wait = 30.0,
    at_once: Annotated[
        int, typer.Option("--at-once", min=1, max=500, help="How many are started at a time.")
    ] = 50,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Enter an application: the same id and form is the same application, however often.

    Example: leaseflow lease apply --file form.toml --set financing.instalments=36 --submit --as deng.chao
    """
    person = who(actor)
    if path.suffix == ".jsonl":
        if overruled or dry_run:
            raise InvalidInputError("--set and --dry-run are for one form", remedy="Check lines one by one")
        apply_many(path, person, wait=wait, at_once=at_once, submit=submit, as_json=as_json)
        return
    form = read_form(path, overruled or ())
    require_capture(person, form)
    entered = rehearse(form, person)
    if entered.faults:
        tell_faults(form, entered.faults, as_json=as_json)
    if dry_run:
        _tell_plan(form, entered)
        return
    asyncio.run(_apply(OpenApplication(form, person, submit), wait=wait, as_json=as_json))


# ---------------------------------------------------------------- one application


def _tell_plan(form: LeaseForm, entered: FormEntered) -> None:
    now = datetime.now(UTC)
    with reading() as session:
        product = product_of(session, form.product, now)
    agreed = agreed_terms(form, product, business_date(now))
    done(f"application/{form.application_id}: {entered.title}")
    papers = "needs papers" if entered.needs_papers else "needs no papers"
    done(f"{papers}, decided by policy {entered.policy} (nothing was entered)")
    done("")
    tell_plan(agreed)


async def _apply(opening: OpenApplication, *, wait: float, as_json: bool) -> None:
    settings = load_settings()
    client = await connect(settings)
    application_id = opening.form.application_id
    note(web_link(settings, client, application_workflow(application_id)))
    try:
        handle = await start(client, opening)
    except WorkflowAlreadyStartedError:
        _tell(opening.form, as_json=as_json)  # it has ended
        return
    try:
        async with asyncio.timeout(wait or None):
            await _be_heard(handle, application_id)
    except TimeoutError as error:
        raise TimedOutError(
            f"application/{application_id} is on its way", remedy="It goes on by itself"
        ) from error
    except WorkflowFailureError as error:
        raise RefusedByRuleError(first_cause(error)) from error
    _tell(opening.form, as_json=as_json)


async def _be_heard(handle: Handle, application_id: str) -> None:
    """Wait until the rules have spoken, or there is nothing that they could speak about yet.

    Raises:
        WorkflowFailureError: the form was not entered.
    """
    ended = asyncio.ensure_future(handle.result())
    try:
        while not (await asyncio.wait([ended], timeout=_LOOK_EVERY))[0]:
            if await asyncio.to_thread(_is_heard, application_id):
                return
        ended.result()
    finally:
        ended.cancel()


def _is_heard(application_id: str) -> bool:
    with reading() as session:
        row = application_lists.states(session, [application_id]).get(application_id)
    return row is not None and row.state not in _ON_ITS_WAY


def _tell(form: LeaseForm, *, as_json: bool) -> None:
    """Where it stands.

    Raises:
        ApplicationExistsError: the application of this id was opened with another form.
    """
    with reading() as session:
        applications.find_same(session, form)
        row = applications.application(session, form.application_id)
    facts = {
        "application_id": row.application_id,
        "state": row.state,
        "sentence": row.sentence,
        "title": row.title,
        "contract_number": row.contract_number,
    }
    told = f": {row.sentence}" if row.sentence else ""
    contract = f", contract {row.contract_number}" if row.contract_number else ""
    changed(f"application/{row.application_id} {row.state}{contract}{told}", facts, as_json=as_json)
    if row.state in applications.CAME_TO_NOTHING:
        raise typer.Exit(ExitCode.REFUSED)
