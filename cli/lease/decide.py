"""What the applicant's side says to an application: revise, submit, accept, decline, withdraw."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from activities.store.lease import applications, offers
from cli.house import reading, send_update, who
from cli.lease.forms import read_form
from cli.output import As, Json, Reason, changed
from models.errors import InvalidInputError, RefusedByRuleError
from models.lease.application.messages import (
    Accept,
    ApplicationStatus,
    Decline,
    OfferState,
    Revise,
    Submit,
    WithdrawApplication,
)
from models.lease.application.rights import require_capture
from models.lease.trouble import RetryStep
from models.lease.workflow_ids import application_workflow
from workers.settings import load_settings
from workers.temporal import connect

app = typer.Typer(add_completion=False)

ApplicationId = Annotated[str, typer.Argument(metavar="APPLICATION", help="See leaseflow lease list.")]


@app.command()
def revise(
    application_id: ApplicationId,
    path: Annotated[Path, typer.Option("--file", help="JSON or TOML form, all of it.")],
    overruled: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="A field, overruled.")
    ] = None,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Write the form of a draft anew; the version before is kept.

    Example: leaseflow lease revise L2026-0001 --file form.toml --as deng.chao
    """
    person = who(actor)
    form = read_form(path, overruled or ())
    if form.application_id != application_id:
        raise InvalidInputError(
            f"the form is of application {form.application_id!r}, not {application_id!r}",
            remedy="Give another file, or correct application_id in it",
        )
    require_capture(person, form)
    _send(application_id, "revise", Revise(person, form), as_json=as_json)


@app.command()
def submit(application_id: ApplicationId, actor: As = None, as_json: Json = False) -> None:
    """Hand a draft in; refused while papers are missing.

    Example: leaseflow lease submit L2026-0001 --as deng.chao
    """
    _send(application_id, "submit", Submit(who(actor)), as_json=as_json)


@app.command()
def accept(
    application_id: ApplicationId,
    terms: Annotated[
        str, typer.Option(metavar="HASH", help="Which offer you read; needed where it was changed.")
    ] = "",
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Take the offer for the applicant.

    Example: leaseflow lease accept L2026-0001 --terms 3f9a1c20 --as deng.chao
    """
    person = who(actor)
    _send(application_id, "accept", Accept(person, _offer_read(application_id, terms)), as_json=as_json)


@app.command()
def decline(application_id: ApplicationId, reason: Reason, actor: As = None, as_json: Json = False) -> None:
    """Turn the offer down for the applicant, for good.

    Example: leaseflow lease decline L2026-0001 --reason "bought it with cash" --as deng.chao
    """
    _send(application_id, "decline", Decline(who(actor), reason), as_json=as_json)


@app.command()
def retry(application_id: ApplicationId, reason: Reason, actor: As = None, as_json: Json = False) -> None:
    """Do again what failed for good, once somebody has mended its cause; see what lease show waits for.

    Example: leaseflow lease retry L2026-0001 --reason "decision table mended" --as sun.yue
    """
    _send(application_id, "retry", RetryStep(who(actor), reason), as_json=as_json)


@app.command()
def withdraw(application_id: ApplicationId, reason: Reason, actor: As = None, as_json: Json = False) -> None:
    """Take the application back; possible until money has gone.

    Example: leaseflow lease withdraw L2026-0001 --reason "changed plans" --as deng.chao
    """
    _send(application_id, "withdraw", WithdrawApplication(who(actor), reason), as_json=as_json)


def _offer_read(application_id: str, terms: str) -> str:
    """The whole hash of the offer that is accepted.

    Raises:
        RefusedByRuleError: there is none, or it was changed and nobody says that they read it.
    """
    with reading() as session:
        applications.application(session, application_id)
        offer = offers.newest(session, application_id)
    show = f"See leaseflow lease offer {application_id}"
    if offer is None or offer.state != OfferState.OPEN:
        raise RefusedByRuleError(f"application {application_id} has no open offer", remedy=show)
    if offer.conditions and not terms:
        raise RefusedByRuleError(
            f"the offer of {application_id} differs from what was applied for: {'; '.join(offer.conditions)}",
            remedy=f"{show}, then accept it with --terms {offer.terms_sha256[:8]}",
        )
    if not offer.terms_sha256.startswith(terms.lower()):
        raise RefusedByRuleError(f"the offer of {application_id} is not {terms}", remedy=show)
    return offer.terms_sha256


def _send(application_id: str, update: str, command: object, *, as_json: bool) -> None:
    status = asyncio.run(_update(application_id, update, command))
    contract = f", contract {status.contract_number}" if status.contract_number else ""
    told = f": {status.sentence}" if status.sentence else ""
    waits = f", waits for {status.waiting_for}" if status.waiting_for else ""
    facts = {
        "application_id": application_id,
        "state": status.state,
        "waiting_for": status.waiting_for,
        "version": status.version,
        "round": status.round,
        "contract_number": status.contract_number,
        "sentence": status.sentence,
    }
    changed(f"application/{application_id} {status.state}{contract}{waits}{told}", facts, as_json=as_json)


async def _update(application_id: str, update: str, command: object) -> ApplicationStatus:
    client = await connect(load_settings())

    def stands(session: Session) -> str:
        row = applications.application(session, application_id)
        return f"{row.state}, {row.sentence}" if row.sentence else row.state

    return await send_update(
        client,
        application_workflow(application_id),
        update,
        command,
        answer=ApplicationStatus,
        stands=stands,
    )
