"""See applications: lists, one with everything about it, its history, its offer, its plan."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from sqlmodel import Session
from temporalio.service import RPCError

from activities.lease.application.products import product_applied_for
from activities.lease.application.terms import agreed_terms
from activities.store.lease import application_lists, applications, documents, offers
from activities.store.tables.lease import LeaseOfferRow
from cli.house import reading, who
from cli.lease.decide import ApplicationId
from cli.lease.views import (
    is_dealers,
    require_sight,
    row_as_json,
    tell_form,
    tell_plan,
    tell_terms,
    terms_as_json,
)
from cli.output import As, Json, done, house_time, print_json, print_table, up_to
from models.calendar import SHANGHAI, business_date
from models.errors import RefusedByRuleError, ServiceUnreachableError
from models.lease.agreed import AgreedTerms
from models.lease.application.messages import ApplicationState, ApplicationStatus
from models.lease.application.written import as_written
from models.lease.plan.quoting import row_document
from models.lease.workflow_ids import application_workflow
from workers.settings import load_settings
from workers.temporal import connect

app = typer.Typer(add_completion=False)


@app.command("list")
def list_applications(
    state: Annotated[ApplicationState | None, typer.Option(help="Only in this state.")] = None,
    dealer: Annotated[str | None, typer.Option(help="Only of this dealer.")] = None,
    lessee: Annotated[str | None, typer.Option(help="Part of the name, or the identifier.")] = None,
    limit: Annotated[int, typer.Option(min=1)] = 50,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Applications, newest first; a dealer's people see their own.

    Example: leaseflow lease list --state offered --as deng.chao
    """
    person = who(actor) if actor else None
    if person is not None and is_dealers(person):
        dealer = person.dealer
    with reading() as session:
        wanted = application_lists.Filter(state, dealer, lessee)
        rows = up_to(limit, application_lists.listed(session, wanted, limit=limit + 1))
    if as_json:
        print_json([row_as_json(row) for row in rows])
        return
    print_table(
        ("application", "state", "lessee", "financed", "dealer", "contract", "opened"),
        [
            (
                row.application_id,
                row.state,
                row.lessee_name,
                applications.financed(row),
                row.dealer,
                row.contract_number,
                f"{row.opened_at.astimezone(SHANGHAI):%m-%d %H:%M}",
            )
            for row in rows
        ],
        right=["financed"],
        empty="no applications",
    )


@app.command()
def show(application_id: ApplicationId, actor: As = None, as_json: Json = False) -> None:
    """One application: where it stands, what it waits for, its form, papers, approvals, offer, contract.

    Example: leaseflow lease show L2026-0001
    """
    with reading() as session:
        row = applications.application(session, application_id)
        require_sight(who(actor) if actor else None, row)
        form = applications.form_of(session, application_id)
        papers = documents.rows_of(session, application_id)
        offer = offers.newest(session, application_id)
        asked = application_lists.approvals_of(session, application_id)
    status = None if ApplicationState(row.state).is_final else asyncio.run(_status(application_id))
    waiting = status.waiting_for if status else ""
    if as_json:
        print_json(
            row_as_json(row)
            | {
                "waiting_for": waiting,
                "missing": status.missing if status else (),
                "form": as_written(form),
                "documents": [
                    {"document_id": each.document_id, "kind": each.kind, "state": each.state}
                    | {"sentence": each.sentence, "added_by": each.added_by, "added_at": each.added_at}
                    for each in papers
                ],
                "offer": _offer_as_json(offer),
                "approvals": [
                    {"approval_id": each.approval_id, "state": each.state, "reason": each.reason}
                    for each in asked
                ],
            }
        )
        return
    for name, value in row_as_json(row).items():
        if value not in {None, ""}:
            done(f"{name:<18} {house_time(value)}")
    if waiting:
        done(f"{'waiting for':<18} {waiting}")
    if status and status.missing:
        done(f"{'missing':<18} {'; '.join(status.missing)}")
    done("")
    tell_form(form)
    done("")
    print_table(
        ("document", "kind", "state", "what it is"),
        [(each.document_id, each.kind, each.state, each.sentence) for each in papers],
        empty="no documents",
    )
    if asked:
        done("")
        print_table(
            ("approval", "state", "reason"),
            [(each.approval_id, each.state, each.reason) for each in asked],
            empty="",
        )
    if offer is not None:
        done("")
        done(f"offer {offer.terms_sha256[:8]} {offer.state}, valid until {house_time(offer.valid_until)}")


@app.command()
def history(application_id: ApplicationId, actor: As = None, as_json: Json = False) -> None:
    """How an application came to where it is, and the versions of its form.

    Example: leaseflow lease history L2026-0001
    """
    with reading() as session:
        require_sight(who(actor) if actor else None, applications.application(session, application_id))
        events = application_lists.events(session, application_id)
        versions = application_lists.versions(session, application_id)
    if as_json:
        print_json(
            {
                "events": [
                    {"at": each.at, "state": each.state, "sentence": each.sentence, "by": each.by}
                    for each in events
                ],
                "versions": [
                    {"version": each.version, "form_sha256": each.form_sha256, "by": each.captured_by}
                    | {"entered_at": each.entered_at}
                    for each in versions
                ],
            }
        )
        return
    print_table(
        ("at", "state", "why", "by"),
        [(f"{e.at.astimezone(SHANGHAI):%m-%d %H:%M:%S}", e.state, e.sentence, e.by) for e in events],
        empty="nothing has happened",
    )
    done("")
    print_table(
        ("version", "form", "by", "entered"),
        [(v.version, v.form_sha256[:8], v.captured_by, house_time(v.entered_at)) for v in versions],
        right=["version"],
        empty="",
    )


@app.command("offer")
def show_offer(application_id: ApplicationId, actor: As = None, as_json: Json = False) -> None:
    """What the house offers, and where it differs from what was applied for.

    Example: leaseflow lease offer L2026-0001 --as deng.chao
    """
    with reading() as session:
        require_sight(who(actor) if actor else None, applications.application(session, application_id))
        offer = offers.newest(session, application_id)
        if offer is None:
            raise RefusedByRuleError(f"application {application_id} has no offer yet")
        agreed = applications.terms_of(session, offer.terms_sha256)
    if as_json:
        print_json((_offer_as_json(offer) or {}) | {"terms": terms_as_json(agreed)})
        return
    done(f"offer {offer.terms_sha256[:8]} {offer.state}, valid until {house_time(offer.valid_until)}")
    for condition in offer.conditions:
        done(f"changed: {condition}")
    if not offer.conditions:
        done("as applied for")
    done("")
    tell_terms(agreed)


@app.command()
def plan(application_id: ApplicationId, actor: As = None, as_json: Json = False) -> None:
    """What falls due when: of the offer, or of the form while there is none.

    Example: leaseflow lease plan L2026-0001 --json
    """
    with reading() as session:
        require_sight(who(actor) if actor else None, applications.application(session, application_id))
        agreed = _agreed(session, application_id)
    if as_json:
        print_json(terms_as_json(agreed) | {"rows": [row_document(row) for row in agreed.plan.rows]})
        return
    tell_plan(agreed)


def _agreed(session: Session, application_id: str) -> AgreedTerms:
    if offer := offers.newest(session, application_id):
        return applications.terms_of(session, offer.terms_sha256)
    form = applications.form_of(session, application_id)
    product = product_applied_for(session, application_id, form.product)
    return agreed_terms(form, product, business_date(datetime.now(UTC)))


async def _status(application_id: str) -> ApplicationStatus | None:
    """What the running application says; None where nobody answers: the books tell the rest."""
    try:
        client = await connect(load_settings())
        handle = client.get_workflow_handle(application_workflow(application_id))
        status: ApplicationStatus = await handle.query("status", result_type=ApplicationStatus)
    except (RPCError, ServiceUnreachableError):
        return None
    return status


def _offer_as_json(offer: LeaseOfferRow | None) -> dict[str, Any] | None:
    if offer is None:
        return None
    names = ("round", "terms_sha256", "state", "conditions", "valid_until", "decided_by", "decided_at")
    return {name: getattr(offer, name) for name in names}
